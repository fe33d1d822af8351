package hashicorp_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
)

// TestRequestCheckedBeforeSigning: what CheckRequest refuses is not even recorded, and
// what Transit makes is compared with what it was asked for.
func TestRequestCheckedBeforeSigning(t *testing.T) {
	s := shared(t)
	proxy := hashicorptest.NewProxy(t, s)
	login, err := s.AppRole(t.Context(), "writer")
	if err != nil {
		t.Fatal(err)
	}
	writer := hashicorptest.LoggedIn(t, proxy.Server, "writer", login)
	c, p := &hashicorp.Custody{Writer: writer}, &hashicorp.PKI{Signer: writer}
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	good, err := c.CreateCSR(t.Context(), "checked", spec)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(good)
	damaged[len(damaged)-1] ^= 1
	other := spec
	other.Key = certs.Key{Type: "ecdsa", Size: 384}
	proxy.Calls()
	_, _, err = p.Issue(t.Context(), "checked", spec, damaged)
	wants(t, err, false, "vault.csr.signature")
	_, _, err = p.Issue(t.Context(), "checked", other, good)
	wants(t, err, false, "vault.csr.key")
	if calls := proxy.Calls(); len(calls) > 0 {
		t.Errorf("Vault was asked: %v", calls)
	}

	// Something else makes the request: another key, or more names than were asked for.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	more := spec
	more.Names = append(more.Names[:len(more.Names):len(more.Names)], certs.Name{Type: certs.DNS, Value: "evil.example.com"})
	for _, instead := range []certs.Spec{more, func() certs.Spec { s := spec; s.CommonName = "evil.example.com"; return s }()} {
		der, err := certs.CSR(instead, key)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(map[string]any{"data": map[string]any{"csr": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))}})
		if err != nil {
			t.Fatal(err)
		}
		proxy.Break(func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if strings.HasSuffix(r.URL.Path, "/csr") {
				_, _ = w.Write(answer)
				return true
			}
			return false
		})
		_, err = c.CreateCSR(t.Context(), "checked", spec)
		wants(t, err, false, "vault.csr.differs")
	}
}

// TestOwnKeys: keys of Countersign itself are no keys for certificates; Vault is not
// even asked.
func TestOwnKeys(t *testing.T) {
	s, own := shared(t), unique("own")
	proxy := hashicorptest.NewProxy(t, s)
	all := hashicorptest.LoggedIn(t, proxy.Server, "writer", hashicorp.Token(s.Token)) // one that Vault would let
	c := &hashicorp.Custody{Writer: all, Releaser: all, Janitor: all}
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	csr, err := c.CreateCSR(t.Context(), own, spec)
	if err != nil {
		t.Fatal(err)
	}
	cert, _, err := (&hashicorp.PKI{Signer: all}).Issue(t.Context(), own, spec, csr)
	if err != nil {
		t.Fatal(err)
	}
	proxy.Calls()
	for _, name := range []string{"countersign-audit", "countersign-acme", "countersign-", "../k1", "k1/config", "k1?x", ""} {
		_, making := c.CreateCSR(t.Context(), name, spec)
		_, releasing := c.Release(t.Context(), name)
		for i, err := range []error{making, releasing, c.Keep(t.Context(), name, cert), c.Destroy(t.Context(), name)} {
			if err == nil {
				t.Errorf("%q was used (%d)", name, i)
			}
		}
	}
	if calls := proxy.Calls(); len(calls) > 0 {
		t.Errorf("Vault was asked: %v", calls)
	}
}

// TestApprovedListAlone: signing goes by sign/:role with the approved names, never by
// what the request itself asks for.
func TestApprovedListAlone(t *testing.T) {
	s := shared(t)
	proxy := hashicorptest.NewProxy(t, s)
	writer := hashicorptest.LoggedIn(t, proxy.Server, "writer", hashicorp.Token(s.Token)) // one that could do more
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	greedy := spec
	greedy.CommonName = "evil.example.com"
	greedy.Names = append(greedy.Names[:len(greedy.Names):len(greedy.Names)], certs.Name{Type: certs.DNS, Value: "evil.example.com"})
	csr, err := certs.CSR(greedy, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, _, err := (&hashicorp.PKI{Signer: writer}).Issue(t.Context(), unique("greedy"), spec, csr)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(cert.Leaf, []byte("evil")) {
		t.Error("a name that nobody approved is in the certificate")
	}
	for _, call := range proxy.Calls() {
		if strings.Contains(call, "/countersign-pki/") && strings.HasPrefix(call, "PUT") && !strings.HasPrefix(call, "PUT /v1/countersign-pki/sign/countersign-") {
			t.Errorf("signed by %s", call)
		}
	}
}
