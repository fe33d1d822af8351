package support_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/locales"
	"countersign/tests/workbench"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/support"
)

// authority is one certificate with its key, made in the test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// make issues a certificate; like changes what is asked for.
func (a *authority) make(t *testing.T, name string, like func(*x509.Certificate)) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	workbench.Must(t, err)
	return &authority{a.issue(t, name, &key.PublicKey, key, like), key}
}

func (a *authority) issue(t *testing.T, name string, public any, own *ecdsa.PrivateKey, like func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	workbench.Must(t, err)
	c := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if strings.Contains(name, ".") {
		c.DNSNames = []string{name}
	} else {
		c.IsCA, c.KeyUsage, c.ExtKeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
	}
	if like != nil {
		like(c)
	}
	parent, by := c, own
	if a != nil {
		parent, by = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, by)
	workbench.Must(t, err)
	cert, err := x509.ParseCertificate(der)
	workbench.Must(t, err)
	return cert
}

func (a *authority) request(t *testing.T, name string) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}}, a.key)
	workbench.Must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

func usage(list ...x509.ExtKeyUsage) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.ExtKeyUsage = list }
}

// clientOutput is what openssl s_client 3 prints of a server that shows leaf.
func clientOutput(leaf, inter *x509.Certificate, code, reason string) string {
	name := func(n pkix.Name) string { return "CN = " + n.CommonName }
	return "CONNECTED(00000003)\n---\nCertificate chain\n 0 s:" + name(leaf.Subject) + "\n   i:" + name(leaf.Issuer) + "\n 1 s:" + name(inter.Subject) + "\n   i:" + name(inter.Issuer) +
		"\n---\nServer certificate\n" + string(workbench.PemCerts(leaf)) + "subject=" + name(leaf.Subject) + "\nissuer=" + name(leaf.Issuer) +
		"\n---\nNo client certificate CA names sent\n---\nVerify return code: " + code + " (" + reason + ")\n"
}

