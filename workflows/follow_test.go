package workflows_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

// inThreadOf is what somebody writes in the thread of a case.
func inThreadOf(c workflows.Case, who workflows.Person, text string) workflows.Heard {
	return workflows.Heard{Receipt: workflows.Receipt(who.ID + text), By: who, Place: c.Place, Lang: "en", Text: text}
}

// TestRemarksInAThread: what the team adds to a case under its answer, and what is talk
// among people.
func TestRemarksInAThread(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c := b.diagnosed(t, ella, "1.1", "TLS negotiation failure on the Expressway")
	b.said(t)
	say := func(who workflows.Person, text string, direct bool) workflows.Case {
		t.Helper()
		in := inThreadOf(c, who, text)
		in.Direct = direct
		must(t, b.Hear(ctx, in))
		return b.caseOfID(t, c.ID)
	}

	if now := say(bolin, "anyone for lunch?", false); now.Version != c.Version {
		t.Error("talk among people changed the case")
	}
	b.saidIs(t, "talk among people")
	if now := say(bolin, "it is the C that complains", false); now.Context["product"] != "expressway-c" || !strings.HasPrefix(now.Input, c.Input) {
		t.Errorf("which product: %v %q", now.Context, now.Input)
	}
	if got := b.said(t); len(got) != 2 || got[0] != "case" || !strings.HasSuffix(got[1], ":"+c.ID) {
		t.Errorf("queued %q", got)
	}
	now := say(bolin, "on the client side", false)
	if now.Context["side"] != "client" || now.Context["product"] != "expressway-c" {
		t.Errorf("which side: %v", now.Context)
	}
	b.said(t)
	if now = say(anselm, "hm, what a strange day", true); now.Cause != c.Cause || !strings.Contains(now.Input, "strange day") {
		t.Errorf("said to the bot: %s %q", now.Cause, now.Input)
	}
	b.saidIs(t, "said to the bot it is answered, though it adds nothing", "case", "reply case_same:"+c.ID)

	must(t, b.Hear(ctx, inThreadOf(c, ella, "works now")))
	b.said(t)
	if now = b.caseOfID(t, c.ID); now.Outcome != "solved" || now.Ended != ella {
		t.Errorf("%q by %s", now.Outcome, now.Ended)
	}
	now = say(bolin, "curl: (60) SSL certificate problem: certificate has expired password=hunter2secret", false)
	if !strings.Contains(now.Input, "has expired") || now.Outcome != "" || !now.Ended.IsZero() || strings.Contains(now.Input, "hunter2") {
		t.Errorf("a second log: %s, outcome %q", now.Cause, now.Outcome)
	}
	b.saidIs(t, "another answer", "case", "reply case_changed:"+c.ID)
	if got := b.audited(t, workflows.RequestID(c.ID)); !slices.Contains(got, "case.follow") {
		t.Errorf("the record has %v", got)
	}

	for _, side := range []struct{ text, product, side string }{
		{"the server side, I think", "", "server"},
		{"it's CUCM that complains", "cucm", ""},
		{"the e", "expressway-e", ""},
		{"the meeting server says so", "cms", ""},
	} {
		k := b.diagnosed(t, ella, side.text, "TLS negotiation failure")
		must(t, b.Hear(ctx, inThreadOf(k, ella, side.text)))
		if k = b.caseOfID(t, k.ID); k.Context["product"] != side.product || k.Context["side"] != side.side {
			t.Errorf("%q: %v", side.text, k.Context)
		}
	}

	if err := b.Hear(ctx, inThreadOf(c, stranger, "certificate has expired")); workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("another workspace: %v", err)
	}
	if got := b.audited(t, workflows.RequestID(c.ID)); !slices.Contains(got, "refuse:case") {
		t.Errorf("the refusal is not recorded: %v", got)
	}
	if last := b.caseOfID(t, c.ID); last.Version != now.Version {
		t.Error("somebody of another workspace changed a case")
	}
}

// TestOutcomeRemarked: "works now" under an answer ends the case for whoever says it
// first; a remark is never evidence, and "still broken" ends nothing.
func TestOutcomeRemarked(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c := b.diagnosed(t, ella, "1.1", "certificate has expired")
	b.said(t)
	must(t, b.Hear(ctx, inThreadOf(c, bolin, "still the same error")))
	if now := b.caseOfID(t, c.ID); now.Version != c.Version {
		t.Errorf("changed: %+v", now)
	}
	b.saidIs(t, "what to do next", "reply case_stuck:"+c.ID)
	must(t, b.Hear(ctx, inThreadOf(c, bolin, "works now, thanks")))
	now := b.caseOfID(t, c.ID)
	if now.Outcome != "solved" || now.Ended != bolin || now.Input != c.Input || now.Cause != "expired" {
		t.Errorf("%q by %s: %q", now.Outcome, now.Ended, now.Input)
	}
	b.saidIs(t, "solved", "case", "reply case_solved:"+c.ID)
	must(t, b.Hear(ctx, inThreadOf(c, ella, "fixed")))
	if again := b.caseOfID(t, c.ID); again.Ended != bolin || again.Version != now.Version {
		t.Errorf("ended a second time by %s", again.Ended)
	}
	b.saidIs(t, "solved already", "reply case_solved:"+c.ID)
	_, err := b.Feedback(ctx, "", ella, c.ID, "wrong", "")
	refusedWith(t, err, workflows.Conflict, "workflows.case.ended")
}

