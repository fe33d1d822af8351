package support_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/support"
)

// inThreadOf is what somebody writes in the thread of a case.
func inThreadOf(c workflows.Case, who workflows.Person, text string) workflows.Message {
	return workflows.Message{Receipt: workflows.Receipt(who.ID + text), By: who, Place: c.Place, Lang: "en", Text: text}
}

// TestRemarksInAThread: what the team adds to a case under its answer, and what is talk
// among people.
func TestRemarksInAThread(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "TLS negotiation failure on the Expressway")
	b.Said(t)
	say := func(who workflows.Person, text string, direct bool) workflows.Case {
		t.Helper()
		in := inThreadOf(c, who, text)
		in.Direct = direct
		workbench.Must(t, b.Inbox.Receive(ctx, in))
		return b.CaseOfID(t, c.ID)
	}

	if now := say(workbench.Bolin, "anyone for lunch?", false); now.Version != c.Version {
		t.Error("talk among people changed the case")
	}
	b.SaidIs(t, "talk among people")
	if now := say(workbench.Bolin, "it is the C that complains", false); now.Context["product"] != "expressway-c" || !strings.HasPrefix(now.Input, c.Input) {
		t.Errorf("which product: %v %q", now.Context, now.Input)
	}
	if got := b.Said(t); len(got) != 2 || got[0] != "case" || !strings.HasSuffix(got[1], ":"+c.ID) {
		t.Errorf("queued %q", got)
	}
	now := say(workbench.Bolin, "on the client side", false)
	if now.Context["side"] != "client" || now.Context["product"] != "expressway-c" {
		t.Errorf("which side: %v", now.Context)
	}
	b.Said(t)
	if now = say(workbench.Anselm, "hm, what a strange day", true); now.Cause != c.Cause || !strings.Contains(now.Input, "strange day") {
		t.Errorf("said to the bot: %s %q", now.Cause, now.Input)
	}
	b.SaidIs(t, "said to the bot it is answered, though it adds nothing", "case", "reply case_same:"+c.ID)

	workbench.Must(t, b.Inbox.Receive(ctx, inThreadOf(c, workbench.Ella, "works now")))
	b.Said(t)
	if now = b.CaseOfID(t, c.ID); now.Outcome != "solved" || now.Ended != workbench.Ella {
		t.Errorf("%q by %s", now.Outcome, now.Ended)
	}
	now = say(workbench.Bolin, "curl: (60) SSL certificate problem: certificate has expired password=hunter2secret", false)
	if !strings.Contains(now.Input, "has expired") || now.Outcome != "" || !now.Ended.IsZero() || strings.Contains(now.Input, "hunter2") {
		t.Errorf("a second log: %s, outcome %q", now.Cause, now.Outcome)
	}
	b.SaidIs(t, "another answer", "case", "reply case_changed:"+c.ID)
	if got := b.Audited(t, workflows.RequestID(c.ID)); !slices.Contains(got, "case.follow") {
		t.Errorf("the record has %v", got)
	}

	for _, side := range []struct{ text, product, side string }{
		{"the server side, I think", "", "server"},
		{"it's CUCM that complains", "cucm", ""},
		{"the e", "expressway-e", ""},
		{"the meeting server says so", "cms", ""},
	} {
		k := b.Diagnosed(t, workbench.Ella, side.text, "TLS negotiation failure")
		workbench.Must(t, b.Inbox.Receive(ctx, inThreadOf(k, workbench.Ella, side.text)))
		if k = b.CaseOfID(t, k.ID); k.Context["product"] != side.product || k.Context["side"] != side.side {
			t.Errorf("%q: %v", side.text, k.Context)
		}
	}

	if err := b.Inbox.Receive(ctx, inThreadOf(c, workbench.Stranger, "certificate has expired")); workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("another workspace: %v", err)
	}
	if got := b.Audited(t, workflows.RequestID(c.ID)); !slices.Contains(got, "refuse:case") {
		t.Errorf("the refusal is not recorded: %v", got)
	}
	if last := b.CaseOfID(t, c.ID); last.Version != now.Version {
		t.Error("somebody of another workspace changed a case")
	}
}

// TestOutcomeRemarked: "works now" under an answer ends the case for whoever says it
// first; a remark is never evidence, and "still broken" ends nothing.
func TestOutcomeRemarked(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "certificate has expired")
	b.Said(t)
	workbench.Must(t, b.Inbox.Receive(ctx, inThreadOf(c, workbench.Bolin, "still the same error")))
	if now := b.CaseOfID(t, c.ID); now.Version != c.Version {
		t.Errorf("changed: %+v", now)
	}
	b.SaidIs(t, "what to do next", "reply case_stuck:"+c.ID)
	workbench.Must(t, b.Inbox.Receive(ctx, inThreadOf(c, workbench.Bolin, "works now, thanks")))
	now := b.CaseOfID(t, c.ID)
	if now.Outcome != "solved" || now.Ended != workbench.Bolin || now.Input != c.Input || now.Cause != "expired" {
		t.Errorf("%q by %s: %q", now.Outcome, now.Ended, now.Input)
	}
	b.SaidIs(t, "solved", "case", "reply case_solved:"+c.ID)
	workbench.Must(t, b.Inbox.Receive(ctx, inThreadOf(c, workbench.Ella, "fixed")))
	if again := b.CaseOfID(t, c.ID); again.Ended != workbench.Bolin || again.Version != now.Version {
		t.Errorf("ended a second time by %s", again.Ended)
	}
	b.SaidIs(t, "solved already", "reply case_solved:"+c.ID)
	_, err := b.Support.Feedback(ctx, "", workbench.Ella, c.ID, "wrong", "")
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.case.ended")
}