// TestArtefactsBesideStories: what an artefact shows decides beside a story, a good one is
// described, and it is the same whether it is a file, pasted, or both.
func TestArtefactsBesideStories(t *testing.T) {
	root := (*authority)(nil).make(t, "Lab Root", nil)
	inter := root.make(t, "Lab Issuing CA", nil)
	old := root.make(t, "Lab Old CA", func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, -3) })
	good := inter.make(t, "expe.example.com", nil)
	server := inter.make(t, "srv.example.com", usage(x509.ExtKeyUsageServerAuth))
	client := inter.make(t, "cli.example.com", usage(x509.ExtKeyUsageClientAuth))
	below := old.make(t, "old.example.com", nil)
	over := inter.make(t, "over.example.com", func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, -3) })
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	workbench.Must(t, err)
	weak := &authority{cert: inter.issue(t, "weak.example.com", &small.PublicKey, nil, nil)}
	one := func(list ...*authority) []byte {
		var cs []*x509.Certificate
		for _, a := range list {
			cs = append(cs, a.cert)
		}
		return workbench.PemCerts(cs...)
	}
	for name, tt := range map[string]struct {
		words string
		pem   []byte
		want  string // the first cause, or how it is said that there is none
	}{
		"good":                 {"", one(good), "healthy"},
		"chain":                {"", one(good, inter, root), "healthy"},
		"its own request":      {"does this match?", append(good.request(t, "expe.example.com"), one(good, inter, root)...), "match"},
		"in Chinese":           {"这个证书和 CSR 匹配吗？", append(good.request(t, "expe.example.com"), one(good, inter)...), "match"},
		"another request":      {"does this match?", append(server.request(t, "expe.example.com"), one(good)...), "csr-public-key-mismatch key-cert-mismatch"},
		"weak":                 {"", one(weak), "weak-key-or-digest"},
		"server only":          {"", one(server), "healthy"},
		"server only, tunnels": {"The SSH tunnels between our Expressways are down", one(server), "eku-missing-clientauth"},
		"both, tunnels":        {"The SSH tunnels between our Expressways are down", one(good), "ssh-tunnel-intermediate-missing"},
		"client only, shown":   {clientOutput(client.cert, inter.cert, "26", "unsuitable certificate purpose"), nil, "eku-missing-serverauth"},
		"root unknown":         {clientOutput(good.cert, inter.cert, "20", "unable to get local issuer certificate"), nil, "untrusted-ca"},
		"old CA":               {"", one(below, old, root), "expired"},
		"old":                  {"", one(over, inter), "expired"},
		"said to be expired":   {"The alert says the certificate is expired.", one(good, inter, root), "healthy expired expiring-soon"}, // at most possible
	} {
		t.Run(name, func(t *testing.T) {
			b := workbench.New(t)
			ctx := context.Background()
			check := func(door string, e support.Explained) {
				t.Helper()
				got := e.Said()
				if len(e.Findings) > 0 {
					got = e.Findings[0].Cause.ID
				}
				if !strings.Contains(" "+tt.want+" ", " "+got+" ") {
					t.Errorf("%s: %s %s, want %s", door, e.Verdict, got, tt.want)
				}
				if strings.Contains(tt.want, "healthy") && e.Verdict == triage.KnownCause {
					t.Errorf("%s: %s is called known", door, got)
				}
				if len(e.Artefacts) == 0 {
					t.Errorf("%s: no artefact is described", door)
				}
			}
			e, err := b.Support.ExplainFiles(ctx, "en", strings.TrimPrefix(tt.words+"\n"+string(tt.pem), "\n"), nil)
			workbench.Must(t, err)
			check("pasted", e)
			e, err = b.Support.ExplainFiles(ctx, "en", "", []workflows.File{{Name: "all.txt", Data: []byte(strings.TrimPrefix(tt.words+"\n"+string(tt.pem), "\n"))}})
			workbench.Must(t, err)
			check("one file", e)
			if len(tt.pem) > 0 {
				e, err = b.Support.ExplainFiles(ctx, "en", tt.words, []workflows.File{{Name: "a.pem", Data: tt.pem}})
				workbench.Must(t, err)
				check("words and a file", e)
			}
			if tt.words != "" && len(tt.pem) > 0 { // in Slack, where words are never without their file
				c := b.Sends(t, workbench.Heard("sent", tt.words), workflows.File{Name: "a.pem", Data: tt.pem})
				a := b.Support.Explain(ctx, c)
				check("in Slack", support.Explained{TriageAnswer: a, Artefacts: b.Support.BesideOf(c, a).Artefacts})
			}
		})
	}
}

// TestFaultyAlone: a file in which something is wrong is a question, also without words; one
// in which nothing is wrong is looked at.
func TestFaultyAlone(t *testing.T) {
	root := (*authority)(nil).make(t, "Lab Root", nil)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	workbench.Must(t, err)
	for name, tt := range map[string]struct {
		cert     *x509.Certificate
		question bool
	}{
		"good": {root.make(t, "srv.example.com", nil).cert, false},
		"weak": {root.issue(t, "srv.example.com", &small.PublicKey, nil, nil), true},
		"old":  {root.make(t, "srv.example.com", func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, -1) }).cert, true},
	} {
		b := workbench.New(t)
		c := b.Sends(t, workbench.Heard("file", ""), workflows.File{Name: "a.pem", Data: workbench.PemCerts(tt.cert)})
		if c.Inspecting() == tt.question {
			t.Errorf("%s: looked at %v", name, c.Inspecting())
		}
		workbench.Must(t, b.Inbox.Receive(context.Background(), workbench.Heard("paste", string(workbench.PemCerts(tt.cert)))))
		if c = b.CaseIn(t, workbench.Heard("paste", "").Place); c.Inspecting() == tt.question {
			t.Errorf("%s, pasted: looked at %v", name, c.Inspecting())
		}
	}
}