// TestRemarksInADirectMessage: outside of a thread a remark is about what its person was
// just told, and about nobody else's.
func TestRemarksInADirectMessage(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	dm := workflows.Place{Channel: "D1"}
	c, err := b.Diagnose(ctx, workflows.Pasted{By: ella, Place: dm, Lang: "en", Text: "certificate has expired"})
	must(t, err)
	b.said(t)
	says := func(who workflows.Person, text string) {
		t.Helper()
		must(t, b.Hear(ctx, workflows.Heard{By: who, Place: dm, Lang: "en", Text: text, Direct: true}))
	}
	says(bolin, "works now")
	if now := b.caseOfID(t, c.ID); now.Outcome != "" {
		t.Errorf("somebody else's remark: %q", now.Outcome)
	}
	b.said(t)
	b.later(31 * time.Minute)
	says(ella, "works now")
	if now := b.caseOfID(t, c.ID); now.Outcome != "" {
		t.Errorf("long after: %q", now.Outcome)
	}
	b.said(t)
	c, err = b.Diagnose(ctx, workflows.Pasted{By: ella, Place: dm, Lang: "en", Text: "certificate has expired, again"})
	must(t, err)
	b.said(t)
	says(ella, "fixed!")
	if now := b.caseOfID(t, c.ID); now.Outcome != "solved" || now.Ended != ella {
		t.Errorf("just now: %q by %s", now.Outcome, now.Ended)
	}
	b.saidIs(t, "just now", "case", "reply case_solved:"+c.ID)
}

// TestThreadOfACard: where an answer hangs as a card of its own, what is written under the
// card is about that case.
func TestThreadOfACard(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c := b.diagnosed(t, ella, "1.1", "TLS negotiation failure on the Expressway")
	must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{
			{Subject: c.ID, Kind: "case", Channel: "C9", TS: "99.1", Updated: b.now()},
			{Subject: "REQ-1", Kind: "approval", Channel: "C9", TS: "99.2", Updated: b.now()},
		}}, nil
	}))
	must(t, b.Hear(ctx, workflows.Heard{By: bolin, Place: workflows.Place{Channel: "C9", Thread: "99.2"}, Lang: "en", Text: "certificate has expired"}))
	if now := b.caseOfID(t, c.ID); now.Version != c.Version {
		t.Error("what is written under a request's card is about the case")
	}
	must(t, b.Hear(ctx, workflows.Heard{By: bolin, Place: workflows.Place{Channel: "C9", Thread: "99.1"}, Lang: "en", Text: "certificate has expired"}))
	if now := b.caseOfID(t, c.ID); now.Cause != "expired" {
		t.Errorf("cause %s", now.Cause)
	}
}

// TestFilesUnderACase: a log that comes under a look at certificates makes it a question.
func TestFilesUnderACase(t *testing.T) {
	b := newBench(t)
	acme := newCA(t, "Acme")
	_, leaf := acme.leaf("expe1.example.com")
	c := b.sends(t, heard("look", ""), workflows.File{Name: "server.pem", Data: pemCerts(leaf)})
	if !c.Inspecting() {
		t.Fatalf("%+v", c)
	}
	in := heard("more", "")
	in.Place = workflows.Place{Channel: c.Place.Channel, Thread: "5.5"}
	must(t, b.db.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{{Subject: c.ID, Kind: "case", Channel: c.Place.Channel, TS: "5.5", Updated: b.now()}}}, nil
	}))
	b.said(t)
	must(t, b.HearFiles(context.Background(), in, []string{"F2"}))
	e, ok, err := b.db.Claim(context.Background(), workflows.Files, 1e9)
	must(t, err)
	if !ok {
		t.Fatal("not queued")
	}
	must(t, b.TakeFiles(context.Background(), e, in, []workflows.File{{Name: "tls.log", Data: []byte("expe tvcs: Detail=\"unable to get local issuer certificate\"\n")}}))
	now := b.caseOfID(t, c.ID)
	if now.Inspecting() || len(now.Certs) != 1 || !strings.Contains(now.Input, "local issuer") {
		t.Errorf("%+v", now)
	}
	b.saidIs(t, "another answer", "case", "reply case_changed:"+c.ID)
}
