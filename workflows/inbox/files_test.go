package inbox_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/inbox"
)

// TestManyFiles: twenty files of a message are read, and it is said how many are left; what
// could not be had is said by name.
func TestManyFiles(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	var ids []string
	for i := range 23 {
		ids = append(ids, fmt.Sprint("F", i))
	}
	in := workbench.Heard("many", "why? password=hunter2secret")
	e, body := b.Queued(t, in, ids...)
	if len(body.Files) != inbox.MaxFiles || body.More != 3 || strings.Contains(string(e.Body), "hunter2") || body.Person != workbench.Ella {
		t.Fatalf("%s", e.Body)
	}
	in.Text, in.More = "", body.More
	workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, []workflows.File{{Name: "big.pcap", Problem: workflows.FileTooBig}, {Name: "gone.log", Problem: workflows.FileGone}, {Name: "none.log"}}))
	got := b.Queue(t, workflows.Notify)
	var said []string
	for _, n := range got {
		for _, x := range n.Texts {
			said = append(said, x.Key+" "+x.Args["Name"]+x.Args["More"])
		}
	}
	if want := []string{"workflows.file.too_big big.pcap", "workflows.file.gone gone.log", "workflows.file.empty none.log", "workflows.file.too_many 3"}; len(got) != 1 || !slices.Equal(said, want) {
		t.Errorf("queued %+v, said %q", got, said)
	}
	if _, ok := b.CaseAtDM(t, in.Place.Channel); ok {
		t.Error("nothing was read and a case was opened")
	}
}

// TestFilesTwice: run again after a crash, files are answered once.
func TestFilesTwice(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	acme := workbench.NewCA(t, "Acme")
	key, leaf := acme.Leaf("expe1.example.com")
	in := workbench.Heard("twice", "")
	e, _ := b.Queued(t, in, "F1")
	files := []workflows.File{{Name: "server.pem", Data: workbench.PemCerts(leaf)}, {Name: "server.key", Data: workbench.PemKey(t, key)}, {Name: "gone.log", Problem: workflows.FileGone}}
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
	if err := b.Inbox.TakeFiles(ctx, e, in, again()); !workbench.IsBroken(err) {
		t.Fatalf("%v", err)
	}
	b.Store = store
	workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, again()))
	b.SaidIs(t, "answered once", "reply texts", "reply secret", "case")
	if c, ok := b.CaseAtDM(t, in.Place.Channel); !ok || !c.Inspecting() || len(c.Certs) != 1 {
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
		return workbench.ErrBroken
	}
	return s.Store.Update(ctx, receipt, step)
}

// TestFileForARequest: a certificate that comes as a file goes to the request that waits for
// it; one that may not be taken is refused in words, to whoever sent it, and the file is
// not tried again.
func TestFileForARequest(t *testing.T) {
	ctx := context.Background()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.People.Known[eve] = workflows.Profile{Person: eve}
	give := func(n string, who workflows.Person, data string) []workbench.Notice {
		t.Helper()
		b.Said(t)
		in := workbench.Heard(n, "")
		in.By = who
		e, _ := b.Queued(t, in, "F1")
		workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, []workflows.File{{Name: "portal.pem", Data: []byte(data)}}))
		return b.Queue(t, workflows.Notify)
	}
	good := workbench.PemOf("CERTIFICATE", ca.Sign(t, r, nil), ca.Cert.Raw)
	got := give("eve", eve, good)
	if len(got) != 1 || got[0].Event != "texts" || len(got[0].Texts) != 1 || got[0].Texts[0].Key != "workflows.refuse.not_yours" || got[0].Person != eve {
		t.Errorf("somebody else's file: %+v", got)
	}
	other := workbench.NewOutsider(t, "Another CA")
	got = give("odd", workbench.Ella, workbench.PemOf("CERTIFICATE", other.Sign(t, r, func(c *x509.Certificate) { c.DNSNames = []string{"bank.example.org"} })))
	if len(got) != 1 || got[0].Event != "texts" || len(got[0].Texts) != 2 || got[0].Texts[1].Key != "workflows.refuse.stray" {
		t.Errorf("one that nobody may accept: %+v", got)
	}
	if now := b.Show(t, r.ID); now.State != workflows.Issuing || now.Mismatch != nil {
		t.Fatalf("%s", now.State)
	}
	give("good", workbench.Ella, good)
	r = b.Show(t, r.ID)
	if r.State != workflows.Issued {
		t.Fatalf("%s", r.State)
	}
	files := b.Lists.BundleOf(r)
	var all strings.Builder
	for _, f := range files {
		all.Write(f.Data)
	}
	if len(files) == 0 || strings.Contains(all.String(), "PRIVATE KEY") || strings.Count(all.String(), "BEGIN CERTIFICATE") < 2 {
		t.Errorf("%d files:\n%s", len(files), all.String())
	}
	r.Cert = nil
	if b.Lists.BundleOf(r) != nil {
		t.Error("a bundle of nothing")
	}
	r.Spec.Profile = "no/such"
	if b.Lists.BundleOf(r) != nil {
		t.Error("a bundle for nobody")
	}
}

