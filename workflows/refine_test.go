package workflows_test

import (
	"context"
	"strings"
	"testing"

	"countersign/workflows"
)

// TestEvidenceOfOnePiece: nothing is quoted as one that two people, or a person and a
// file, wrote.
func TestEvidenceOfOnePiece(t *testing.T) {
	b := newBench(t)
	log := workflows.File{Name: "事件日志.log", Data: []byte("2026-11-20T09:12:01+08:00 expc tvcs: Event=\"Inbound TLS Negotiation Error\" Service=\"SIP\" Detail=\"Peer's TLS certificate identity was unacceptable\" Protocol=\"TLS\"\n")}
	first := "穿越区域（traversal zone）断了，事件日志里只有 TLS 协商失败"
	c := b.sends(t, heard("pieces", first), log)
	c.Context = map[string]string{"product": "expressway-c"}
	pieces := []string{first, string(log.Data)}
	quoted := 0
	for _, f := range b.Explain(context.Background(), c).Findings {
		for _, e := range f.Evidence {
			if e.End <= e.Start {
				continue
			}
			quoted++
			if e.Text != c.Input[e.Start:e.End] || len([]rune(e.Text)) < 2 {
				t.Errorf("%s: %q is no quotation", f.Cause.ID, e.Text)
			}
			if n := strings.Count(strings.Join(pieces, "\x00"), e.Text); n == 0 {
				t.Errorf("%s: %q is in no piece", f.Cause.ID, e.Text)
			}
			if (e.Source == log.Name) != strings.Contains(pieces[1], e.Text) {
				t.Errorf("%s: %q is said to be of %q", f.Cause.ID, e.Text, e.Source)
			}
		}
	}
	if quoted < 3 {
		t.Errorf("only %d quotations", quoted)
	}
}

// TestRefine: what a click may and may not do to a case.
func TestRefine(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	c, err := b.Diagnose(ctx, workflows.Pasted{By: ella, Place: workflows.Place{Channel: "C1", Thread: "1.1"}, Lang: "en", Text: "TLS negotiation failure on the Expressway"})
	must(t, err)
	q := b.Explain(ctx, c).Question
	if q == nil {
		t.Fatal("no question")
	}
	_, err = b.AnswerCase(ctx, "a1", ella, c.ID, q.ID, "no-such-option")
	refusedWith(t, err, workflows.Invalid, "form.problem.not_offered")
	_, err = b.AnswerCase(ctx, "a2", ella, c.ID, "no-such-question", workflows.Unsure)
	refusedWith(t, err, workflows.Invalid, "form.problem.not_offered")
	c, err = b.AnswerCase(ctx, "a3", ella, c.ID, q.ID, workflows.Unsure)
	must(t, err)
	if again := b.Explain(ctx, c).Question; again != nil && again.ID == q.ID {
		t.Error("asked what nobody can tell again")
	}
	_, err = b.AnswerCase(ctx, "a4", anselm, c.ID, q.ID, q.Options[0].ID)
	refusedWith(t, err, workflows.Conflict, "workflows.case.answered")
	same, err := b.AnswerCase(ctx, "a5", anselm, c.ID, q.ID, workflows.Unsure)
	must(t, err)
	if same.Version != b.caseIn(t, c.Place).Version {
		t.Error("a click that changes nothing made a version")
	}

	_, err = b.Tick(ctx, workflows.Ticked{Receipt: "t1", By: ella, Case: c.ID, Cause: "expired", Done: true})
	refusedWith(t, err, workflows.Stale, "workflows.case.other_answer")
	_, err = b.Feedback(ctx, "f1", ella, c.ID, "other:expired", "password=hunter2secret")
	must(t, err)
	_, err = b.Feedback(ctx, "f2", anselm, c.ID, "solved", "")
	refusedWith(t, err, workflows.Conflict, "workflows.case.ended")
	c = b.caseIn(t, c.Place)
	if a := b.Standing(ctx, c); a.Findings[0].Cause.ID != "expired" || strings.Contains(c.Comment, "hunter2") {
		t.Errorf("it stands as %s with %q", a.Findings[0].Cause.ID, c.Comment)
	}
	_, err = b.Tick(ctx, workflows.Ticked{Receipt: "t2", By: anselm, Case: c.ID, Cause: "expired", Step: 1, Done: true})
	must(t, err)
	if c = b.caseIn(t, c.Place); len(c.Done("expired")) != 1 || len(c.Done("untrusted-ca")) != 0 {
		t.Errorf("ticked %v for %s", c.Ticks, c.TickedFor)
	}
	if c.Handover(b.Standing(ctx, c), func(x workflows.Text) string { return x.Key }) != "" {
		t.Error("a certificate problem has a hand-over")
	}

	_, err = b.Diagnose(ctx, workflows.Pasted{Receipt: "d1", By: ella, Place: c.Place, Lang: "en", Text: c.Input, Once: true})
	refusedWith(t, err, workflows.Conflict, "workflows.case.already")
	_, err = b.Diagnose(ctx, workflows.Pasted{Receipt: "d2", By: ella, Place: workflows.Place{Channel: "D9"}, Lang: "en", Text: " \n"})
	refusedWith(t, err, workflows.Invalid, "workflows.case.empty")
}
