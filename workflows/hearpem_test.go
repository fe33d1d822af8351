package workflows_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/workflows"
)

func pemOf(kind string, ders ...[]byte) string {
	var b strings.Builder
	for _, der := range ders {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return b.String()
}

// caseAtDM gives the case that is open in a direct message, if there is one.
func (b *bench) caseAtDM(t *testing.T, channel string) (c workflows.Case, ok bool) {
	t.Helper()
	err := b.db.View(context.Background(), func(rd workflows.Reader) (err error) {
		c, err = rd.CaseAt(context.Background(), workflows.Place{Channel: channel})
		return err
	})
	if workflows.CodeOf(err) == workflows.NotFound {
		return c, false
	}
	must(t, err)
	return c, true
}

// TestPastedCertificate: a certificate finds the request that waits for it, in whatever
// order its chain came, for those who may bring it; others have it looked at by nobody.
func TestPastedCertificate(t *testing.T) {
	ctx := context.Background()
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	r := b.waiting(t, ca, portal())
	text := pemOf("CERTIFICATE", ca.cert.Raw, ca.sign(t, r, nil))
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.people.known[eve] = workflows.Profile{Person: eve}
	wants(t, "brought by somebody else", b.Hear(ctx, directly(eve, "D1", text)), workflows.Forbidden)
	if now := b.show(t, r.ID); now.State != workflows.Issuing || now.Held != nil {
		t.Fatalf("%s", now.State)
	}
	b.told(t)
	b.says(t, ella, "D2", text)
	if now := b.show(t, r.ID); now.State != workflows.Issued || len(now.Chain) != 1 {
		t.Errorf("%s with a chain of %d", now.State, len(now.Chain))
	}
	if got := b.told(t); !slices.Contains(got, "tell:issued") {
		t.Errorf("told %v", got)
	}
	// One that no request asked for is looked at.
	_, leaf := newCA(t, "Acme").leaf("expe1.example.com")
	b.says(t, ella, "D3", string(pemCerts(leaf)))
	if c, ok := b.caseAtDM(t, "D3"); !ok || !c.Inspecting() {
		t.Errorf("%v %+v", ok, c)
	}
}

// TestPastedChain: CA certificates that no request waits for are looked at; an error that
// stands around a certificate is an error first; what does not fit together is a question.
func TestPastedChain(t *testing.T) {
	b := newBench(t)
	acme, other := newCA(t, "Acme"), newCA(t, "Other")
	_, leaf := acme.leaf("expe1.example.com")
	_, second := other.leaf("expe2.example.com")
	for n, tt := range []struct{ channel, text, cause string }{
		{"D1", string(pemCerts(acme.inter, acme.root)), "inspect"},
		{"D2", string(pemCerts(leaf, second)), "inspect"},
		{"D3", "Please diagnose this error: certificate has expired\n" + string(pemCerts(leaf)), "expired"},
		{"D4", string(pemCerts(acme.root, acme.inter, leaf)), "wrong-bundle-order"},
	} {
		b.says(t, ella, tt.channel, tt.text)
		c, ok := b.caseAtDM(t, tt.channel)
		if !ok || c.Cause != tt.cause || c.Person != ella {
			t.Errorf("%d: %v %q, want %q", n, ok, c.Cause, tt.cause)
		}
		b.saidIs(t, tt.channel, "case")
	}
}

// TestPastedCSR: a request made on the box goes to the person's own request that waits for
// it, and otherwise starts one whose names are those of the CSR, to be confirmed.
func TestPastedCSR(t *testing.T) {
	b := newBench(t)
	a := portal()
	a["csr"] = []string{"device"}
	r := b.submitted(t, ella, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	must(t, err)
	der, err := certs.CSR(r.Spec, key)
	must(t, err)
	text := pemOf("CERTIFICATE REQUEST", der)

	b.says(t, bolin, "D1", text)
	if now := b.show(t, r.ID); len(now.CSR) > 0 {
		t.Error("somebody else gave the CSR of her request")
	}
	c, open := b.openAt(t, bolin, "D1")
	if !open || c.Answers.First("csr") != workflows.DeviceCSR || !slices.Equal(c.Answers["nodes"], []string{"portal.example.org"}) || c.Answers.First("key") != fmt.Sprintf("%s-%d", r.Spec.Key.Type, r.Spec.Key.Size) ||
		!slices.Contains(c.Guessed, "nodes") || len(c.CSRs) != 1 || c.Answers.Has("purpose") {
		t.Errorf("%v %+v", open, c)
	}
	b.told(t)
	b.says(t, ella, "D2", "here it is\n"+text)
	if now := b.show(t, r.ID); len(now.CSR) == 0 || now.Custody != workflows.CustodyDevice || now.KeyName != "" {
		t.Errorf("%+v", now)
	}
	if got := b.told(t); !slices.Equal(got, []string{"tell:submitted"}) {
		t.Errorf("told %v", got)
	}
	// One with more names.
	edge, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"a.example.org", "b.example.org"}}, edge)
	must(t, err)
	b.says(t, ella, "D3", pemOf("CERTIFICATE REQUEST", der))
	if c, open = b.openAt(t, ella, "D3"); !open || c.Answers.Has("nodes") || c.Answers.First("key") != "ecdsa-256" || !slices.Equal(c.Answers["names"], []string{"a.example.org", "b.example.org"}) {
		t.Errorf("without a common name: %v %+v", open, c.Answers)
	}
}

