package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"countersign/triage"
	"countersign/workflows"
)

// speaker is a model that says as scripted, and keeps what it was asked.
type speaker struct {
	reader
	explains, likeliest, suggests, asks string
	found                               triage.Evidence
	fails                               bool
	while                               func() // what happens while it thinks
	calls                               []string
	rivals                              int
	given                               string
}

func (m *speaker) call(name, says string) (string, error) {
	m.calls = append(m.calls, name)
	if m.while != nil {
		m.while()
	}
	if m.fails {
		return "", errors.New("it has nothing to say")
	}
	return says, nil
}

func (m *speaker) Explain(context.Context, string, triage.Answer, string) (string, error) {
	return m.call("explain", m.explains)
}

func (m *speaker) Likeliest(_ context.Context, _ string, a triage.Answer) (string, error) {
	m.rivals = len(a.Findings)
	return m.call("likeliest", m.likeliest)
}

func (m *speaker) Suggest(_ context.Context, _ string, _ *triage.KB, text string) (string, triage.Evidence, error) {
	m.given = text
	says, err := m.call("suggest", m.suggests)
	return says, m.found, err
}

func (m *speaker) Ask(context.Context, string, triage.Answer, string) (string, error) {
	return m.call("ask", m.asks)
}

// nobodyKnows is a text in which no cause is found.
const nobodyKnows = "lift-7 badgeSrv[212]: door 9 beeped rc=-77 password=hunter2secret"

func (b *bench) spent(t *testing.T) (kept string) {
	t.Helper()
	must(t, b.db.View(context.Background(), func(rd workflows.Reader) (err error) {
		kept, err = rd.Setting(context.Background(), workflows.SpentKey)
		return err
	}))
	return kept
}

// TestAssistStandsBeside: what the model says about an answer is kept with it and shown
// beside it; the answer itself, its causes and their order, stay as they were found.
func TestAssistStandsBeside(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	m := &speaker{explains: "The certificate ran out.", likeliest: "expired", suggests: "untrusted-ca", asks: "Which door is it?",
		found: triage.Evidence{Line: 1, Text: "door 9 beeped"}}
	b.Model = m

	c := b.diagnosed(t, ella, "1.1", "certificate has expired")
	before := b.Explain(ctx, c)
	b.said(t)
	if n := b.aside(t); n != 1 {
		t.Fatalf("%d effects", n)
	}
	c = b.caseOfID(t, c.ID)
	beside := b.BesideOf(c, b.Explain(ctx, c))
	if c.Assist == nil || beside.Assist == nil || beside.Assist.Text != m.explains || !slices.Equal(m.calls, []string{"explain"}) || c.Cause != before.Findings[0].Cause.ID {
		t.Errorf("asked %v, said %+v", m.calls, c.Assist)
	}
	if b.spent(t) != m.Spent() {
		t.Errorf("spent %q", b.spent(t))
	}
	b.saidIs(t, "it is drawn once more", "case")

	// The same answer is not asked about again, another one is.
	c, err := b.Tick(ctx, workflows.Ticked{By: ella, Case: c.ID, Cause: "expired", Done: true})
	must(t, err)
	if n := b.aside(t); n != 0 || b.BesideOf(c, b.Explain(ctx, c)).Assist == nil {
		t.Errorf("asked %d times for the same answer", n)
	}

	// Undecided: it chooses among those that people see.
	m.calls = nil
	c = b.diagnosed(t, ella, "1.2", "TLS negotiation failure on the Expressway")
	a := b.Explain(ctx, c)
	if a.Verdict != triage.Ambiguous || len(a.Findings) < 2 {
		t.Fatalf("%s with %d causes", a.Verdict, len(a.Findings))
	}
	m.likeliest = a.Findings[1].Cause.ID
	b.aside(t)
	c = b.caseOfID(t, c.ID)
	beside = b.BesideOf(c, b.Explain(ctx, c))
	if !slices.Equal(m.calls, []string{"explain", "likeliest"}) || m.rivals > workflows.Rivals || beside.Assist == nil || beside.Likeliest.Zero() ||
		b.Explain(ctx, c).Findings[0].Cause.ID != a.Findings[0].Cause.ID {
		t.Errorf("asked %v about %d, %+v", m.calls, m.rivals, beside)
	}

	// Nothing was found: a known cause with the words that show it, without secrets.
	m.calls = nil
	c = b.diagnosed(t, ella, "1.3", nobodyKnows)
	b.aside(t)
	c = b.caseOfID(t, c.ID)
	beside = b.BesideOf(c, b.Explain(ctx, c))
	if !slices.Equal(m.calls, []string{"suggest"}) || strings.Contains(m.given, "hunter2") || beside.Assist == nil || beside.Assist.Possible != "untrusted-ca" ||
		beside.Assist.Quote != "door 9 beeped" || beside.Assist.Line != 1 || beside.Possible.Zero() || len(b.Explain(ctx, c).Findings) > 0 && b.Explain(ctx, c).Findings[0].Cause.ID == "untrusted-ca" {
		t.Errorf("asked %v with %q: %+v", m.calls, m.given, beside)
	}

	// It knows none: a question instead.
	m.calls, m.suggests = nil, ""
	c = b.diagnosed(t, ella, "1.4", nobodyKnows+" once more")
	b.aside(t)
	c = b.caseOfID(t, c.ID)
	if !slices.Equal(m.calls, []string{"suggest", "ask"}) || c.Assist == nil || c.Assist.Question != m.asks || c.Assist.Possible != "" {
		t.Errorf("asked %v: %+v", m.calls, c.Assist)
	}
}

