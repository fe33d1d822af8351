package vaulttest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/certs"
)

// Custody and Issuer are the ports of the workflows, by shape.
type Custody interface {
	CreateCSR(ctx context.Context, name string, spec certs.Spec) ([]byte, error)
	Release(ctx context.Context, name string) (certs.Handover, error)
	Opening(ctx context.Context, accessor string) (certs.Opening, error)
	Revoke(ctx context.Context, accessor string) error
	Destroy(ctx context.Context, name string) error
}

// Issuer signs.
type Issuer interface {
	Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error)
	Find(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error)
}

// Subject is a custody and an issuer under test, and what their user does with a
// hand-over.
type Subject struct {
	Custody Custody
	Issuer  Issuer
	Open    func(secret string) ([]byte, error) // gives the key, PEM
}

// Spec is a certificate that all the issuers can make: two names of a mutual-TLS
// service.
func Spec(kind certs.Key) certs.Spec {
	return certs.Spec{
		Profile: "generic/mutual-tls", For: []string{"a.example.com"}, CommonName: "a.example.com",
		Subject: certs.Subject{C: "US", ST: "California", L: "San Jose", O: "Example, Inc.", OU: "Voice"},
		Names:   []certs.Name{{Type: certs.DNS, Value: "a.example.com"}, {Type: certs.DNS, Value: "b.example.com"}},
		EKU:     []certs.Usage{{ID: "serverAuth"}, {ID: "clientAuth"}},
		KU:      []certs.Usage{{ID: "digitalSignature"}, {ID: "keyEncipherment"}},
		Key:     kind, CA: certs.PrivateCA, Days: 90, KeyFile: true,
	}
}

// Kinds are the key kinds that the suite makes.
var Kinds = []certs.Key{{Type: "rsa", Size: 2048}, {Type: "ecdsa", Size: 256}, {Type: "ecdsa", Size: 384}}

// WeakKey is one of a length that is refused.
func WeakKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // that is what is tried
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Exercise runs the conformance suite: what the contracts of the ports promise,
// with OpenSSL as the judge of keys, requests and certificates.
func Exercise(t *testing.T, s Subject) {
	for _, kind := range Kinds {
		t.Run(kind.String(), func(t *testing.T) { exerciseLife(t, s, kind) })
	}
	t.Run("one key for many at once", func(t *testing.T) { exerciseRace(t, s) })
	t.Run("names come from the spec", func(t *testing.T) { exerciseHostileCSR(t, s) })
	t.Run("one certificate for many at once", func(t *testing.T) { exerciseOneIssuance(t, s) })
	t.Run("no hand-over of what is not there", func(t *testing.T) { exerciseAbsent(t, s) })
	t.Run("hand-over taken back", func(t *testing.T) { exerciseRevoke(t, s) })
}

// Fault asserts that err is one, of this kind, and says something in the catalogue.
func Fault(t testing.TB, err error, temporary bool) certs.Fault {
	t.Helper()
	var f certs.Fault
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a fault", err)
	}
	if f.Temporary() != temporary {
		t.Fatalf("%v: temporary is %v", err, f.Temporary())
	}
	if !strings.HasPrefix(f.Text().Key, "vault.") {
		t.Fatalf("%v has no text for people", err)
	}
	return f
}

