package inbox_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// TestPastedCertificate: a certificate finds the request that waits for it, in whatever
// order its chain came, for those who may bring it; others have it looked at by nobody.
func TestPastedCertificate(t *testing.T) {
	ctx := context.Background()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	text := workbench.PemOf("CERTIFICATE", ca.Cert.Raw, ca.Sign(t, r, nil))
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.People.Known[eve] = workflows.Profile{Person: eve}
	workbench.Wants(t, "brought by somebody else", b.Inbox.Receive(ctx, workbench.Directly(eve, "D1", text)), workflows.Forbidden)
	if now := b.Show(t, r.ID); now.State != workflows.Issuing || now.Mismatch != nil {
		t.Fatalf("%s", now.State)
	}
	b.Told(t)
	b.Says(t, workbench.Ella, "D2", text)
	if now := b.Show(t, r.ID); now.State != workflows.Issued || len(now.Chain) != 1 {
		t.Errorf("%s with a chain of %d", now.State, len(now.Chain))
	}
	if got := b.Told(t); !slices.Contains(got, "tell:issued") {
		t.Errorf("told %v", got)
	}
	// One that no request asked for is looked at.
	_, leaf := workbench.NewCA(t, "Acme").Leaf("expe1.example.com")
	b.Says(t, workbench.Ella, "D3", string(workbench.PemCerts(leaf)))
	if c, ok := b.CaseAtDM(t, "D3"); !ok || !c.Inspecting() {
		t.Errorf("%v %+v", ok, c)
	}
}

// TestPastedChain: CA certificates that no request waits for are looked at; an error that
// stands around a certificate is an error first; what does not fit together is a question.
func TestPastedChain(t *testing.T) {
	b := workbench.New(t)
	acme, other := workbench.NewCA(t, "Acme"), workbench.NewCA(t, "Other")
	_, leaf := acme.Leaf("expe1.example.com")
	_, second := other.Leaf("expe2.example.com")
	for n, tt := range []struct{ channel, text, cause string }{
		{"D1", string(workbench.PemCerts(acme.Inter, acme.Root)), "inspect"},
		{"D2", string(workbench.PemCerts(leaf, second)), "inspect"},
		{"D3", "Please diagnose this error: certificate has expired\n" + string(workbench.PemCerts(leaf)), "expired"},
		{"D4", string(workbench.PemCerts(acme.Root, acme.Inter, leaf)), "wrong-bundle-order"},
	} {
		b.Says(t, workbench.Ella, tt.channel, tt.text)
		c, ok := b.CaseAtDM(t, tt.channel)
		if !ok || c.Cause != tt.cause || c.Person != workbench.Ella {
			t.Errorf("%d: %v %q, want %q", n, ok, c.Cause, tt.cause)
		}
		b.SaidIs(t, tt.channel, "case")
	}
}

// TestPastedCSR: a request made on the box goes to the person's own request that waits for
// it, and otherwise starts one whose names are those of the CSR, to be confirmed.
func TestPastedCSR(t *testing.T) {
	b := workbench.New(t)
	a := workbench.Portal()
	a["csr"] = []string{"device"}
	r := b.Submitted(t, workbench.Ella, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	workbench.Must(t, err)
	der, err := certs.CSR(r.Spec, key)
	workbench.Must(t, err)
	text := workbench.PemOf("CERTIFICATE REQUEST", der)

	b.Says(t, workbench.Bolin, "D1", text)
	if now := b.Show(t, r.ID); len(now.CSR) > 0 {
		t.Error("somebody else gave the CSR of her request")
	}
	c, open := b.OpenAt(t, workbench.Bolin, "D1")
	if !open || c.Answers.First("csr") != intake.DeviceCSR || !slices.Equal(c.Answers["nodes"], []string{"portal.example.org"}) || c.Answers.First("key") != fmt.Sprintf("%s-%d", r.Spec.Key.Type, r.Spec.Key.Size) ||
		c.Origins["nodes"].Kind != workflows.FromCSR || len(c.CSRs) != 1 || c.Answers.Has("purpose") {
		t.Errorf("%v %+v", open, c)
	}
	b.Told(t)
	b.Says(t, workbench.Ella, "D2", "here it is\n"+text)
	if now := b.Show(t, r.ID); len(now.CSR) == 0 || now.Custody != workflows.CustodyDevice || now.KeyName != "" {
		t.Errorf("%+v", now)
	}
	if got := b.Told(t); len(got) != 0 { // the card shows it
		t.Errorf("told %v", got)
	}
	// One with more names.
	edge, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	workbench.Must(t, err)
	der, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"a.example.org", "b.example.org"}}, edge)
	workbench.Must(t, err)
	b.Says(t, workbench.Ella, "D3", workbench.PemOf("CERTIFICATE REQUEST", der))
	if c, open = b.OpenAt(t, workbench.Ella, "D3"); !open || c.Answers.Has("nodes") || c.Answers.First("key") != "ecdsa-256" || !slices.Equal(c.Answers["names"], []string{"a.example.org", "b.example.org"}) {
		t.Errorf("without a common name: %v %+v", open, c.Answers)
	}
}

