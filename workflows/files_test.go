package workflows_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/triage"
	"countersign/workflows"
)

// queued sends files and gives the effect that reads them.
func (b *bench) queued(t *testing.T, in workflows.Heard, ids ...string) (workflows.Effect, workflows.Body) {
	t.Helper()
	ctx := context.Background()
	must(t, b.HearFiles(ctx, in, ids))
	e, ok, err := b.db.Claim(ctx, workflows.Files, 1e9)
	must(t, err)
	body, err := workflows.ReadBody(e)
	must(t, err)
	if !ok || e.Kind != workflows.KindFiles {
		t.Fatalf("%v %s", ok, e.Kind)
	}
	return e, body
}

// TestManyFiles: twenty files of a message are read, and it is said how many are left; what
// could not be had is said by name.
func TestManyFiles(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	var ids []string
	for i := range 23 {
		ids = append(ids, fmt.Sprint("F", i))
	}
	in := heard("many", "why? password=hunter2secret")
	e, body := b.queued(t, in, ids...)
	if len(body.Files) != workflows.MaxFiles || body.More != 3 || strings.Contains(string(e.Body), "hunter2") || body.Person != ella {
		t.Fatalf("%s", e.Body)
	}
	in.Text, in.More = "", body.More
	must(t, b.TakeFiles(ctx, e, in, []workflows.File{{Name: "big.pcap", Problem: workflows.FileTooBig}, {Name: "gone.log", Problem: workflows.FileGone}, {Name: "none.log"}}))
	got := b.queue(t, workflows.Notify)
	var said []string
	for _, n := range got {
		for _, x := range n.Texts {
			said = append(said, x.Key+" "+x.Args["Name"]+x.Args["More"])
		}
	}
	if want := []string{"workflows.file.too_big big.pcap", "workflows.file.gone gone.log", "workflows.file.empty none.log", "workflows.file.too_many 3"}; len(got) != 1 || !slices.Equal(said, want) {
		t.Errorf("queued %+v, said %q", got, said)
	}
	if _, ok := b.caseAtDM(t, in.Place.Channel); ok {
		t.Error("nothing was read and a case was opened")
	}
}

// TestFilesTwice: run again after a crash, files are answered once.
func TestFilesTwice(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	acme := newCA(t, "Acme")
	key, leaf := acme.leaf("expe1.example.com")
	in := heard("twice", "")
	e, _ := b.queued(t, in, "F1")
	files := []workflows.File{{Name: "server.pem", Data: pemCerts(leaf)}, {Name: "server.key", Data: pemKey(t, key)}, {Name: "gone.log", Problem: workflows.FileGone}}
	again := func() []workflows.File {
		out := slices.Clone(files)
		for i := range out {
			out[i].Data = slices.Clone(out[i].Data)
		}
		return out
	}
	store := b.Store
	last := &until{Store: store, left: 3} // it dies before the effect is ended
	b.Store = last
	if err := b.TakeFiles(ctx, e, in, again()); !isBroken(err) {
		t.Fatalf("%v", err)
	}
	b.Store = store
	must(t, b.TakeFiles(ctx, e, in, again()))
	b.saidIs(t, "answered once", "reply texts", "reply secret", "case")
	if c, ok := b.caseAtDM(t, in.Place.Channel); !ok || !c.Inspecting() || len(c.Certs) != 1 {
		t.Errorf("%v %+v", ok, c)
	}
}

// until is a store that writes so many times, and then no more.
type until struct {
	workflows.Store
	left int
}

func (s *until) Update(ctx context.Context, receipt workflows.Receipt, step func(workflows.Reader) (workflows.Change, error)) error {
	if s.left--; s.left < 0 {
		return errBroken
	}
	return s.Store.Update(ctx, receipt, step)
}