func exerciseLife(t *testing.T, s Subject, kind certs.Key) {
	ctx := t.Context()
	name, spec := unique("life"), Spec(kind)
	csr, err := s.Custody.CreateCSR(ctx, name, spec)
	if err != nil {
		t.Fatal(err)
	}
	OpenSSL(t, csr, "req", "-inform", "DER", "-verify", "-noout")
	for _, f := range certs.CheckCSR(spec, csr) {
		if f.Severity == certs.Error {
			t.Errorf("the request is not what was asked for: %+v", f)
		}
	}
	again, err := s.Custody.CreateCSR(ctx, name, spec)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(spki(t, csr), spki(t, again)) {
		t.Error("a second call made another key")
	}
	other := spec
	other.Key = certs.Key{Type: "rsa", Size: 3072}
	_, err = s.Custody.CreateCSR(ctx, name, other)
	_ = Fault(t, err, false)

	cert, pending, err := s.Issuer.Issue(ctx, name, spec, csr)
	if err != nil || pending {
		t.Fatalf("issue: pending %v, %v", pending, err)
	}
	verify(t, spec, csr, cert)

	h, err := s.Custody.Release(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(h.Expires); left < 9*time.Minute || left > 11*time.Minute {
		t.Errorf("hand-over open for %v", left)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", h, h, h), h.Secret) {
		t.Error("a printed hand-over shows its secret")
	}
	if o, err := s.Custody.Opening(ctx, h.Accessor); err != nil || !o.Opened.IsZero() {
		t.Errorf("unopened hand-over: %+v, %v", o, err)
	}
	key, err := s.Open(h.Secret)
	if err != nil {
		t.Fatal(err)
	}
	public := OpenSSL(t, key, "pkey", "-pubout")
	if want := OpenSSL(t, cert.Leaf, "x509", "-inform", "DER", "-noout", "-pubkey"); public != want {
		t.Error("the key that was handed over is not the certificate's")
	}
	Noticed(t, s.Custody, h)
	if _, err := s.Open(h.Secret); err == nil {
		t.Error("a hand-over opened twice")
	}
	if err := s.Custody.Destroy(ctx, name); err != nil {
		t.Error(err)
	}
	if err := s.Custody.Destroy(ctx, name); err != nil {
		t.Errorf("destroying what is gone: %v", err)
	}
	_, err = s.Custody.Release(ctx, name)
	_ = Fault(t, err, false)
}

// Noticed asserts that a custody finds out that a hand-over was opened. Vault takes a
// moment to forget the token.
func Noticed(t testing.TB, c Custody, h certs.Handover) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		o, err := c.Opening(t.Context(), h.Accessor)
		if err == nil && !o.Opened.IsZero() {
			return
		}
		if err != nil || time.Since(start) > time.Minute {
			t.Errorf("opened hand-over: %+v, %v", o, err)
			return
		}
	}
}

// verify asks OpenSSL and the domain whether a certificate is what was approved.
func verify(t *testing.T, spec certs.Spec, csr []byte, cert certs.Issued) {
	t.Helper()
	if len(cert.Chain) == 0 {
		t.Fatal("no chain")
	}
	root := PEM(t, "CERTIFICATE", cert.Chain[len(cert.Chain)-1])
	args := []string{"verify", "-x509_strict", "-CAfile", root, "-purpose", "sslserver", "-verify_hostname", spec.Names[0].Value}
	if rest := cert.Chain[:len(cert.Chain)-1]; len(rest) > 0 {
		args = append(args, "-untrusted", PEM(t, "CERTIFICATE", rest...))
	}
	OpenSSL(t, nil, append(args, PEM(t, "CERTIFICATE", cert.Leaf))...)
	for _, f := range certs.CheckIssued(spec, csr, cert.Leaf, cert.Chain, time.Now()) {
		if f.Severity == certs.Error {
			t.Errorf("the certificate is not what was approved: %+v", f)
		}
	}
	leaf, err := x509.ParseCertificate(cert.Leaf)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range spec.Names {
		names = append(names, n.Value)
	}
	if !slices.Equal(slices.Sorted(slices.Values(leaf.DNSNames)), slices.Sorted(slices.Values(names))) {
		t.Errorf("names %v, approved %v", leaf.DNSNames, names)
	}
	if leaf.Subject.CommonName != spec.CommonName {
		t.Errorf("CN %q, approved %q", leaf.Subject.CommonName, spec.CommonName)
	}
	if got, most := leaf.NotAfter.Sub(leaf.NotBefore), time.Duration(spec.Days)*24*time.Hour; got > most || got < most-time.Hour {
		t.Errorf("lifetime %v, approved %v", got, most)
	}
	if bits := leaf.SerialNumber.BitLen(); leaf.SerialNumber.Sign() <= 0 || bits < 64 || bits > 159 {
		t.Errorf("serial number of %d bits", bits)
	}
	if len(leaf.SubjectKeyId) == 0 || len(leaf.AuthorityKeyId) == 0 {
		t.Error("no key identifiers")
	}
}

func exerciseRace(t *testing.T, s Subject) {
	name := unique("race")
	var seen sync.Map
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			csr, err := s.Custody.CreateCSR(t.Context(), name, Spec(Kinds[1]))
			if err != nil {
				t.Error(err)
				return
			}
			seen.Store(string(spki(t, csr)), true)
		})
	}
	all.Wait()
	count := 0
	seen.Range(func(any, any) bool { count++; return true })
	if count != 1 {
		t.Errorf("%d keys under one name", count)
	}
}