// TestPastedPair: a private key beside its certificate is said to fit or not, is warned
// of, and is kept nowhere; who may not use the bot is only warned.
func TestPastedPair(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	acme := workbench.NewCA(t, "Acme")
	key, leaf := acme.Leaf("expe1.example.com")
	wrong, _ := acme.Leaf("expe2.example.com")
	for channel, pair := range map[string]struct {
		key   *ecdsa.PrivateKey
		cause string
	}{"D1": {key, "inspect"}, "D2": {wrong, "key-cert-mismatch"}} {
		armour := string(workbench.PemKey(t, pair.key))
		b.Says(t, workbench.Ella, channel, armour+string(workbench.PemCerts(leaf)))
		c, ok := b.CaseAtDM(t, channel)
		if !ok || c.Cause != pair.cause || len(c.Seen) == 0 {
			t.Fatalf("%s: %v %q %+v", channel, ok, c.Cause, c.Seen)
		}
		raw, err := json.Marshal(c)
		workbench.Must(t, err)
		if body := strings.Split(armour, "\n")[1]; strings.Contains(string(raw), body) || strings.Contains(string(raw), "PRIVATE KEY") {
			t.Errorf("the key is kept: %s", raw)
		}
		b.SaidIs(t, channel, "reply secret", "case")
		if got := b.Audited(t, workflows.RequestID(channel)); !slices.Contains(got, "secret") {
			t.Errorf("the record has %v", got)
		}
		x := b.Support.Examine(c)
		if len(x.Items) != 1 || x.Items[0].Kind != check.Certificate || len(x.Findings) == 0 {
			t.Errorf("%s: %+v", channel, x)
		}
	}
	in := workbench.Directly(workbench.Stranger, "D3", string(workbench.PemKey(t, key))+string(workbench.PemCerts(leaf)))
	workbench.Must(t, b.Inbox.Receive(ctx, in))
	if _, ok := b.CaseAtDM(t, "D3"); ok {
		t.Error("a case of somebody of another workspace")
	}
	if got := b.Said(t); len(got) != 1 || got[0] != "reply overheard:" {
		t.Errorf("queued %q", got)
	}
	in = workbench.Directly(workbench.Ella, "C1", string(workbench.PemKey(t, key))+string(workbench.PemCerts(leaf)))
	in.Direct = false
	workbench.Must(t, b.Inbox.Receive(ctx, in))
	b.SaidIs(t, "pasted for others: its writer is warned, alone", "reply overheard:")
}

// TestExamined: what a look at certificates gives: what changed between two of them, or
// who signed whom, as words and as a picture.
func TestExamined(t *testing.T) {
	b := workbench.New(t)
	say := workbench.InEnglish(t)
	acme := workbench.NewCA(t, "Acme")
	_, older := acme.Leaf("expe1.example.com", "expe.example.com")
	_, newer := acme.Leaf("expe1.example.com", "edge.example.com")
	look := func(channel string, list ...*x509.Certificate) support.Examined {
		t.Helper()
		b.Says(t, workbench.Ella, channel, string(workbench.PemCerts(list...)))
		c, ok := b.CaseAtDM(t, channel)
		if !ok || !c.Inspecting() {
			t.Fatalf("%s: %v %q", channel, ok, c.Cause)
		}
		return b.Support.Examine(c)
	}
	x := look("D1", older, newer)
	if x.Compared == nil || len(x.Chain.Nodes) > 0 || len(x.Items) != 2 {
		t.Errorf("two certificates: %+v", x)
	}
	if picture, err := b.Support.PictureOf(x, say); err != nil || picture != nil {
		t.Errorf("nothing to draw: %d bytes, %v", len(picture), err)
	}
	x = look("D2", older, acme.Inter, acme.Root)
	if x.Compared != nil || len(x.Chain.Nodes) != 3 {
		t.Fatalf("a chain: %d nodes", len(x.Chain.Nodes))
	}
	picture, err := b.Support.PictureOf(x, say)
	workbench.Must(t, err)
	if !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Errorf("%d bytes that are no picture", len(picture))
	}
	if x = look("D3", acme.Inter, acme.Root); len(x.Chain.Nodes) != 2 {
		t.Errorf("a chain of CAs: %d nodes", len(x.Chain.Nodes))
	}
	if x = look("D4", older); len(x.Chain.Nodes) > 0 || x.Compared != nil {
		t.Errorf("one certificate: %+v", x)
	}
}
