package certs

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// authority is a CA of the tests: root and intermediate.
type authority struct {
	root, sub       *x509.Certificate
	rootKey, subKey crypto.Signer
}

var serials int64 = 1000

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	a := authority{}
	ca := func(cn string, parent *x509.Certificate, signer crypto.Signer) (*x509.Certificate, crypto.Signer) {
		key, err := GenerateKey(rand.Reader, Key{"ecdsa", 256})
		if err != nil {
			t.Fatal(err)
		}
		serials++
		tmpl := &x509.Certificate{SerialNumber: big.NewInt(serials), Subject: pkix.Name{CommonName: cn}, NotBefore: today.AddDate(-1, 0, 0),
			NotAfter: today.AddDate(9, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
		if parent == nil {
			parent, signer = tmpl, key
		}
		der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	a.root, a.rootKey = ca(name+" Root", nil, nil)
	a.sub, a.subKey = ca(name+" Issuing", a.root, a.rootKey)
	return a
}

// sign issues for a spec as asked, then as changed.
func (a authority) sign(t testing.TB, s Spec, pub crypto.PublicKey, change func(*x509.Certificate)) []byte {
	t.Helper()
	extensions, err := Extensions(s)
	if err != nil {
		t.Fatal(err)
	}
	var dn pkix.RDNSequence = distinguishedName(s)
	var subject pkix.Name
	subject.FillFromRDNSequence(&dn)
	serials++
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(serials), Subject: subject, NotBefore: today.Add(-time.Hour),
		NotAfter: today.Add(-time.Hour).Add(time.Duration(s.Days)*24*time.Hour - time.Second), ExtraExtensions: extensions}
	if change != nil {
		change(tmpl)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.sub, pub, a.subKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// withNames, withEKU and withKU change what a CA puts in.
func withSpec(s Spec, change func(*Spec)) func(*x509.Certificate) {
	s.Names, s.EKU, s.KU = slices.Clone(s.Names), slices.Clone(s.EKU), slices.Clone(s.KU)
	change(&s)
	extensions, err := Extensions(s)
	if err != nil {
		panic(err)
	}
	return func(c *x509.Certificate) { c.ExtraExtensions = extensions }
}

func dropUsage(us []Usage, id string) []Usage {
	return slices.DeleteFunc(us, func(u Usage) bool { return u.ID == id })
}

func TestCheckIssued(t *testing.T) {
	c := load(t)
	spec := c.Plan(one("expressway-e", ver("X14.3"), ca(PublicCA), own).domains("example.com").with(MRA), today).Specs[0]
	spec.Key = Key{"rsa", 2048}
	key := keyOfKind(t, spec.Key)
	csr, err := CSR(spec, key)
	if err != nil {
		t.Fatal(err)
	}
	a, other := newAuthority(t, "Example"), newAuthority(t, "Other")
	chain := [][]byte{a.sub.Raw, a.root.Raw}
	leaf := func(change func(*x509.Certificate)) []byte { return a.sign(t, spec, key.Public(), change) }
	expired := func(c *x509.Certificate) { c.NotBefore, c.NotAfter = today.AddDate(0, -3, 0), today.AddDate(0, 0, -1) }
	plain := leaf(nil)
	old := other.sign(t, spec, key.Public(), nil)

	for _, r := range []struct {
		name  string
		leaf  []byte
		chain [][]byte
		opts  []IssuedOption
		want  []string // severity and rule; empty: nothing at all
		says  string   // an argument of the first finding
	}{
		{"as approved", leaf(nil), chain, nil, nil, ""},
		{"same CA as before", leaf(nil), chain, []IssuedOption{After(leaf(nil))}, nil, ""},
		{"another CA than before", leaf(nil), chain, []IssuedOption{After(old)}, []string{"warning predecessor/other-ca"}, "CN=Other Issuing"},
		{"foreign key", a.sign(t, spec, keyOfKind(t, Key{"ecdsa", 256}).Public(), nil), chain, nil, []string{"error certificate/foreign-key"}, "CN=a.example.com"},
		{"a name missing", leaf(withSpec(spec, func(s *Spec) { s.Names = s.Names[:1] })), chain, nil, []string{"error certificate/names-missing"}, "example.com"},
		{"www. added", leaf(withSpec(spec, func(s *Spec) { s.Names = append(s.Names, Name{Type: DNS, Value: "www.a.example.com"}) })), chain, nil, []string{"error certificate/names-www"}, "www.a.example.com"},
		{"a name added", leaf(withSpec(spec, func(s *Spec) { s.Names = append(s.Names, Name{Type: DNS, Value: "b.example.com"}) })), chain, nil, []string{"error certificate/names-added"}, "b.example.com"},
		{"clientAuth dropped", leaf(withSpec(spec, func(s *Spec) { s.EKU = dropUsage(s.EKU, "clientAuth") })), chain, nil, []string{"error certificate/client-auth-dropped"}, "DigiCert"},
		{"serverAuth dropped", leaf(withSpec(spec, func(s *Spec) { s.EKU = dropUsage(s.EKU, "serverAuth") })), chain, nil, []string{"error certificate/eku-missing"}, "serverAuth"},
		{"key encipherment dropped", leaf(withSpec(spec, func(s *Spec) { s.KU = dropUsage(s.KU, "keyEncipherment") })), chain, nil, []string{"error certificate/ku-missing"}, "keyEncipherment"},
		{"code signing added", leaf(withSpec(spec, func(s *Spec) { s.EKU = append(s.EKU, Usage{ID: "codeSigning"}) })), chain, nil, []string{"error certificate/eku-added"}, "codeSigning"},
		{"a harmless usage added", leaf(withSpec(spec, func(s *Spec) { s.KU = append(s.KU, Usage{ID: "keyAgreement"}) })), chain, nil, []string{"warning certificate/ku-added"}, "keyAgreement"},
		{"a CA certificate", leaf(withSpec(spec, func(s *Spec) { s.IsCA = true })), chain, nil, []string{"error certificate/basic-constraints"}, ""},
		{"shorter", leaf(func(c *x509.Certificate) { c.NotAfter = today.AddDate(0, 0, 89) }), chain, nil, []string{"warning certificate/shorter"}, "90"},
		{"longer than public CAs may", leaf(func(c *x509.Certificate) { c.NotAfter = today.AddDate(0, 0, 397) }), chain, nil, []string{"warning certificate/longer", "error certificate/public-days"}, "398"},
		{"200 days and one second", leaf(func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(0, 0, 200) }), chain, nil, []string{"info certificate/longer", "error certificate/public-days"}, "201"},
		{"200 days", leaf(func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(0, 0, 200).Add(-time.Second) }), chain, nil, nil, ""},
		{"expired", leaf(expired), chain, nil, []string{"error certificate/expired", "warning certificate/shorter"}, "2026-11-20"},
		{"not yet valid", leaf(func(c *x509.Certificate) {
			c.NotBefore = today.Add(48 * time.Hour)
			c.NotAfter = c.NotBefore.AddDate(0, 0, 199).Add(-time.Second)
		}), chain, nil, []string{"error certificate/not-yet-valid"}, "2026-11-23"},
		{"clocks differ", leaf(func(c *x509.Certificate) {
			c.NotBefore = today.Add(time.Minute)
			c.NotAfter = c.NotBefore.AddDate(0, 0, 199).Add(-time.Second)
		}), chain, nil, []string{"warning certificate/not-yet-valid"}, ""},
		{"leaf only", leaf(nil), nil, nil, []string{"warning chain/leaf-only"}, "CN=Example Issuing"},
		{"without root", leaf(nil), chain[:1], nil, []string{"info chain/no-root"}, "CN=Example Root"},
		{"root without intermediate", leaf(nil), chain[1:], nil, []string{"error chain/not-issuer", "warning chain/key-identifier"}, "CN=Example Root"},
		{"the chain of another CA", leaf(nil), [][]byte{other.sub.Raw, other.root.Raw}, nil, []string{"error chain/not-issuer", "warning chain/key-identifier"}, "CN=Other Issuing"},
		{"chain upside down", leaf(nil), [][]byte{a.root.Raw, a.sub.Raw}, nil, []string{"info chain/order"}, ""},
		{"leaf in the chain", plain, append([][]byte{plain}, chain...), nil, nil, ""},
		{"a stranger in the chain", leaf(nil), append(slices.Clone(chain), other.root.Raw), nil, []string{"warning chain/stranger"}, "CN=Other Root"},
		{"garbage in the chain", leaf(nil), append(slices.Clone(chain), []byte("x")), nil, []string{"error chain/unreadable"}, "3"},
		{"garbage", []byte("-----BEGIN CERTIFICATE-----"), chain, nil, []string{"error certificate/unreadable"}, ""},
		{"the CA's own words in the subject", leaf(func(c *x509.Certificate) { c.Subject.OrganizationalUnit = []string{"Domain Control Validated"} }), chain, nil, []string{"warning certificate/subject-added"}, "Domain Control Validated"},
		{"another CN", leaf(func(c *x509.Certificate) { c.Subject.CommonName = "b.example.com" }), chain, nil, []string{"error certificate/subject"}, "b.example.com"},
		{"no CN", leaf(func(c *x509.Certificate) { c.Subject.CommonName = "" }), chain, nil, []string{"warning certificate/subject-missing"}, "a.example.com"},
	} {
		t.Run(r.name, func(t *testing.T) {
			found := CheckIssued(spec, csr, r.leaf, r.chain, today, r.opts...)
			var got []string
			for _, f := range found {
				got = append(got, string(f.Severity)+" "+f.Rule)
			}
			if !slices.Equal(got, r.want) {
				t.Fatalf("found %v, want %v", got, r.want)
			}
			if r.says == "" {
				return
			}
			var said strings.Builder
			for _, f := range found {
				for _, v := range f.Text.Args {
					said.WriteString(v + "\n")
				}
			}
			if !strings.Contains(said.String(), r.says) {
				t.Errorf("nothing says %q: %s", r.says, said.String())
			}
		})
	}
}

func TestCheckIssuedSelfSigned(t *testing.T) {
	spec := fullSpec()
	spec.Key = Key{"ecdsa", 256}
	key := keyOfKind(t, spec.Key)
	csr, err := CSR(spec, key)
	if err != nil {
		t.Fatal(err)
	}
	extensions, _ := Extensions(spec)
	dn := distinguishedName(spec)
	var name pkix.Name
	name.FillFromRDNSequence(&dn)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: name, NotBefore: today, NotAfter: today.AddDate(1, 0, 0), ExtraExtensions: extensions}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	found := CheckIssued(spec, csr, der, nil, today)
	if len(found) != 1 || found[0].Rule != "certificate/self-signed" {
		t.Errorf("found %v", found)
	}
}

// CUCM's bit that CAs like to drop has words of its own.
func TestCheckIssuedDataEncipherment(t *testing.T) {
	c := load(t)
	spec := c.Plan(one("cucm", services("tomcat")), today).Specs[0]
	key := keyOfKind(t, spec.Key)
	csr, err := CSR(spec, key)
	if err != nil {
		t.Fatal(err)
	}
	a := newAuthority(t, "Example")
	der := a.sign(t, spec, key.Public(), withSpec(spec, func(s *Spec) { s.KU = dropUsage(s.KU, "dataEncipherment") }))
	found := CheckIssued(spec, csr, der, [][]byte{a.sub.Raw, a.root.Raw}, today)
	if len(found) != 1 || found[0].Rule != "certificate/data-encipherment-dropped" || found[0].Severity != Error {
		t.Errorf("found %v", found)
	}
}