// exerciseHostileCSR signs a request that asks for more than was approved.
func exerciseHostileCSR(t *testing.T, s Subject) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject:  pkix.Name{CommonName: "evil.test", Organization: []string{"Evil"}},
		DNSNames: []string{"evil.test", "a.example.com"},
		ExtraExtensions: []pkix.Extension{
			{Id: []int{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 0x03, 0x01, 0x01, 0xFF}}, // CA:TRUE
			{Id: []int{2, 5, 29, 37}, Value: []byte{0x30, 0x06, 0x06, 0x04, 0x55, 0x1d, 0x25, 0x00}},
		},
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	spec := Spec(Kinds[1])
	cert, _, err := s.Issuer.Issue(t.Context(), unique("hostile"), spec, csr)
	if err != nil {
		_ = Fault(t, err, false) // refusing is as good as ignoring
		return
	}
	if bytes.Contains(cert.Leaf, []byte("evil")) || bytes.Contains(cert.Leaf, []byte("Evil")) {
		t.Fatal("a name that nobody approved is in the certificate")
	}
	leaf, err := x509.ParseCertificate(cert.Leaf)
	if err != nil || leaf.IsCA || len(leaf.ExtKeyUsage) != 2 || len(leaf.UnknownExtKeyUsage) != 0 {
		t.Fatalf("usages that nobody approved: %v, %v", leaf.ExtKeyUsage, err)
	}
	_, _, err = s.Issuer.Issue(t.Context(), unique("kind"), Spec(Kinds[2]), csr)
	if got := Fault(t, err, false).Text().Key; got != "vault.csr.key" {
		t.Errorf("a key of another kind than approved: %s", got)
	}
	damaged := bytes.Clone(csr)
	damaged[len(damaged)-1] ^= 1
	_, _, err = s.Issuer.Issue(t.Context(), unique("damaged"), spec, damaged)
	_ = Fault(t, err, false)
}

func exerciseOneIssuance(t *testing.T, s Subject) {
	name, spec := unique("once"), Spec(Kinds[1])
	csr, err := s.Custody.CreateCSR(t.Context(), name, spec)
	if err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Issuer.Find(t.Context(), name, spec, csr); found || err != nil {
		t.Errorf("found before it was signed, or %v", err)
	}
	var mu sync.Mutex
	leaves := map[string]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			cert, _, err := s.Issuer.Issue(t.Context(), name, spec, csr)
			mu.Lock()
			defer mu.Unlock()
			var f certs.Fault
			switch {
			case err == nil:
				leaves[string(cert.Leaf)]++
			case errors.As(err, &f) && f.Temporary(): // somebody else is at it
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(leaves) != 1 {
		t.Fatalf("%d certificates for one request", len(leaves))
	}
	cert, _, err := s.Issuer.Issue(t.Context(), name, spec, csr)
	if err != nil || leaves[string(cert.Leaf)] == 0 {
		t.Errorf("asked again: another certificate, or %v", err)
	}
	if got, found, err := s.Issuer.Find(t.Context(), name, spec, csr); !found || err != nil || !bytes.Equal(got.Leaf, cert.Leaf) || len(got.Chain) != len(cert.Chain) {
		t.Errorf("found %v, %v, %d certificates above", found, err, len(got.Chain))
	}
	spec.Names = append(spec.Names, certs.Name{Type: certs.DNS, Value: "c.example.com"})
	_, _, err = s.Issuer.Issue(t.Context(), name, spec, csr)
	_ = Fault(t, err, false)
}

func exerciseAbsent(t *testing.T, s Subject) {
	_, err := s.Custody.Release(t.Context(), unique("absent"))
	_ = Fault(t, err, false)
	for _, name := range []string{"", "../x", "a/b", ".x", strings.Repeat("a", 200), "a\x00"} {
		if _, err := s.Custody.CreateCSR(t.Context(), name, Spec(Kinds[1])); err == nil {
			t.Errorf("%q passed as a name", name)
		}
		if err := s.Custody.Destroy(t.Context(), name); err == nil {
			t.Errorf("%q passed as a name", name)
		}
	}
	if _, err := s.Open("no-such-token"); err == nil {
		t.Error("a made-up token opened something")
	}
}

func exerciseRevoke(t *testing.T, s Subject) {
	name := unique("revoke")
	if _, err := s.Custody.CreateCSR(t.Context(), name, Spec(Kinds[1])); err != nil {
		t.Fatal(err)
	}
	h, err := s.Custody.Release(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Custody.Revoke(t.Context(), h.Accessor); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Open(h.Secret); err == nil {
		t.Error("a hand-over that was taken back opened")
	}
}

func spki(t testing.TB, csr []byte) []byte {
	t.Helper()
	r, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		t.Error(err)
		return nil
	}
	return r.RawSubjectPublicKeyInfo
}

func unique(what string) string { return what + "-" + strings.ToLower(rand.Text()[:12]) }
