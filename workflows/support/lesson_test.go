package support_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/services"
	"countersign/workflows/support"
)

// TestLessonFrom: what a case suggests for the form: whole lines that look like messages,
// without armour and secrets, for the support group only.
func TestLessonFrom(t *testing.T) {
	ctx := context.Background()
	b := workbench.SupportBench(t)
	acme := workbench.NewCA(t, "Acme")
	text := "CUCM: tomcat says no\nshort\n" + string(workbench.PemCerts(acme.Inter)) + "login failed password=hunter2secret for the admin\n" + strings.Repeat("x", 300) + "\n" + strings.Repeat("one more line that is long enough\n", 8)
	c := b.Diagnosed(t, workbench.Bolin, "1.1", text)
	got, l, err := b.Lessons.LessonFrom(ctx, workbench.Ella, c.ID)
	workbench.Must(t, err)
	if got.ID != c.ID || len(l.Wordings) != 5 || l.Product != "cucm" {
		t.Errorf("product %q, %q", l.Product, l.Wordings)
	}
	for _, w := range l.Wordings {
		if strings.Contains(w, "MII") || strings.Contains(w, "BEGIN") || strings.Contains(w, "hunter2") || strings.Contains(w, "‹redacted:") || w == "short" || len([]rune(w)) > 200 {
			t.Errorf("%q is suggested", w)
		}
	}
	_, _, err = b.Lessons.LessonFrom(ctx, workbench.Bolin, c.ID)
	workbench.RefusedWith(t, err, workflows.Forbidden, "workflows.teach.not_support")
	b.Support.Group = ""
	workbench.RefusedWith(t, b.Lessons.MayTeach(workbench.Ella), workflows.Forbidden, "workflows.teach.not_support")
}

// TestReviewed: a lesson that is turned away is nobody's, needs a reason, and is told; one
// that is taken voids the word that the answer before was wrong.
func TestReviewed(t *testing.T) {
	ctx := context.Background()
	b := workbench.SupportBench(t)
	c, form := workbench.Learned(t, b)
	taught, err := b.Lessons.Teach(ctx, form)
	workbench.Must(t, err)
	b.Said(t)
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Anselm, ID: taught.ID})
	workbench.RefusedWith(t, err, workflows.Invalid, "workflows.problem.reason_required")
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Ella, ID: taught.ID, Reason: "I changed my mind"})
	workbench.RefusedWith(t, err, workflows.Forbidden, "workflows.teach.own")
	no, err := b.Lessons.Review(ctx, support.Reviewed{By: workbench.Anselm, ID: taught.ID, Reason: "password=hunter2secret is no cause"})
	workbench.Must(t, err)
	if no.State != workflows.Refused || no.Reviewer != workbench.Anselm || strings.Contains(no.Reason, "hunter2") || b.Support.KB().Cause(form.Cause) != nil {
		t.Errorf("%+v", no)
	}
	b.SaidIs(t, "turned away", "teach", "taught")

	_, err = b.Support.Feedback(ctx, "", workbench.Ella, c.ID, "wrong", "nobody knows it")
	workbench.Must(t, err)
	taught, err = b.Lessons.Teach(ctx, form)
	workbench.Must(t, err)
	b.Said(t)
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Anselm, ID: taught.ID, Approve: true})
	workbench.Must(t, err)
	if now := b.CaseOfID(t, c.ID); now.Outcome != "" || now.Comment != "" || !now.Ended.IsZero() || now.Cause != form.Cause {
		t.Errorf("%q %q, cause %s", now.Outcome, now.Comment, now.Cause)
	}
	if got := b.Said(t); !slices.Contains(got, "case") || !slices.Contains(got, "taught") {
		t.Errorf("queued %q", got)
	}
}

// TestTaughtBeside: what a lesson would take over from known causes is shown to who reviews
// it; of two lessons of one cause the second is refused; and what a later version cannot
// take is left out, and said.
func TestTaughtBeside(t *testing.T) {
	ctx := context.Background()
	b := workbench.SupportBench(t)
	_, form := workbench.Learned(t, b)
	var wording, of string
	for _, cause := range b.Support.KB().Causes() {
		for _, example := range cause.Examples {
			if line := strings.Join(strings.Fields(example), " "); wording == "" && cause.Certificate() && len(line) > 40 && len([]rune(line)) < 200 && line == example {
				wording, of = line, cause.ID
			}
		}
	}
	greedy := form
	greedy.Cause, greedy.Wordings, greedy.NearMiss = "greedy-lesson", []string{wording}, nil
	taught, err := b.Lessons.Teach(ctx, greedy)
	workbench.Must(t, err)
	if !slices.ContainsFunc(taught.Changes, func(s string) bool { return strings.HasPrefix(s, of+": ") }) {
		t.Errorf("taking over %q of %s is not shown: %q", wording, of, taught.Changes)
	}

	first, err := b.Lessons.Teach(ctx, form)
	workbench.Must(t, err)
	second, err := b.Lessons.Teach(ctx, form)
	workbench.Must(t, err)
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Anselm, ID: first.ID, Approve: true})
	workbench.Must(t, err)
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Anselm, ID: second.ID, Approve: true})
	workbench.Wants(t, "the same cause twice", err, workflows.Invalid)

	// As if an earlier version had let a lesson through that this one cannot read.
	workbench.Must(t, b.DB.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		bad, err := rd.Taught(ctx, second.ID)
		bad.State, bad.Reviewer, bad.Cause = workflows.Live, workbench.Anselm, "Not An ID"
		return workflows.Change{Taught: []workflows.Taught{bad}}, err
	}))
	var log bytes.Buffer
	again := services.New(&workflows.Kernel{Team: b.Team, Store: b.DB, Now: b.Now, Say: b.Say}, services.Ports{Triage: b.Support.Triage})
	workbench.Must(t, again.Support.Relearn(ctx, slog.New(slog.NewTextHandler(&log, nil))))
	if again.Support.KB().Cause(form.Cause) == nil || !strings.Contains(log.String(), second.ID) {
		t.Errorf("the good one is lost, or the bad one not said:\n%s", log.String())
	}
}

// TestAskAgain: a slip in an answer can be taken back by anybody of the team; then it is
// asked as before.
func TestAskAgain(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "TLS negotiation failure on the Expressway")
	q := b.Support.Explain(ctx, c).Question
	if q == nil {
		t.Fatal("no question")
	}
	c, err := b.Support.AnswerCase(ctx, "", workbench.Ella, c.ID, q.ID, q.Options[0].ID)
	workbench.Must(t, err)
	c, err = b.Support.Tick(ctx, support.Ticked{By: workbench.Ella, Case: c.ID, Cause: b.Support.Standing(ctx, c).Findings[0].Cause.ID, Done: true})
	workbench.Must(t, err)
	if !c.Answered() {
		t.Error("it is not answered")
	}
	b.Said(t)
	c, err = b.Support.ClearAnswers(ctx, "", workbench.Bolin, c.ID)
	workbench.Must(t, err)
	if now := b.Support.Explain(ctx, c).Question; c.Answered() || now == nil || now.ID != q.ID || len(c.Ticks) != 1 {
		t.Errorf("answered %v, asks %+v", c.Answered(), now)
	}
	b.SaidIs(t, "drawn anew", "case")
	_, err = b.Support.Tick(ctx, support.Ticked{By: workbench.Ella, Case: c.ID, Cause: c.TickedFor})
	if c = b.CaseOfID(t, c.ID); err != nil || len(c.Ticks) != 0 {
		t.Errorf("%v: %v", err, c.Ticks)
	}
}
