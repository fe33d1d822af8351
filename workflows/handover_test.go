package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/workflows"
)

// TestHandover: what is no certificate problem is handed to whoever owns it, with the line
// that shows it, why it is none, and what to ask; nothing that was redacted is in it.
func TestHandover(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	say := inEnglish(t)
	c := b.diagnosed(t, ella, "1.1", "since the change of last night\ncurl: (7) Failed to connect to portal.example.org port 443: Connection refused token=hunter2secret")
	a := b.Standing(ctx, c)
	if a.Findings[0].Cause.ID != "not-certificate:connection-refused" {
		t.Fatalf("%s", a.Findings[0].Cause.ID)
	}
	text := c.Handover(a, say)
	for _, want := range []string{c.ID, "portal.example.org port 443", "line 2", "  1. "} {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
			t.Errorf("%q is not in it:\n%s", want, text)
		}
	}
	if strings.Contains(text, "hunter2") || strings.Contains(text, "workflows.") || strings.Contains(text, "triage.") {
		t.Errorf("a secret, or a key without words:\n%s", text)
	}

	// Somebody says that it is none: what was pasted is what there is, without armour.
	acme := newCA(t, "Acme")
	var lines strings.Builder
	for i := range 12 {
		fmt.Fprintf(&lines, "line %d of a log that nobody knows\n", i)
	}
	c = b.diagnosed(t, ella, "1.2", string(pemCerts(acme.inter))+lines.String()+strings.Repeat("x", 400))
	c, err := b.Feedback(ctx, "", bolin, c.ID, "other:not-certificate:connection-refused", "the listener was down")
	must(t, err)
	text = c.Handover(b.Standing(ctx, c), say)
	if !strings.Contains(text, "line 0 of a log") || !strings.Contains(text, "line 7 of a log") || strings.Contains(text, "line 8 of a log") || strings.Contains(text, "BEGIN") {
		t.Errorf("what was pasted:\n%s", text)
	}
	if got := strings.Split(c.Excerpt(), "\n"); len(got) != 8 || strings.Contains(c.Excerpt(), "MII") {
		t.Errorf("the excerpt has %d lines:\n%s", len(got), c.Excerpt())
	}
	if got := b.diagnosed(t, ella, "1.3", "how odd "+strings.Repeat("é", 400)).Excerpt(); len([]rune(got)) > 240 {
		t.Errorf("a line of %d characters", len([]rune(got)))
	}
	if got := b.diagnosed(t, ella, "1.4", "certificate has expired"); got.Handover(b.Standing(ctx, got), say) != "" {
		t.Error("a certificate problem is handed over")
	}
	unknown := b.diagnosed(t, ella, "1.5", strange)
	if unknown.Handover(workflows.TriageAnswer{}, say) != "" {
		t.Error("what nobody knows is handed over")
	}
}

// TestLongForm: all about a case for those who want to know it all, in people's words.
func TestLongForm(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	say := inEnglish(t)
	c := b.diagnosed(t, ella, "1.1", "TLS negotiation failure on the Expressway token=hunter2secret")
	a := b.Standing(ctx, c)
	if a.Question == nil {
		t.Fatal("no question")
	}
	c, err := b.Tick(ctx, workflows.Ticked{By: ella, Case: c.ID, Cause: a.Findings[0].Cause.ID, Step: 0, Done: true})
	must(t, err)
	long := b.LongForm(ctx, c, say)
	for _, want := range []string{c.ID, a.Findings[0].Cause.ID, a.Findings[1].Cause.ID, "[x] 1. ", "[ ] 2. ", "  - " + say(workflows.TextOf(a.Question.Options[0].Text)), "(" + a.Findings[0].Cause.Sources[0] + ")"} {
		if !strings.Contains(long, want) {
			t.Errorf("%q is not in it:\n%s", want, long)
		}
	}
	if strings.Contains(long, "hunter2") {
		t.Error("a secret is in the long form")
	}

	acme := newCA(t, "Acme")
	var many []byte
	for i := range 63 {
		_, leaf := acme.leaf(fmt.Sprintf("host-%02d.example.com", i))
		many = append(many, pemCerts(leaf)...)
	}
	_, leaf := acme.leaf("expe1.example.com", "expe.example.com")
	c = b.sends(t, heard("chain", ""), workflows.File{Name: "server.pem", Data: pemCerts(leaf, acme.inter, acme.root)})
	long = b.LongForm(ctx, c, say)
	for _, want := range []string{"DNS:expe.example.com", "Acme Issuing CA", "Acme Root CA", "SHA-256 "} {
		if !strings.Contains(long, want) {
			t.Errorf("%q is not in it:\n%s", want, long)
		}
	}
	c = b.sends(t, heard("many", ""), workflows.File{Name: "many.pem", Data: many})
	if long = b.LongForm(ctx, c, say); !strings.Contains(long, "host-59.") || strings.Contains(long, "host-60.") || !strings.Contains(long, "+3\n") {
		t.Errorf("63 certificates:\n%s", long)
	}
}

// TestPostCase: anybody of the team may have a case posted in full; it is recorded who.
func TestPostCase(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c := b.diagnosed(t, ella, "1.1", "certificate has expired")
	b.said(t)
	must(t, b.PostCase(ctx, "p1", bolin, c.ID, workflows.PostLong))
	if err := b.PostCase(ctx, "p1", bolin, c.ID, workflows.PostLong); err != workflows.ErrSeen { //nolint:errorlint // returned as it is
		t.Errorf("the same click: %v", err)
	}
	got := b.queue(t, workflows.Notify)
	if len(got) != 1 || got[0].Kind != workflows.KindCasePost || got[0].Event != workflows.PostLong || got[0].Case != c.ID || got[0].Person != bolin {
		t.Errorf("queued %+v", got)
	}
	wants(t, "another workspace", b.PostCase(ctx, "p2", stranger, c.ID, workflows.PostHandover), workflows.Forbidden)
	wants(t, "no such case", b.PostCase(ctx, "p3", ella, "K-none", workflows.PostHandover), workflows.NotFound)
	b.saidIs(t, "refused")
	if got := b.audited(t, workflows.RequestID(c.ID)); !slices.Contains(got, "case.long") || !slices.Contains(got, "refuse:case") {
		t.Errorf("the record has %v", got)
	}
}
