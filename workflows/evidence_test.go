package workflows_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

// ca is a root with an intermediate that issues.
type ca struct {
	t           *testing.T
	root, inter *x509.Certificate
	rootKey     *ecdsa.PrivateKey
	interKey    *ecdsa.PrivateKey
	serial      int64
}

func newCA(t *testing.T, name string) *ca {
	c := &ca{t: t, serial: 1}
	c.rootKey, c.root = c.sign(name+" Root CA", true, nil, nil, nil)
	c.interKey, c.inter = c.sign(name+" Issuing CA", true, c.root, c.rootKey, nil)
	return c
}

func (c *ca) sign(cn string, isCA bool, parent *x509.Certificate, by *ecdsa.PrivateKey, names []string) (*ecdsa.PrivateKey, *x509.Certificate) {
	c.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(c.t, err)
	c.serial++
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(c.serial), Subject: pkix.Name{CommonName: cn}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(300 * 24 * time.Hour), IsCA: isCA, BasicConstraintsValid: true, DNSNames: names,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if isCA {
		tmpl.KeyUsage, tmpl.ExtKeyUsage = x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
	}
	if parent == nil {
		parent, by = tmpl, key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, by)
	must(c.t, err)
	cert, err := x509.ParseCertificate(der)
	must(c.t, err)
	return key, cert
}

func (c *ca) leaf(names ...string) (*ecdsa.PrivateKey, *x509.Certificate) {
	return c.sign(names[0], false, c.inter, c.interKey, names)
}

func pemCerts(list ...*x509.Certificate) []byte {
	var b strings.Builder
	for _, c := range list {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return []byte(b.String())
}

func pemKey(t *testing.T, k *ecdsa.PrivateKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(k)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// sends has files read as the chat adapter would, and gives the case that came of it.
func (b *bench) sends(t *testing.T, in workflows.Heard, files ...workflows.File) workflows.Case {
	t.Helper()
	ctx := context.Background()
	must(t, b.HearFiles(ctx, in, []string{"F1"}))
	for {
		e, ok, err := b.db.Claim(ctx, workflows.Files, 1e9)
		must(t, err)
		if !ok {
			t.Fatal("the files were not queued")
		}
		body, err := workflows.ReadBody(e)
		must(t, err)
		if e.Kind != workflows.KindFiles {
			must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
			continue
		}
		in.Text = body.Said
		must(t, b.TakeFiles(ctx, e, in, files))
		break
	}
	return b.caseIn(t, in.Place)
}

func (b *bench) caseIn(t *testing.T, at workflows.Place) workflows.Case {
	t.Helper()
	var c workflows.Case
	must(t, b.db.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(context.Background(), at); return err }))
	return c
}

func heard(receipt string, text string) workflows.Heard {
	return workflows.Heard{Receipt: workflows.Receipt(receipt), By: ella, Place: workflows.Place{Channel: "D" + receipt}, Lang: "en", Text: text, Direct: true}
}