// TestPastedPair: a private key beside its certificate is said to fit or not, is warned
// of, and is kept nowhere; who may not use the bot is only warned.
func TestPastedPair(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	acme := newCA(t, "Acme")
	key, leaf := acme.leaf("expe1.example.com")
	wrong, _ := acme.leaf("expe2.example.com")
	for channel, pair := range map[string]struct {
		key   *ecdsa.PrivateKey
		cause string
	}{"D1": {key, "inspect"}, "D2": {wrong, "key-cert-mismatch"}} {
		armour := string(pemKey(t, pair.key))
		b.says(t, ella, channel, armour+string(pemCerts(leaf)))
		c, ok := b.caseAtDM(t, channel)
		if !ok || c.Cause != pair.cause || len(c.Seen) == 0 {
			t.Fatalf("%s: %v %q %+v", channel, ok, c.Cause, c.Seen)
		}
		raw, err := json.Marshal(c)
		must(t, err)
		if body := strings.Split(armour, "\n")[1]; strings.Contains(string(raw), body) || strings.Contains(string(raw), "PRIVATE KEY") {
			t.Errorf("the key is kept: %s", raw)
		}
		b.saidIs(t, channel, "reply secret", "case")
		if got := b.audited(t, workflows.RequestID(channel)); !slices.Contains(got, "secret") {
			t.Errorf("the record has %v", got)
		}
		x := b.Examine(c)
		if len(x.Items) != 1 || x.Items[0].Kind != check.Certificate || len(x.Findings) == 0 {
			t.Errorf("%s: %+v", channel, x)
		}
	}
	in := directly(stranger, "D3", string(pemKey(t, key))+string(pemCerts(leaf)))
	must(t, b.Hear(ctx, in))
	if _, ok := b.caseAtDM(t, "D3"); ok {
		t.Error("a case of somebody of another workspace")
	}
	if got := b.said(t); len(got) != 1 || !strings.HasPrefix(got[0], "reply refused:") {
		t.Errorf("queued %q", got)
	}
	in = directly(ella, "C1", string(pemKey(t, key))+string(pemCerts(leaf)))
	in.Direct = false
	must(t, b.Hear(ctx, in))
	b.saidIs(t, "pasted for others: warned of all the same", "reply secret")
}

// TestExamined: what a look at certificates gives: what changed between two of them, or
// who signed whom, as words and as a picture.
func TestExamined(t *testing.T) {
	b := newBench(t)
	say := inEnglish(t)
	acme := newCA(t, "Acme")
	_, older := acme.leaf("expe1.example.com", "expe.example.com")
	_, newer := acme.leaf("expe1.example.com", "edge.example.com")
	look := func(channel string, list ...*x509.Certificate) workflows.Examined {
		t.Helper()
		b.says(t, ella, channel, string(pemCerts(list...)))
		c, ok := b.caseAtDM(t, channel)
		if !ok || !c.Inspecting() {
			t.Fatalf("%s: %v %q", channel, ok, c.Cause)
		}
		return b.Examine(c)
	}
	x := look("D1", older, newer)
	if x.Compared == nil || len(x.Chain.Nodes) > 0 || len(x.Items) != 2 {
		t.Errorf("two certificates: %+v", x)
	}
	if picture, err := b.PictureOf(x, say); err != nil || picture != nil {
		t.Errorf("nothing to draw: %d bytes, %v", len(picture), err)
	}
	x = look("D2", older, acme.inter, acme.root)
	if x.Compared != nil || len(x.Chain.Nodes) != 3 {
		t.Fatalf("a chain: %d nodes", len(x.Chain.Nodes))
	}
	picture, err := b.PictureOf(x, say)
	must(t, err)
	if !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Errorf("%d bytes that are no picture", len(picture))
	}
	if x = look("D3", acme.inter, acme.root); len(x.Chain.Nodes) != 2 {
		t.Errorf("a chain of CAs: %d nodes", len(x.Chain.Nodes))
	}
	if x = look("D4", older); len(x.Chain.Nodes) > 0 || x.Compared != nil {
		t.Errorf("one certificate: %+v", x)
	}
}