// TestFileForARequest: a certificate that comes as a file goes to the request that waits for
// it; one that may not be taken is refused in words, to whoever sent it, and the file is
// not tried again.
func TestFileForARequest(t *testing.T) {
	ctx := context.Background()
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	r := b.waiting(t, ca, portal())
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.people.known[eve] = workflows.Profile{Person: eve}
	give := func(n string, who workflows.Person, data string) []notice {
		t.Helper()
		b.said(t)
		in := heard(n, "")
		in.By = who
		e, _ := b.queued(t, in, "F1")
		must(t, b.TakeFiles(ctx, e, in, []workflows.File{{Name: "portal.pem", Data: []byte(data)}}))
		return b.queue(t, workflows.Notify)
	}
	good := pemOf("CERTIFICATE", ca.sign(t, r, nil), ca.cert.Raw)
	got := give("eve", eve, good)
	if len(got) != 1 || got[0].Event != "text" || got[0].Text == nil || got[0].Text.Key != "workflows.refuse.not_yours" || got[0].Person != eve {
		t.Errorf("somebody else's file: %+v", got)
	}
	other := newOutsider(t, "Another CA")
	got = give("odd", ella, pemOf("CERTIFICATE", other.sign(t, r, func(c *x509.Certificate) { c.DNSNames = []string{"bank.example.org"} })))
	if len(got) != 1 || got[0].Event != "texts" || len(got[0].Texts) != 2 || got[0].Texts[1].Key != "workflows.refuse.stray" {
		t.Errorf("one that nobody may accept: %+v", got)
	}
	if now := b.show(t, r.ID); now.State != workflows.Issuing || now.Held != nil {
		t.Fatalf("%s", now.State)
	}
	give("good", ella, good)
	r = b.show(t, r.ID)
	if r.State != workflows.Issued {
		t.Fatalf("%s", r.State)
	}
	files := b.BundleOf(r)
	var all strings.Builder
	for _, f := range files {
		all.Write(f.Data)
	}
	if len(files) == 0 || strings.Contains(all.String(), "PRIVATE KEY") || strings.Count(all.String(), "BEGIN CERTIFICATE") < 2 {
		t.Errorf("%d files:\n%s", len(files), all.String())
	}
	r.Cert = nil
	if b.BundleOf(r) != nil {
		t.Error("a bundle of nothing")
	}
	r.Spec.Profile = "no/such"
	if b.BundleOf(r) != nil {
		t.Error("a bundle for nobody")
	}
}

// TestExplainFiles: files are explained for doors that keep nothing: together, without
// their secrets, and nothing is stored.
func TestExplainFiles(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	acme := newCA(t, "Acme")
	_, leaf := acme.leaf("expe1.example.com")
	wrong, _ := acme.leaf("expe2.example.com")
	b.Store = nil // nothing is to be stored
	a, err := b.ExplainFiles(ctx, "en", "", []workflows.File{{Name: "server.pem", Data: pemCerts(leaf)}, {Name: "server.key", Data: pemKey(t, wrong)}})
	must(t, err)
	if len(a.Findings) == 0 || a.Findings[0].Cause.ID != "key-cert-mismatch" || !slices.ContainsFunc(a.Redacted, func(r triage.Redaction) bool { return r.Kind == "private-key" }) {
		t.Errorf("%s %+v", a.Verdict, a.Redacted)
	}
	a, err = b.ExplainFiles(ctx, "en", "certificate has expired password=hunter2secret", nil)
	must(t, err)
	if a.Findings[0].Cause.ID != "expired" || strings.Contains(a.Text, "hunter2") || len(a.Redacted) == 0 {
		t.Errorf("%+v", a)
	}
	for _, f := range []workflows.File{{Name: "none.log"}, {Name: "gone.log", Problem: workflows.FileGone}} {
		a, err = b.ExplainFiles(ctx, "en", "", []workflows.File{f})
		if workflows.CodeOf(err) != workflows.Invalid || a.Verdict != triage.Unknown {
			t.Errorf("%s: %s %v", f.Name, a.Verdict, err)
		}
	}
	over, done := context.WithCancel(ctx)
	done()
	if _, err = b.ExplainFiles(over, "en", "", []workflows.File{{Name: "a.log", Data: []byte(strings.Repeat("all is well\n", 9000))}}); err == nil {
		t.Error("it went on after its end")
	}
}

// TestKeyBesideFile: a private key in the words beside a file is answered with what to do, as
// everywhere: at once, whatever becomes of the file, and once when the file holds one too.
func TestKeyBesideFile(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	key := pemKey(t, newCA(t, "Acme").rootKey)
	e, body := b.queued(t, heard("beside", "Please look, this is our key:\n"+string(key)), "F1")
	if strings.Contains(string(e.Body), "MIG") || !strings.Contains(body.Said, "Please look") {
		t.Errorf("queued %s", e.Body)
	}
	b.saidIs(t, "before the file is read", "reply secret")
	in := heard("", body.Said)
	must(t, b.TakeFiles(ctx, e, in, []workflows.File{{Name: "server.key", Data: key}, {Name: "notes.txt", Data: []byte("SSL_ERROR_SYSCALL while connecting to portal.example.org:443\n")}}))
	if said := b.said(t); slices.Contains(said, "reply secret") || len(said) == 0 {
		t.Errorf("then %v", said)
	}
}
