package support_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/support"
)

// nobodyKnows is a text in which no cause is found.
const nobodyKnows = "lift-7 badgeSrv[212]: door 9 beeped flurbo wexling=-77 password=hunter2secret"

// TestAssistStandsBeside: what the model says about an answer is kept with it and shown
// beside it; the answer itself, its causes and their order, stay as they were found.
func TestAssistStandsBeside(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	m := &workbench.Speaker{Explains: "The certificate ran out.", Pick: "expired", Suggests: "untrusted-ca", Asks: "Which door is it?",
		Found: triage.Evidence{Line: 1, Text: "door 9 beeped"}}
	b.UseModel(m)

	c := b.Diagnosed(t, workbench.Ella, "1.1", "certificate has expired")
	before := b.Support.Explain(ctx, c)
	b.Said(t)
	if n := b.Aside(t); n != 1 {
		t.Fatalf("%d effects", n)
	}
	c = b.CaseOfID(t, c.ID)
	beside := b.Support.BesideOf(c, b.Support.Explain(ctx, c))
	if c.Assist == nil || beside.Assist == nil || beside.Assist.Text != m.Explains || !slices.Equal(m.Calls, []string{"explain"}) || c.Cause != before.Findings[0].Cause.ID {
		t.Errorf("asked %v, said %+v", m.Calls, c.Assist)
	}
	if b.Spent(t) != m.Spent() {
		t.Errorf("spent %q", b.Spent(t))
	}
	b.SaidIs(t, "it is drawn once more", "case")

	// The same answer is not asked about again, another one is.
	c, err := b.Support.Tick(ctx, support.Ticked{By: workbench.Ella, Case: c.ID, Cause: "expired", Done: true})
	workbench.Must(t, err)
	if n := b.Aside(t); n != 0 || b.Support.BesideOf(c, b.Support.Explain(ctx, c)).Assist == nil {
		t.Errorf("asked %d times for the same answer", n)
	}

	// Undecided: it chooses among those that people see.
	m.Calls = nil
	c = b.Diagnosed(t, workbench.Ella, "1.2", "TLS negotiation failure on the Expressway")
	a := b.Support.Explain(ctx, c)
	if a.Verdict != triage.Ambiguous || len(a.Findings) < 2 {
		t.Fatalf("%s with %d causes", a.Verdict, len(a.Findings))
	}
	m.Pick = a.Findings[1].Cause.ID
	b.Aside(t)
	c = b.CaseOfID(t, c.ID)
	beside = b.Support.BesideOf(c, b.Support.Explain(ctx, c))
	if !slices.Equal(m.Calls, []string{"explain", "likeliest"}) || m.Rivals > support.Rivals || beside.Assist == nil || beside.Likeliest.Zero() ||
		b.Support.Explain(ctx, c).Findings[0].Cause.ID != a.Findings[0].Cause.ID {
		t.Errorf("asked %v about %d, %+v", m.Calls, m.Rivals, beside)
	}

	// Nothing was found: a known cause with the words that show it, without secrets.
	m.Calls = nil
	c = b.Diagnosed(t, workbench.Ella, "1.3", nobodyKnows)
	b.Aside(t)
	c = b.CaseOfID(t, c.ID)
	beside = b.Support.BesideOf(c, b.Support.Explain(ctx, c))
	if !slices.Equal(m.Calls, []string{"suggest"}) || strings.Contains(m.Given, "hunter2") || beside.Assist == nil || beside.Assist.Possible != "untrusted-ca" ||
		beside.Assist.Quote != "door 9 beeped" || beside.Assist.Line != 1 || beside.Possible.Zero() || len(b.Support.Explain(ctx, c).Findings) > 0 && b.Support.Explain(ctx, c).Findings[0].Cause.ID == "untrusted-ca" {
		t.Errorf("asked %v with %q: %+v", m.Calls, m.Given, beside)
	}

	// It knows none: a question instead.
	m.Calls, m.Suggests = nil, ""
	c = b.Diagnosed(t, workbench.Ella, "1.4", nobodyKnows+" once more")
	b.Aside(t)
	c = b.CaseOfID(t, c.ID)
	if !slices.Equal(m.Calls, []string{"suggest", "ask"}) || c.Assist == nil || c.Assist.Question != m.Asks || c.Assist.Possible != "" {
		t.Errorf("asked %v: %+v", m.Calls, c.Assist)
	}
}

// TestAssistIsDropped: what the model says is kept only for the answer that it was asked
// about, and only while it means anything.
func TestAssistIsDropped(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	m := &workbench.Speaker{Fails: true}
	b.UseModel(m)

	c := b.Diagnosed(t, workbench.Ella, "1.1", "TLS negotiation failure on the Expressway")
	unknown := b.Diagnosed(t, workbench.Ella, "1.2", nobodyKnows)
	b.Said(t)
	if n := b.Aside(t); n != 2 || b.CaseOfID(t, c.ID).Assist != nil || b.CaseOfID(t, unknown.ID).Assist != nil || b.Spent(t) == "" {
		t.Errorf("%d effects; it failed and something is kept", n)
	}
	b.SaidIs(t, "nothing to show")

	// While it thinks, somebody adds a log: another answer stands there.
	m.Fails, m.Explains = false, "Look at the list of trusted CAs."
	c = b.Diagnosed(t, workbench.Ella, "1.3", "TLS negotiation failure on the Expressway")
	m.While = func() {
		m.While = nil
		workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{Receipt: "1", By: workbench.Bolin, Place: c.Place, Lang: "en", Text: "curl: (60) SSL certificate problem: certificate has expired"}))
	}
	w := b.Set.Background(b.DB, workbench.Quiet)
	busy, err := w.Step(ctx)
	workbench.Must(t, err)
	after := b.CaseOfID(t, c.ID)
	if !busy || after.Cause != "expired" || after.Assist != nil {
		t.Errorf("%v: cause %s, kept of the answer before: %+v", busy, after.Cause, after.Assist)
	}
	b.Aside(t) // about the new one
	after = b.CaseOfID(t, c.ID)
	if b.Support.BesideOf(after, b.Support.Explain(ctx, after)).Assist == nil {
		t.Error("nothing is said of the new answer")
	}
	// What was said of an answer is not shown beside the next one.
	b.UseModel(nil)
	workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{Receipt: "2", By: workbench.Bolin, Place: c.Place, Lang: "en", Text: "x509: certificate is valid for a.example.com, not portal.example.org"}))
	b.UseModel(m)
	if next := b.CaseOfID(t, c.ID); next.Assist == nil || b.Support.BesideOf(next, b.Support.Explain(ctx, next)).Assist != nil {
		t.Errorf("of another answer: %+v", next.Assist)
	}

	// A cause that it makes up, or that is no longer known, is shown to nobody.
	m.Explains, m.Pick = "", "no-such-cause"
	c = b.Diagnosed(t, workbench.Ella, "1.4", "TLS negotiation failure on the Expressway")
	b.Aside(t)
	if beside := b.Support.BesideOf(b.CaseOfID(t, c.ID), b.Support.Explain(ctx, c)); beside.Assist != nil || !beside.Likeliest.Zero() {
		t.Errorf("made up: %+v", beside)
	}

	// Switched off in between: the case goes on without.
	m.Explains = "Too late."
	c = b.Diagnosed(t, workbench.Ella, "1.5", "certificate has expired")
	b.UseModel(nil)
	if n := b.Aside(t); n != 1 || b.CaseOfID(t, c.ID).Assist != nil {
		t.Errorf("%d effects, %+v", n, b.CaseOfID(t, c.ID).Assist)
	}
}
