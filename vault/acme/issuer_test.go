package acme_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/vaulttest"
	"countersign/vault"
	"countersign/vault/acme"
)

// site is a certificate that a public authority can make.
func site(names ...string) certs.Spec {
	s := certs.Spec{Profile: "generic/tls-server", For: names[:1], CommonName: strings.TrimPrefix(names[0], "*."),
		EKU: []certs.Usage{{ID: "serverAuth"}}, KU: []certs.Usage{{ID: "digitalSignature"}},
		Key: certs.Key{Type: "ecdsa", Size: 256}, CA: certs.PublicCA, Days: 90}
	for _, n := range names {
		s.Names = append(s.Names, certs.Name{Type: certs.DNS, Value: n})
	}
	if strings.HasPrefix(names[0], "*.") {
		s.CommonName = ""
	}
	return s
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// account is a key of t's own.
func account(t *testing.T) func(context.Context) (crypto.Signer, error) {
	t.Helper()
	key := newKey(t)
	return func(context.Context) (crypto.Signer, error) { return key, nil }
}

// records is a ledger of t's own.
func records(t *testing.T) func() vault.Ledger {
	t.Helper()
	dir := t.TempDir()
	return func() vault.Ledger { return vault.FileLedger{Dir: dir} }
}

func request(t *testing.T, spec certs.Spec) []byte {
	t.Helper()
	csr, err := certs.CSR(spec, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	return csr
}

func (p pebble) options(t *testing.T, solvers ...acme.Solver) acme.Options {
	t.Helper()
	return acme.Options{Directory: p.directory, CAFile: p.caFile, Contact: "pki@example.com", AccountKey: account(t),
		Ledger: records(t), Solvers: solvers, Poll: 50 * time.Millisecond}
}

func newIssuer(t *testing.T, o acme.Options) *acme.Issuer {
	t.Helper()
	i, err := acme.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// forget takes the certificate out of the record of an issuance, as if its answer had
// been lost.
func forget(t *testing.T, l vault.Ledger, key string) {
	t.Helper()
	sum := sha256.Sum256([]byte(key))
	name := "acme-" + hex.EncodeToString(sum[:])
	raw, version, err := l.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	delete(e, "chain")
	if raw, err = json.Marshal(e); err != nil {
		t.Fatal(err)
	}
	if ok, err := l.Put(t.Context(), name, raw, version); err != nil || !ok {
		t.Fatal(ok, err)
	}
}

func (p pebble) dns() *acme.DNS01 {
	return &acme.DNS01{Program: os.Args[0], Env: []string{"ACME_TEST_HOOK=" + p.management}}
}

// exercise has a certificate issued and renewed, and asked for again after a restart.
func exercise(t *testing.T, o acme.Options, spec certs.Spec) {
	t.Helper()
	csr := request(t, spec)
	first, pending, err := newIssuer(t, o).Issue(t.Context(), "r1", spec, csr)
	if err != nil || pending {
		t.Fatalf("pending %v, %v", pending, err)
	}
	leaf, err := x509.ParseCertificate(first.Leaf)
	if err != nil || len(first.Chain) == 0 {
		t.Fatalf("chain of %d, %v", len(first.Chain), err)
	}
	asked, err := x509.ParseCertificateRequest(csr)
	if err != nil || !bytes.Equal(leaf.RawSubjectPublicKeyInfo, asked.RawSubjectPublicKeyInfo) || len(leaf.DNSNames) != len(spec.Names) {
		t.Errorf("not what was asked for: %v, %v", leaf.DNSNames, err)
	}
	last := vaulttest.PEM(t, "CERTIFICATE", first.Chain[len(first.Chain)-1])
	args := []string{"verify", "-partial_chain", "-trusted", last}
	if rest := first.Chain[:len(first.Chain)-1]; len(rest) > 0 {
		args = append(args, "-untrusted", vaulttest.PEM(t, "CERTIFICATE", rest...))
	}
	vaulttest.OpenSSL(t, nil, append(args, vaulttest.PEM(t, "CERTIFICATE", first.Leaf))...)

	again, _, err := newIssuer(t, o).Issue(t.Context(), "r1", spec, csr)
	if err != nil || !bytes.Equal(again.Leaf, first.Leaf) {
		t.Errorf("asked again: another certificate, or %v", err)
	}
	found := func(key string, want []byte) {
		t.Helper()
		got, there, err := newIssuer(t, o).Find(t.Context(), key, spec, csr)
		if err != nil || there != (want != nil) || !bytes.Equal(got.Leaf, want) {
			t.Errorf("found %s: %v, %v", key, there, err)
		}
	}
	found("r0", nil)
	found("r1", first.Leaf)
	forget(t, o.Ledger(), "r1")
	found("r1", first.Leaf) // from the authority
	other := request(t, spec)
	_, _, err = newIssuer(t, o).Issue(t.Context(), "r1", spec, other)
	vaulttest.Fault(t, err, false)
	renewed, _, err := newIssuer(t, o).Issue(t.Context(), "r2", spec, other)
	if err != nil || bytes.Equal(renewed.Leaf, first.Leaf) {
		t.Errorf("renewal: the same certificate, or %v", err)
	}
}

func TestIssue(t *testing.T) {
	p := startPebble(t, "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", "PEBBLE_AUTHZREUSE=0", "PEBBLE_WFE_AUTHZREUSE=0")
	t.Run("HTTP-01", func(t *testing.T) {
		exercise(t, p.options(t, &acme.HTTP01{Listen: p.http}), site("a.example.com", "b.example.com", "c.example.com"))
	})
	t.Run("DNS-01", func(t *testing.T) {
		exercise(t, p.options(t, p.dns()), site("*.example.com", "example.com"))
	})
	t.Run("wildcard goes to DNS-01", func(t *testing.T) {
		exercise(t, p.options(t, &acme.HTTP01{Listen: p.http}, p.dns()), site("*.w.example.com", "x.example.com"))
	})
	t.Run("profile", func(t *testing.T) {
		o := p.options(t, p.dns())
		o.Profile = "shortlived"
		spec := site("p.example.com")
		cert, _, err := newIssuer(t, o).Issue(t.Context(), "p", spec, request(t, spec))
		if err != nil {
			t.Fatal(err)
		}
		if leaf, err := x509.ParseCertificate(cert.Leaf); err != nil || leaf.NotAfter.Sub(leaf.NotBefore) > 7*24*time.Hour {
			t.Errorf("lifetime of another profile, %v", err)
		}
		o.Profile = "no-such"
		_, _, err = newIssuer(t, o).Issue(t.Context(), "p2", spec, request(t, spec))
		wants(t, err, false, "vault.acme.profile")
	})
	t.Run("many at once", func(t *testing.T) {
		o := p.options(t, p.dns())
		spec := site("m.example.com")
		csr := request(t, spec)
		i := newIssuer(t, o)
		var mu sync.Mutex
		leaves := map[string]bool{}
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				cert, _, err := i.Issue(t.Context(), "m", spec, csr)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				leaves[string(cert.Leaf)] = true
				mu.Unlock()
			})
		}
		all.Wait()
		if len(leaves) != 1 {
			t.Errorf("%d certificates", len(leaves))
		}
	})
	t.Run("not proved, then mended", func(t *testing.T) {
		o := p.options(t, &acme.DNS01{Program: "/bin/true"})
		spec := site("n.example.com")
		csr := request(t, spec)
		_, _, err := newIssuer(t, o).Issue(t.Context(), "n", spec, csr)
		if f := wants(t, err, true, "vault.acme.unproved"); f.Text().Args["Name"] != "n.example.com" || f.Text().Args["Detail"] == "" {
			t.Errorf("says %v", f.Text().Args)
		}
		o.Solvers = []acme.Solver{p.dns()}
		if _, _, err := newIssuer(t, o).Issue(t.Context(), "n", spec, csr); err != nil {
			t.Error(err)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		i := newIssuer(t, p.options(t, &acme.HTTP01{Listen: p.http}))
		try := func(spec certs.Spec) error {
			_, _, err := i.Issue(t.Context(), t.Name()+rand.Text(), spec, request(t, spec))
			return err
		}
		wants(t, try(site("blocked.test")), false, "vault.acme.refuses")
		wants(t, try(site("*.example.com")), false, "vault.acme.solver")
		extra := site("a.example.com")
		extra.CommonName = "other.example.com"
		wants(t, try(extra), false, "vault.acme.extra")
		mail := site("a.example.com")
		mail.Names = append(mail.Names, certs.Name{Type: certs.Email, Value: "a@example.com"})
		wants(t, try(mail), false, "vault.acme.name")
		many := site("a.example.com")
		for n := range 100 {
			many.Names = append(many.Names, certs.Name{Type: certs.DNS, Value: "n" + strings.Repeat("x", n%60) + string(rune('a'+n/60)) + ".example.com"})
		}
		wants(t, try(many), false, "vault.acme.many")
	})
	t.Run("away", func(t *testing.T) {
		o := p.options(t, p.dns())
		o.Directory = "https://" + freePort(t) + "/dir"
		spec := site("a.example.com")
		_, _, err := newIssuer(t, o).Issue(t.Context(), "a", spec, request(t, spec))
		wants(t, err, true, "vault.acme.unreachable")
	})
}

// TestRandomFailures has Pebble refuse good nonces and dawdle, as it does by default
// and more. A try may fail; going on ends in one certificate.
func TestRandomFailures(t *testing.T) {
	p := startPebble(t, "PEBBLE_VA_SLEEPTIME=1", "PEBBLE_WFE_NONCEREJECT=30", "PEBBLE_WFE_AUTHZREUSE=50", "PEBBLE_WFE_ORDERS_PER_PAGE=1")
	o := p.options(t, &acme.HTTP01{Listen: p.http}, p.dns())
	for n, spec := range []certs.Spec{site("a.example.com", "b.example.com"), site("*.example.com"), site("c.example.com")} {
		csr := request(t, spec)
		for try := 0; ; try++ {
			_, _, err := newIssuer(t, o).Issue(t.Context(), "k"+string(rune('a'+n)), spec, csr)
			if err == nil {
				break
			}
			vaulttest.Fault(t, err, true)
			if try > 10 {
				t.Fatal(err)
			}
		}
	}
}

func wants(t *testing.T, err error, temporary bool, key string) certs.Fault {
	t.Helper()
	f := vaulttest.Fault(t, err, temporary)
	if f.Text().Key != key {
		t.Errorf("got %s (%v), want %s", f.Text().Key, err, key)
	}
	return f
}
