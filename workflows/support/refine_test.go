package support_test

import (
	"context"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/support"
)

// TestEvidenceOfOnePiece: nothing is quoted as one that two people, or a person and a
// file, wrote.
func TestEvidenceOfOnePiece(t *testing.T) {
	b := workbench.New(t)
	log := workflows.File{Name: "事件日志.log", Data: []byte("2026-11-20T09:12:01+08:00 expc tvcs: Event=\"Inbound TLS Negotiation Error\" Service=\"SIP\" Detail=\"Peer's TLS certificate identity was unacceptable\" Protocol=\"TLS\"\n")}
	first := "穿越区域（traversal zone）断了，事件日志里只有 TLS 协商失败"
	c := b.Sends(t, workbench.Heard("pieces", first), log)
	c.Context = map[string]string{"product": "expressway-c"}
	pieces := []string{first, string(log.Data)}
	quoted := 0
	for _, f := range b.Support.Explain(context.Background(), c).Findings {
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
	b := workbench.New(t)
	ctx := context.Background()
	c, err := b.Support.Diagnose(ctx, support.Pasted{By: workbench.Ella, Place: workflows.Place{Channel: "C1", Thread: "1.1"}, Lang: "en", Text: "TLS negotiation failure on the Expressway"})
	workbench.Must(t, err)
	q := b.Support.Explain(ctx, c).Question
	if q == nil {
		t.Fatal("no question")
	}
	_, err = b.Support.AnswerCase(ctx, "a1", workbench.Ella, c.ID, q.ID, "no-such-option")
	workbench.RefusedWith(t, err, workflows.Invalid, "form.problem.not_offered")
	_, err = b.Support.AnswerCase(ctx, "a2", workbench.Ella, c.ID, "no-such-question", support.Unsure)
	workbench.RefusedWith(t, err, workflows.Invalid, "form.problem.not_offered")
	c, err = b.Support.AnswerCase(ctx, "a3", workbench.Ella, c.ID, q.ID, support.Unsure)
	workbench.Must(t, err)
	if again := b.Support.Explain(ctx, c).Question; again != nil && again.ID == q.ID {
		t.Error("asked what nobody can tell again")
	}
	_, err = b.Support.AnswerCase(ctx, "a4", workbench.Anselm, c.ID, q.ID, q.Options[0].ID)
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.case.answered")
	same, err := b.Support.AnswerCase(ctx, "a5", workbench.Anselm, c.ID, q.ID, support.Unsure)
	workbench.Must(t, err)
	if same.Version != b.CaseIn(t, c.Place).Version {
		t.Error("a click that changes nothing made a version")
	}

	_, err = b.Support.Tick(ctx, support.Ticked{Receipt: "t1", By: workbench.Ella, Case: c.ID, Cause: "expired", Done: true})
	workbench.RefusedWith(t, err, workflows.Stale, "workflows.case.other_answer")
	_, err = b.Support.Feedback(ctx, "f1", workbench.Ella, c.ID, "other:expired", "password=hunter2secret")
	workbench.Must(t, err)
	_, err = b.Support.Feedback(ctx, "f2", workbench.Anselm, c.ID, "solved", "")
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.case.ended")
	c = b.CaseIn(t, c.Place)
	if a := b.Support.Standing(ctx, c); a.Findings[0].Cause.ID != "expired" || strings.Contains(c.Comment, "hunter2") {
		t.Errorf("it stands as %s with %q", a.Findings[0].Cause.ID, c.Comment)
	}
	_, err = b.Support.Tick(ctx, support.Ticked{Receipt: "t2", By: workbench.Anselm, Case: c.ID, Cause: "expired", Step: 1, Done: true})
	workbench.Must(t, err)
	if c = b.CaseIn(t, c.Place); len(c.Done("expired")) != 1 || len(c.Done("untrusted-ca")) != 0 {
		t.Errorf("ticked %v for %s", c.Ticks, c.TickedFor)
	}
	if support.Handover(c, b.Support.Standing(ctx, c), func(x workflows.Text) string { return x.Key }) != "" {
		t.Error("a certificate problem has a hand-over")
	}

	_, err = b.Support.Diagnose(ctx, support.Pasted{Receipt: "d1", By: workbench.Ella, Place: c.Place, Lang: "en", Text: c.Input, Once: true})
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.case.already")
	_, err = b.Support.Diagnose(ctx, support.Pasted{Receipt: "d2", By: workbench.Ella, Place: workflows.Place{Channel: "D9"}, Lang: "en", Text: " \n"})
	workbench.RefusedWith(t, err, workflows.Invalid, "workflows.case.empty")
}
