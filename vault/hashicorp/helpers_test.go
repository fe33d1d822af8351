package hashicorp_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp/devserver"
)

// common is the server of all tests that leave its setup as it is.
var common struct {
	sync.Once
	s   *devserver.Server
	dir string
	err error
}

// shared gives a server, set up as by hashicorptest.Start, that other tests use as well:
// take names of your own, and put back what you change.
func shared(t *testing.T) *devserver.Server {
	t.Helper()
	binary := hashicorptest.Binary(t)
	common.Do(func() {
		if common.dir, common.err = os.MkdirTemp("", "countersign-vault-"); common.err != nil {
			return
		}
		ctx := context.Background() // it outlives the test
		if common.s, common.err = devserver.Start(ctx, devserver.Options{Binary: binary, Dir: common.dir}); common.err == nil {
			common.err = common.s.Setup(ctx, []string{"example.com", "example.org"}, vaulttest.Spec(vaulttest.Kinds[0]).Subject)
		}
	})
	if common.err != nil {
		t.Fatal(common.err)
	}
	return common.s
}

// unique is a name that no other test, nor another run of this one, has taken.
func unique(what string) string { return what + "-" + strings.ToLower(rand.Text()[:10]) }

func endShared() {
	if common.s != nil {
		_ = common.s.Kill() // the process is ending
	}
	if common.dir != "" {
		_ = os.RemoveAll(common.dir)
	}
}

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