// TestExplainFiles: files are explained for doors that keep nothing: together, without
// their secrets, and nothing is stored.
func TestExplainFiles(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	acme := workbench.NewCA(t, "Acme")
	_, leaf := acme.Leaf("expe1.example.com")
	wrong, _ := acme.Leaf("expe2.example.com")
	b.Store = nil // nothing is to be stored
	a, err := b.Support.ExplainFiles(ctx, "en", "", []workflows.File{{Name: "server.pem", Data: workbench.PemCerts(leaf)}, {Name: "server.key", Data: workbench.PemKey(t, wrong)}})
	workbench.Must(t, err)
	if len(a.Findings) == 0 || a.Findings[0].Cause.ID != "key-cert-mismatch" || !slices.ContainsFunc(a.Redacted, func(r triage.Redaction) bool { return r.Kind == "private-key" }) {
		t.Errorf("%s %+v", a.Verdict, a.Redacted)
	}
	a, err = b.Support.ExplainFiles(ctx, "en", "certificate has expired password=hunter2secret", nil)
	workbench.Must(t, err)
	if a.Findings[0].Cause.ID != "expired" || strings.Contains(a.Text, "hunter2") || len(a.Redacted) == 0 {
		t.Errorf("%+v", a)
	}
	for _, f := range []workflows.File{{Name: "none.log"}, {Name: "gone.log", Problem: workflows.FileGone}} {
		a, err = b.Support.ExplainFiles(ctx, "en", "", []workflows.File{f})
		if workflows.CodeOf(err) != workflows.Invalid || a.Verdict != triage.Unknown {
			t.Errorf("%s: %s %v", f.Name, a.Verdict, err)
		}
	}
	over, done := context.WithCancel(ctx)
	done()
	if _, err = b.Support.ExplainFiles(over, "en", "", []workflows.File{{Name: "a.log", Data: []byte(strings.Repeat("all is well\n", 9000))}}); err == nil {
		t.Error("it went on after its end")
	}
}

// TestKeyBesideFile: a private key in the words beside a file is answered with what to do, as
// everywhere: at once, whatever becomes of the file, and once when the file holds one too.
func TestKeyBesideFile(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	key := workbench.PemKey(t, workbench.NewCA(t, "Acme").RootKey)
	e, body := b.Queued(t, workbench.Heard("beside", "Please look, this is our key:\n"+string(key)), "F1")
	if strings.Contains(string(e.Body), "MIG") || !strings.Contains(body.Said, "Please look") {
		t.Errorf("queued %s", e.Body)
	}
	b.SaidIs(t, "before the file is read", "reply secret")
	in := workbench.Heard("", body.Said)
	workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, []workflows.File{{Name: "server.key", Data: key}, {Name: "notes.txt", Data: []byte("SSL_ERROR_SYSCALL while connecting to portal.example.org:443\n")}}))
	if said := b.Said(t); slices.Contains(said, "reply secret") || len(said) == 0 {
		t.Errorf("then %v", said)
	}
}