// TestExpiredCA: it is the CA that is named as expired, not the certificate below it.
func TestExpiredCA(t *testing.T) {
	b := workbench.New(t)
	root := (*authority)(nil).make(t, "Lab Root", nil)
	old := root.make(t, "Lab Old CA", func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, -3) })
	leaf := old.make(t, "srv.example.com", nil)
	for lang, says := range map[string]string{"en": "The CA certificate Lab Old CA expired", "zh-Hans": "CA 证书 Lab Old CA", "zh-Hant": "CA 憑證 Lab Old CA"} {
		e, err := b.Support.ExplainFiles(context.Background(), lang, "", []workflows.File{{Name: "chain.pem", Data: workbench.PemCerts(leaf.cert, old.cert, root.cert)}})
		workbench.Must(t, err)
		if len(e.Findings) == 0 || !strings.HasPrefix(e.Findings[0].Evidence[0].Text, says) || !strings.Contains(e.Findings[0].Evidence[0].Text, "srv.example.com") {
			t.Errorf("%s: %+v", lang, e.Findings)
		}
	}
	// Renewed with the same key: the path through the new one is whole.
	renewed := root.issue(t, "Lab Old CA", &old.key.PublicKey, nil, nil)
	e, err := b.Support.ExplainFiles(context.Background(), "en", "", []workflows.File{{Name: "chain.pem", Data: workbench.PemCerts(leaf.cert, renewed, old.cert, root.cert)}})
	workbench.Must(t, err)
	if slices.ContainsFunc(e.Findings, func(f support.TriageFinding) bool { return f.Cause.ID == "expired" }) {
		t.Errorf("a CA that was renewed: %+v", e.Findings)
	}
}

// TestClosedContainer: a container that needs its password is no damaged file; that the
// password is wrong is only said where somebody says so.
func TestClosedContainer(t *testing.T) {
	b := workbench.New(t)
	dir := t.TempDir()
	leaf := (*authority)(nil).make(t, "Lab Root", nil).make(t, "srv.example.com", nil)
	crt, key, p12 := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem"), filepath.Join(dir, "c.p12")
	workbench.Must(t, os.WriteFile(crt, workbench.PemCerts(leaf.cert), 0o600))
	workbench.Must(t, os.WriteFile(key, workbench.PemKey(t, leaf.key), 0o600))
	if out, err := exec.Command("openssl", "pkcs12", "-export", "-in", crt, "-inkey", key, "-out", p12, "-passout", "pass:correct horse").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	raw, err := os.ReadFile(p12)
	workbench.Must(t, err)
	e, err := b.Support.ExplainFiles(context.Background(), "en", "", []workflows.File{{Name: "c.p12", Data: slices.Clone(raw)}})
	workbench.Must(t, err)
	if len(e.Findings) > 0 || e.Said() != support.Closed || len(e.Artefacts) != 1 {
		t.Errorf("%s %+v", e.Said(), e.Artefacts)
	}
	e, err = b.Support.ExplainFiles(context.Background(), "en", "The import says that the password of the keystore is wrong", []workflows.File{{Name: "c.p12", Data: raw}})
	workbench.Must(t, err)
	if len(e.Findings) == 0 || e.Findings[0].Cause.ID != "encrypted-key-wrong-password" {
		t.Errorf("with the story: %+v", e.Findings)
	}
}

// TestDescribedInEveryLanguage: every summary and note is a text of the catalogue.
func TestDescribedInEveryLanguage(t *testing.T) {
	b := workbench.New(t)
	root := (*authority)(nil).make(t, "Lab Root", nil)
	inter := root.make(t, "Lab Issuing CA", nil)
	leaf := inter.make(t, "srv.example.com", usage(x509.ExtKeyUsageServerAuth))
	for _, files := range [][]*x509.Certificate{{leaf.cert}, {leaf.cert, inter.cert}, {leaf.cert, inter.cert, root.cert}} {
		e, err := b.Support.ExplainFiles(context.Background(), "en", "", []workflows.File{{Name: "a.pem", Data: append(workbench.PemCerts(files...), leaf.request(t, "srv.example.com")...)}})
		workbench.Must(t, err)
		for _, d := range e.Artefacts {
			for _, lang := range locales.All {
				for _, text := range append([]workflows.Text{d.Summary}, d.Notes...) {
					if said := b.Say(lang, text.Key, text.Args); said == "" || strings.Contains(said, "{{") || strings.Contains(said, text.Key) {
						t.Errorf("%s %s: %q", lang, text.Key, said)
					}
				}
			}
		}
	}
}