// TestAssistIsDropped: what the model says is kept only for the answer that it was asked
// about, and only while it means anything.
func TestAssistIsDropped(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	m := &speaker{fails: true}
	b.Model = m

	c := b.diagnosed(t, ella, "1.1", "TLS negotiation failure on the Expressway")
	unknown := b.diagnosed(t, ella, "1.2", nobodyKnows)
	b.said(t)
	if n := b.aside(t); n != 2 || b.caseOfID(t, c.ID).Assist != nil || b.caseOfID(t, unknown.ID).Assist != nil || b.spent(t) == "" {
		t.Errorf("%d effects; it failed and something is kept", n)
	}
	b.saidIs(t, "nothing to show")

	// While it thinks, somebody adds a log: another answer stands there.
	m.fails, m.explains = false, "Look at the list of trusted CAs."
	c = b.diagnosed(t, ella, "1.3", "TLS negotiation failure on the Expressway")
	m.while = func() {
		m.while = nil
		must(t, b.Hear(ctx, workflows.Heard{Receipt: "1", By: bolin, Place: c.Place, Lang: "en", Text: "curl: (60) SSL certificate problem: certificate has expired"}))
	}
	w := b.Service.Background(b.db, quiet)
	busy, err := w.Step(ctx)
	must(t, err)
	after := b.caseOfID(t, c.ID)
	if !busy || after.Cause != "expired" || after.Assist != nil {
		t.Errorf("%v: cause %s, kept of the answer before: %+v", busy, after.Cause, after.Assist)
	}
	b.aside(t) // about the new one
	after = b.caseOfID(t, c.ID)
	if b.BesideOf(after, b.Explain(ctx, after)).Assist == nil {
		t.Error("nothing is said of the new answer")
	}
	// What was said of an answer is not shown beside the next one.
	b.Model = nil
	must(t, b.Hear(ctx, workflows.Heard{Receipt: "2", By: bolin, Place: c.Place, Lang: "en", Text: "curl: (7) Failed to connect to portal.example.org port 443: Connection refused"}))
	b.Model = m
	if next := b.caseOfID(t, c.ID); next.Assist == nil || b.BesideOf(next, b.Explain(ctx, next)).Assist != nil {
		t.Errorf("of another answer: %+v", next.Assist)
	}

	// A cause that it makes up, or that is no longer known, is shown to nobody.
	m.explains, m.likeliest = "", "no-such-cause"
	c = b.diagnosed(t, ella, "1.4", "TLS negotiation failure on the Expressway")
	b.aside(t)
	if beside := b.BesideOf(b.caseOfID(t, c.ID), b.Explain(ctx, c)); beside.Assist != nil || !beside.Likeliest.Zero() {
		t.Errorf("made up: %+v", beside)
	}

	// Switched off in between: the case goes on without.
	m.explains = "Too late."
	c = b.diagnosed(t, ella, "1.5", "certificate has expired")
	b.Model = nil
	if n := b.aside(t); n != 1 || b.caseOfID(t, c.ID).Assist != nil {
		t.Errorf("%d effects, %+v", n, b.caseOfID(t, c.ID).Assist)
	}
}
