package support_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/support"
)

// TestHandover: what is no certificate problem is handed to whoever owns it, with the line
// that shows it, why it is none, and what to ask; nothing that was redacted is in it.
func TestHandover(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	say := workbench.InEnglish(t)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "since the change of last night\ncurl: (7) Failed to connect to portal.example.org port 443: Connection refused token=hunter2secret")
	a := b.Support.Standing(ctx, c)
	if a.Findings[0].Cause.ID != "not-certificate:connection-refused" {
		t.Fatalf("%s", a.Findings[0].Cause.ID)
	}
	text := support.Handover(c, a, say)
	for _, want := range []string{c.ID, "portal.example.org port 443", "line 2", "  1. "} {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
			t.Errorf("%q is not in it:\n%s", want, text)
		}
	}
	if strings.Contains(text, "hunter2") || strings.Contains(text, "workflows.") || strings.Contains(text, "triage.") {
		t.Errorf("a secret, or a key without words:\n%s", text)
	}

	// Somebody says that it is none: what was pasted is what there is, without armour.
	acme := workbench.NewCA(t, "Acme")
	var lines strings.Builder
	for i := range 12 {
		fmt.Fprintf(&lines, "line %d of a log that nobody knows\n", i)
	}
	c = b.Diagnosed(t, workbench.Ella, "1.2", string(workbench.PemCerts(acme.Inter))+lines.String()+strings.Repeat("x", 400))
	c, err := b.Support.Feedback(ctx, "", workbench.Bolin, c.ID, "other:not-certificate:connection-refused", "the listener was down")
	workbench.Must(t, err)
	text = support.Handover(c, b.Support.Standing(ctx, c), say)
	if !strings.Contains(text, "line 0 of a log") || !strings.Contains(text, "line 7 of a log") || strings.Contains(text, "line 8 of a log") || strings.Contains(text, "BEGIN") {
		t.Errorf("what was pasted:\n%s", text)
	}
	if got := strings.Split(c.Excerpt(), "\n"); len(got) != 8 || strings.Contains(c.Excerpt(), "MII") {
		t.Errorf("the excerpt has %d lines:\n%s", len(got), c.Excerpt())
	}
	if got := b.Diagnosed(t, workbench.Ella, "1.3", "how odd "+strings.Repeat("é", 400)).Excerpt(); len([]rune(got)) > 240 {
		t.Errorf("a line of %d characters", len([]rune(got)))
	}
	if got := b.Diagnosed(t, workbench.Ella, "1.4", "certificate has expired"); support.Handover(got, b.Support.Standing(ctx, got), say) != "" {
		t.Error("a certificate problem is handed over")
	}
	unknown := b.Diagnosed(t, workbench.Ella, "1.5", workbench.Strange)
	if support.Handover(unknown, support.TriageAnswer{}, say) != "" {
		t.Error("what nobody knows is handed over")
	}
}

func asItIs(s string) string { return s }

// TestLongForm: all about a case for those who want to know it all, in people's words.
func TestLongForm(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	say := workbench.InEnglish(t)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "TLS negotiation failure on the Expressway token=hunter2secret")
	a := b.Support.Standing(ctx, c)
	if a.Question == nil {
		t.Fatal("no question")
	}
	c, err := b.Support.Tick(ctx, support.Ticked{By: workbench.Ella, Case: c.ID, Cause: a.Findings[0].Cause.ID, Step: 0, Done: true})
	workbench.Must(t, err)
	long := b.Support.LongForm(ctx, c, say, asItIs)
	for _, want := range []string{c.ID, a.Findings[0].Cause.ID, a.Findings[1].Cause.ID, "[x] 1. ", "[ ] 2. ", "- " + say(support.TextOf(a.Question.Options[0].Text)), "(" + a.Findings[0].Cause.Sources[0] + ")"} {
		if !strings.Contains(long, want) {
			t.Errorf("%q is not in it:\n%s", want, long)
		}
	}
	if strings.Contains(long, "hunter2") {
		t.Error("a secret is in the long form")
	}

	acme := workbench.NewCA(t, "Acme")
	var many []byte
	for i := range 63 {
		_, leaf := acme.Leaf(fmt.Sprintf("host-%02d.example.com", i))
		many = append(many, workbench.PemCerts(leaf)...)
	}
	_, leaf := acme.Leaf("expe1.example.com", "expe.example.com")
	c = b.Sends(t, workbench.Heard("chain", ""), workflows.File{Name: "server.pem", Data: workbench.PemCerts(leaf, acme.Inter, acme.Root)})
	long = b.Support.LongForm(ctx, c, say, asItIs)
	for _, want := range []string{"DNS:expe.example.com", "Acme Issuing CA", "Acme Root CA", "SHA-256 "} {
		if !strings.Contains(long, want) {
			t.Errorf("%q is not in it:\n%s", want, long)
		}
	}
	c = b.Sends(t, workbench.Heard("many", ""), workflows.File{Name: "many.pem", Data: many})
	if long = b.Support.LongForm(ctx, c, say, asItIs); !strings.Contains(long, "host-59.") || strings.Contains(long, "host-60.") || !strings.Contains(long, "+3\n") {
		t.Errorf("63 certificates:\n%s", long)
	}
}

// TestPostCase: anybody of the team may have a case posted in full; it is recorded who.
func TestPostCase(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "certificate has expired")
	b.Said(t)
	workbench.Must(t, b.Support.PostCase(ctx, "p1", workbench.Bolin, c.ID, support.PostLong))
	if err := b.Support.PostCase(ctx, "p1", workbench.Bolin, c.ID, support.PostLong); err != workflows.ErrSeen { //nolint:errorlint // returned as it is
		t.Errorf("the same click: %v", err)
	}
	got := b.Queue(t, workflows.Notify)
	if len(got) != 1 || got[0].Kind != workflows.KindCasePost || got[0].Event != support.PostLong || got[0].Case != c.ID || got[0].Person != workbench.Bolin {
		t.Errorf("queued %+v", got)
	}
	workbench.Wants(t, "another workspace", b.Support.PostCase(ctx, "p2", workbench.Stranger, c.ID, support.PostHandover), workflows.Forbidden)
	workbench.Wants(t, "no such case", b.Support.PostCase(ctx, "p3", workbench.Ella, "K-none", support.PostHandover), workflows.NotFound)
	b.SaidIs(t, "refused")
	if got := b.Audited(t, workflows.RequestID(c.ID)); !slices.Contains(got, "case.long") || !slices.Contains(got, "refuse:case") {
		t.Errorf("the record has %v", got)
	}
}
