package vault_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"testing"
	"time"

	"countersign/vault/devserver"
)

// allCertificates reads everything that the CA has signed.
func allCertificates(t *testing.T, s *devserver.Server) []*x509.Certificate {
	t.Helper()
	root := rootClient(t, s)
	list, err := root.Logical().List("countersign-pki/certs")
	if err != nil {
		t.Fatal(err)
	}
	var all []*x509.Certificate
	for _, serial := range list.Data["keys"].([]any) {
		answer, err := root.Logical().Read("countersign-pki/cert/" + serial.(string))
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode([]byte(answer.Data["certificate"].(string)))
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// backdate makes the record of an issuance older, as if that much time had passed.
func backdate(t *testing.T, s *devserver.Server, key string, by time.Duration) {
	t.Helper()
	sum := sha256.Sum256([]byte(key))
	path := "countersign-kv/data/issued/" + hex.EncodeToString(sum[:])
	root := rootClient(t, s)
	answer, err := root.Logical().Read(path)
	if err != nil {
		t.Fatal(err)
	}
	data := answer.Data["data"].(map[string]any)
	version := answer.Data["metadata"].(map[string]any)["version"]
	data["at"] = time.Now().Add(-by).UTC().Format(time.RFC3339Nano)
	if _, err := root.Logical().Write(path, map[string]any{"data": data, "options": map[string]any{"cas": version}}); err != nil {
		t.Fatal(err)
	}
}