// TestRemarksInADirectMessage: outside of a thread a remark is about what its person was
// just told, and about nobody else's.
func TestRemarksInADirectMessage(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	dm := workflows.Place{Channel: "D1"}
	c, err := b.Support.Diagnose(ctx, support.Pasted{By: workbench.Ella, Place: dm, Lang: "en", Text: "certificate has expired"})
	workbench.Must(t, err)
	b.Said(t)
	says := func(who workflows.Person, text string) {
		t.Helper()
		workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{By: who, Place: dm, Lang: "en", Text: text, Direct: true}))
	}
	says(workbench.Bolin, "works now")
	if now := b.CaseOfID(t, c.ID); now.Outcome != "" {
		t.Errorf("somebody else's remark: %q", now.Outcome)
	}
	b.Said(t)
	b.Later(31 * time.Minute)
	says(workbench.Ella, "works now")
	if now := b.CaseOfID(t, c.ID); now.Outcome != "" {
		t.Errorf("long after: %q", now.Outcome)
	}
	b.Said(t)
	c, err = b.Support.Diagnose(ctx, support.Pasted{By: workbench.Ella, Place: dm, Lang: "en", Text: "certificate has expired, again"})
	workbench.Must(t, err)
	b.Said(t)
	says(workbench.Ella, "fixed!")
	if now := b.CaseOfID(t, c.ID); now.Outcome != "solved" || now.Ended != workbench.Ella {
		t.Errorf("just now: %q by %s", now.Outcome, now.Ended)
	}
	b.SaidIs(t, "just now", "case", "reply case_solved:"+c.ID)
}

// TestThreadOfACard: where an answer hangs as a card of its own, what is written under the
// card is about that case.
func TestThreadOfACard(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "TLS negotiation failure on the Expressway")
	workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{
			{Subject: c.ID, Kind: "case", Channel: "C9", TS: "99.1", Updated: b.Now()},
			{Subject: "REQ-1", Kind: "approval", Channel: "C9", TS: "99.2", Updated: b.Now()},
		}}, nil
	}))
	workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{By: workbench.Bolin, Place: workflows.Place{Channel: "C9", Thread: "99.2"}, Lang: "en", Text: "certificate has expired"}))
	if now := b.CaseOfID(t, c.ID); now.Version != c.Version {
		t.Error("what is written under a request's card is about the case")
	}
	workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{By: workbench.Bolin, Place: workflows.Place{Channel: "C9", Thread: "99.1"}, Lang: "en", Text: "certificate has expired"}))
	if now := b.CaseOfID(t, c.ID); now.Cause != "expired" {
		t.Errorf("cause %s", now.Cause)
	}
}

// TestFilesUnderACase: a log that comes under a look at certificates makes it a question.
func TestFilesUnderACase(t *testing.T) {
	b := workbench.New(t)
	acme := workbench.NewCA(t, "Acme")
	_, leaf := acme.Leaf("expe1.example.com")
	c := b.Sends(t, workbench.Heard("look", ""), workflows.File{Name: "server.pem", Data: workbench.PemCerts(leaf)})
	if !c.Inspecting() {
		t.Fatalf("%+v", c)
	}
	in := workbench.Heard("more", "")
	in.Place = workflows.Place{Channel: c.Place.Channel, Thread: "5.5"}
	workbench.Must(t, b.DB.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{{Subject: c.ID, Kind: "case", Channel: c.Place.Channel, TS: "5.5", Updated: b.Now()}}}, nil
	}))
	b.Said(t)
	workbench.Must(t, b.Inbox.ReceiveFiles(context.Background(), in, []string{"F2"}))
	e, ok, err := b.DB.Claim(context.Background(), workflows.Files, 1e9)
	workbench.Must(t, err)
	if !ok {
		t.Fatal("not queued")
	}
	workbench.Must(t, b.Inbox.TakeFiles(context.Background(), e, in, []workflows.File{{Name: "tls.log", Data: []byte("expe tvcs: Detail=\"unable to get local issuer certificate\"\n")}}))
	now := b.CaseOfID(t, c.ID)
	if now.Inspecting() || len(now.Certs) != 1 || !strings.Contains(now.Input, "local issuer") {
		t.Errorf("%+v", now)
	}
	b.SaidIs(t, "another answer", "case", "reply case_changed:"+c.ID)
}
