package vault_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"

	"countersign/certs"
	"countersign/tests/vaulttest"
	"countersign/vault"
)

// TestCheckRequest: what does not prove possession of a sound key of the approved kind
// is refused, whatever names it bears.
func TestCheckRequest(t *testing.T) {
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	made := func(curve elliptic.Curve) []byte {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	good := made(elliptic.P256())
	if csr, err := vault.CheckRequest(spec, good); err != nil || csr == nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(good)
	damaged[len(damaged)-1] ^= 1
	weak, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, vaulttest.WeakKey(t))
	if err != nil {
		t.Fatal(err)
	}
	small := spec
	small.Key = certs.Key{}
	for _, bad := range []struct {
		spec certs.Spec
		csr  []byte
		key  string
	}{
		{spec, nil, "vault.csr.unreadable"},
		{spec, good[:len(good)-9], "vault.csr.unreadable"},
		{spec, damaged, "vault.csr.signature"},
		{spec, made(elliptic.P384()), "vault.csr.key"},
		{small, made(elliptic.P224()), "vault.csr.key"},
		{small, weak, "vault.csr.key"},
	} {
		_, err := vault.CheckRequest(bad.spec, bad.csr)
		if got := vaulttest.Fault(t, err, false).Text().Key; got != bad.key {
			t.Errorf("got %s, want %s", got, bad.key)
		}
	}
}
