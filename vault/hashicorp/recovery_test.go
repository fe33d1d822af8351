package hashicorp_test

import (
	"bytes"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
)

// TestOneCertificate loses every answer of an issuance once. Whatever is lost, there
// is one certificate of the request in the end.
func TestOneCertificate(t *testing.T) {
	s := hashicorptest.Start(t)
	proxy := hashicorptest.NewProxy(t, s)
	login, err := s.AppRole(t.Context(), "writer")
	if err != nil {
		t.Fatal(err)
	}
	writer := hashicorptest.LoggedIn(t, proxy.Server, "writer", login)
	c, p := &hashicorp.Custody{Writer: writer}, &hashicorp.PKI{Signer: writer}
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	count := func(csr []byte) (n int) {
		request, err := x509.ParseCertificateRequest(csr)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range allCertificates(t, s) {
			if bytes.Equal(c.RawSubjectPublicKeyInfo, request.RawSubjectPublicKeyInfo) {
				n++
			}
		}
		return n
	}
	for _, lost := range []struct{ name, method, part string }{
		{"record of what is asked", http.MethodPut, "/data/issued/"},
		{"signature", http.MethodPut, "/sign/"},
	} {
		for _, done := range []bool{false, true} { // lost on the way there, or on the way back
			name := strings.ReplaceAll(lost.name, " ", "-")
			if done {
				name += "-done"
			}
			t.Run(name, func(t *testing.T) {
				csr, err := c.CreateCSR(t.Context(), name, spec)
				if err != nil {
					t.Fatal(err)
				}
				proxy.Break(func(w http.ResponseWriter, r *http.Request, pass func()) bool {
					if r.Method != lost.method || !strings.Contains(r.URL.Path, lost.part) {
						return false
					}
					if done {
						pass()
					}
					w.WriteHeader(http.StatusBadGateway)
					return true
				})
				_, _, err = p.Issue(t.Context(), name, spec, csr)
				vaulttest.Fault(t, err, true)
				proxy.Break(nil)
				// Looked for, it is found, or nobody can know yet, or there is none; and nothing is signed.
				lostOne, there, err := p.Find(t.Context(), name, spec, csr)
				switch made := lost.part == "/sign/" && done; {
				case made && (err != nil || !there || len(lostOne.Chain) == 0), !made && there, !made && err != nil && count(csr) > 0:
					t.Errorf("found %v, %v", there, err)
				case lost.part == "/sign/" && !made:
					wants(t, err, true, "vault.issue.waits")
				}
				// Another process, after a crash of this one.
				other := &hashicorp.PKI{Signer: writer}
				cert, _, err := other.Issue(t.Context(), name, spec, csr)
				if lost.part == "/sign/" && !done || lost.part == "/data/issued/" && done {
					// Nobody can know yet that nothing was signed.
					wants(t, err, true, "vault.issue.waits")
					if n := count(csr); n != 0 {
						t.Errorf("%d certificates", n)
					}
					backdate(t, s, name, 2*time.Minute)
					cert, _, err = other.Issue(t.Context(), name, spec, csr)
				}
				if err != nil {
					t.Fatal(err)
				}
				again, _, err := p.Issue(t.Context(), name, spec, csr)
				if err != nil || !bytes.Equal(again.Leaf, cert.Leaf) {
					t.Errorf("another certificate, or %v", err)
				}
				if len(cert.Chain) == 0 || len(again.Chain) == 0 {
					t.Error("no chain")
				}
				if n := count(csr); n != 1 {
					t.Errorf("%d certificates", n)
				}
			})
		}
	}
	t.Run("answer not recorded", func(t *testing.T) {
		csr, err := c.CreateCSR(t.Context(), "unrecorded", spec)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		proxy.Break(func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/data/issued/") {
				if seen++; seen > 1 { // the second is the answer's
					w.WriteHeader(http.StatusBadGateway)
					return true
				}
			}
			return false
		})
		_, _, err = p.Issue(t.Context(), "unrecorded", spec, csr)
		wants(t, err, true, "vault.down")
		proxy.Break(nil)
		if _, _, err := p.Issue(t.Context(), "unrecorded", spec, csr); err != nil {
			t.Fatal(err)
		}
		if n := count(csr); n != 1 {
			t.Errorf("%d certificates", n)
		}
	})
	t.Run("refused, then allowed", func(t *testing.T) {
		csr, err := c.CreateCSR(t.Context(), "refused", spec)
		if err != nil {
			t.Fatal(err)
		}
		root := rootClient(t, s)
		role := "countersign-pki/roles/countersign-server-client-ds-ke"
		for _, domains := range []string{"example.net", "example.com"} {
			if _, err := root.Logical().JSONMergePatch(t.Context(), role, map[string]any{"allowed_domains": domains}); err != nil {
				t.Fatal(err)
			}
			_, _, err = p.Issue(t.Context(), "refused", spec, csr)
		}
		if err != nil { // at once, without waiting for what cannot come
			t.Error(err)
		}
	})
	t.Run("calls", func(t *testing.T) {
		csr, err := c.CreateCSR(t.Context(), "calls", spec)
		if err != nil {
			t.Fatal(err)
		}
		proxy.Calls()
		if _, _, err := p.Issue(t.Context(), "calls", spec, csr); err != nil {
			t.Fatal(err)
		}
		if calls := proxy.Calls(); len(calls) != 3 { // ask, sign, record; the role is known
			t.Errorf("one issuance took %d calls: %v", len(calls), calls)
		}
		if _, err := c.CreateCSR(t.Context(), "calls2", spec); err != nil {
			t.Fatal(err)
		}
		if calls := proxy.Calls(); len(calls) != 2 {
			t.Errorf("one request took %d calls: %v", len(calls), calls)
		}
	})
}