// TestFilesAgainstEachOther: what is wrong between files is found, and quoted with
// the file it stands in; what is right is no cause.
func TestFilesAgainstEachOther(t *testing.T) {
	acme, other := newCA(t, "Acme"), newCA(t, "Other")
	key, leaf := acme.leaf("expe1.example.com", "expe.example.com")
	wrongKey, _ := acme.leaf("other.example.com")
	for name, c := range map[string]struct {
		text  string
		files []workflows.File
		cause string // "inspect" when nothing is wrong
		quote []string
	}{
		"fits":        {"", []workflows.File{{Name: "server.key", Data: pemKey(t, key)}, {Name: "server.pem", Data: pemCerts(leaf, acme.inter)}}, "inspect", nil},
		"wrong key":   {"", []workflows.File{{Name: "server.key", Data: pemKey(t, wrongKey)}, {Name: "server.pem", Data: pemCerts(leaf)}}, "key-cert-mismatch", []string{"different public keys", "server.pem"}},
		"reversed":    {"", []workflows.File{{Name: "bundle.pem", Data: pemCerts(acme.root, acme.inter, leaf)}}, "wrong-bundle-order", []string{"wrong way round"}},
		"not in list": {"", []workflows.File{{Name: "server.pem", Data: pemCerts(leaf, acme.inter)}, {Name: "trust.pem", Data: pemCerts(other.root, other.inter)}}, "untrusted-ca", []string{"Acme Root CA", "not in the trust list"}},
		"no root":     {"", []workflows.File{{Name: "server.pem", Data: pemCerts(leaf)}, {Name: "trust.pem", Data: pemCerts(acme.inter)}}, "root-missing-intermediate-only", []string{"Acme Issuing CA"}},
		"trusted":     {"", []workflows.File{{Name: "server.pem", Data: pemCerts(leaf, acme.inter)}, {Name: "trust.pem", Data: pemCerts(acme.root)}}, "inspect", nil},
		"name": {"one\ncurl: (60) SSL: no alternative certificate subject name matches target host name 'expe9.example.com'", []workflows.File{{Name: "server.pem", Data: pemCerts(leaf)}},
			"name-mismatch", []string{"expe9.example.com is not among the names of expe1.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			k := b.sends(t, heard(strings.ReplaceAll(name, " ", ""), c.text), c.files...)
			if k.Cause != c.cause {
				t.Fatalf("cause %q, not %q: %+v", k.Cause, c.cause, k.Seen)
			}
			for _, a := range k.Certs {
				if strings.Contains(a.Kind, "KEY") {
					t.Fatal("a private key is kept")
				}
			}
			a := b.Explain(context.Background(), k)
			var all strings.Builder
			for _, f := range a.Findings[:min(1, len(a.Findings))] {
				for _, e := range f.Evidence {
					all.WriteString(e.Source + ": " + e.Text + "\n")
				}
			}
			for _, q := range c.quote {
				if !strings.Contains(all.String(), q) {
					t.Errorf("%q is not in the evidence:\n%s", q, all.String())
				}
			}
			if long := b.LongForm(context.Background(), k, func(x workflows.Text) string { return b.Say("en", x.Key, x.Args) }); strings.Contains(long, "PRIVATE KEY") || !strings.Contains(long, "expe1.example.com") {
				t.Errorf("the long form:\n%s", long)
			}
		})
	}
}

// TestLongLog: of a log that is too long to keep, the lines that matter are kept, with
// their numbers.
func TestLongLog(t *testing.T) {
	b := newBench(t)
	log := strings.Repeat("2026-11-21T10:00:00 tvcs: all is well\n", 60000) + "2026-11-21T10:00:01 tvcs: Event=\"Outbound TLS Negotiation Error\" Detail=\"certificate has expired\" password=hunter2secret\n"
	k := b.sends(t, heard("long", "why does MRA fail?"), workflows.File{Name: "diagnostic.log", Data: []byte(log)})
	if k.Cause != "expired" || len(k.Input) > 4000 || strings.Contains(k.Input, "hunter2") {
		t.Fatalf("cause %q, %d bytes kept", k.Cause, len(k.Input))
	}
	a := b.Explain(context.Background(), k)
	if e := a.Findings[0].Evidence[0]; e.Source != "diagnostic.log" || e.Line != 60001 {
		t.Errorf("evidence at %s:%d", e.Source, e.Line)
	}
}

// TestHostileFiles are answered, and are never an error that is tried for ever.
func TestHostileFiles(t *testing.T) {
	for name, data := range map[string][]byte{
		"bad.pcap": append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0}, make([]byte, 40)...),
		"bad.zip":  []byte("PK\x03\x04 and then nothing that makes sense"),
		"bad.pem":  []byte("-----BEGIN CERTIFICATE-----\nMIIB%%%%\n-----END CERTIFICATE-----\n"),
		"junk.bin": {0, 1, 2, 3, 255, 254, 9},
		"none.txt": {},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ctx := context.Background()
			in := heard(name, "what is this?")
			must(t, b.HearFiles(ctx, in, []string{"F"}))
			e, _, err := b.db.Claim(ctx, workflows.Files, 1e9)
			must(t, err)
			must(t, b.TakeFiles(ctx, e, in, []workflows.File{{Name: name, Data: data}}))
			said, _, err := b.db.Claim(ctx, workflows.Notify, 1e9)
			must(t, err)
			if said.Kind == "" {
				t.Error("the person hears nothing")
			}
		})
	}
}
