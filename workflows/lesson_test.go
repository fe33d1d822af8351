package workflows_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"countersign/workflows"
)

// TestLessonFrom: what a case suggests for the form: whole lines that look like messages,
// without armour and secrets, for the support group only.
func TestLessonFrom(t *testing.T) {
	ctx := context.Background()
	b := supportBench(t)
	acme := newCA(t, "Acme")
	text := "CUCM: tomcat says no\nshort\n" + string(pemCerts(acme.inter)) + "login failed password=hunter2secret for the admin\n" + strings.Repeat("x", 300) + "\n" + strings.Repeat("one more line that is long enough\n", 8)
	c := b.diagnosed(t, bolin, "1.1", text)
	got, l, err := b.LessonFrom(ctx, ella, c.ID)
	must(t, err)
	if got.ID != c.ID || len(l.Wordings) != 5 || l.Product != "cucm" {
		t.Errorf("product %q, %q", l.Product, l.Wordings)
	}
	for _, w := range l.Wordings {
		if strings.Contains(w, "MII") || strings.Contains(w, "BEGIN") || strings.Contains(w, "hunter2") || strings.Contains(w, "‹redacted:") || w == "short" || len([]rune(w)) > 200 {
			t.Errorf("%q is suggested", w)
		}
	}
	_, _, err = b.LessonFrom(ctx, bolin, c.ID)
	refusedWith(t, err, workflows.Forbidden, "workflows.teach.not_support")
	b.Support = ""
	refusedWith(t, b.MayTeach(ella), workflows.Forbidden, "workflows.teach.not_support")
}

// TestReviewed: a lesson that is turned away is nobody's, needs a reason, and is told; one
// that is taken voids the word that the answer before was wrong.
func TestReviewed(t *testing.T) {
	ctx := context.Background()
	b := supportBench(t)
	c, form := learned(t, b)
	taught, err := b.Teach(ctx, form)
	must(t, err)
	b.said(t)
	_, err = b.Review(ctx, workflows.Reviewed{By: anselm, ID: taught.ID})
	refusedWith(t, err, workflows.Invalid, "workflows.problem.reason_required")
	_, err = b.Review(ctx, workflows.Reviewed{By: ella, ID: taught.ID, Reason: "I changed my mind"})
	refusedWith(t, err, workflows.Forbidden, "workflows.teach.own")
	no, err := b.Review(ctx, workflows.Reviewed{By: anselm, ID: taught.ID, Reason: "password=hunter2secret is no cause"})
	must(t, err)
	if no.State != workflows.Refused || no.Reviewer != anselm || strings.Contains(no.Reason, "hunter2") || b.KB().Cause(form.Cause) != nil {
		t.Errorf("%+v", no)
	}
	b.saidIs(t, "turned away", "teach", "taught")

	_, err = b.Feedback(ctx, "", ella, c.ID, "wrong", "nobody knows it")
	must(t, err)
	taught, err = b.Teach(ctx, form)
	must(t, err)
	b.said(t)
	_, err = b.Review(ctx, workflows.Reviewed{By: anselm, ID: taught.ID, Approve: true})
	must(t, err)
	if now := b.caseOfID(t, c.ID); now.Outcome != "" || now.Comment != "" || !now.Ended.IsZero() || now.Cause != form.Cause {
		t.Errorf("%q %q, cause %s", now.Outcome, now.Comment, now.Cause)
	}
	if got := b.said(t); !slices.Contains(got, "case") || !slices.Contains(got, "taught") {
		t.Errorf("queued %q", got)
	}
}

// TestTaughtBeside: what a lesson would take over from known causes is shown to who reviews
// it; of two lessons of one cause the second is refused; and what a later version cannot
// take is left out, and said.
func TestTaughtBeside(t *testing.T) {
	ctx := context.Background()
	b := supportBench(t)
	_, form := learned(t, b)
	var wording, of string
	for _, cause := range b.KB().Causes() {
		for _, example := range cause.Examples {
			if line := strings.Join(strings.Fields(example), " "); wording == "" && cause.Certificate() && len(line) > 40 && len([]rune(line)) < 200 && line == example {
				wording, of = line, cause.ID
			}
		}
	}
	greedy := form
	greedy.Cause, greedy.Wordings, greedy.NearMiss = "greedy-lesson", []string{wording}, nil
	taught, err := b.Teach(ctx, greedy)
	must(t, err)
	if !slices.ContainsFunc(taught.Changes, func(s string) bool { return strings.HasPrefix(s, of+": ") }) {
		t.Errorf("taking over %q of %s is not shown: %q", wording, of, taught.Changes)
	}

	first, err := b.Teach(ctx, form)
	must(t, err)
	second, err := b.Teach(ctx, form)
	must(t, err)
	_, err = b.Review(ctx, workflows.Reviewed{By: anselm, ID: first.ID, Approve: true})
	must(t, err)
	_, err = b.Review(ctx, workflows.Reviewed{By: anselm, ID: second.ID, Approve: true})
	wants(t, "the same cause twice", err, workflows.Invalid)

	// As if an earlier version had let a lesson through that this one cannot read.
	must(t, b.db.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		bad, err := rd.Taught(ctx, second.ID)
		bad.State, bad.Reviewer, bad.Cause = workflows.Live, anselm, "Not An ID"
		return workflows.Change{Taught: []workflows.Taught{bad}}, err
	}))
	var log bytes.Buffer
	again := &workflows.Service{Team: b.Team, Store: b.db, Triage: b.Triage, Now: b.Now, Say: b.Say}
	must(t, again.Relearn(ctx, slog.New(slog.NewTextHandler(&log, nil))))
	if again.KB().Cause(form.Cause) == nil || !strings.Contains(log.String(), second.ID) {
		t.Errorf("the good one is lost, or the bad one not said:\n%s", log.String())
	}
}

// TestAskAgain: a slip in an answer can be taken back by anybody of the team; then it is
// asked as before.
func TestAskAgain(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c := b.diagnosed(t, ella, "1.1", "TLS negotiation failure on the Expressway")
	q := b.Explain(ctx, c).Question
	if q == nil {
		t.Fatal("no question")
	}
	c, err := b.AnswerCase(ctx, "", ella, c.ID, q.ID, q.Options[0].ID)
	must(t, err)
	c, err = b.Tick(ctx, workflows.Ticked{By: ella, Case: c.ID, Cause: b.Standing(ctx, c).Findings[0].Cause.ID, Done: true})
	must(t, err)
	if !c.Answered() {
		t.Error("it is not answered")
	}
	b.said(t)
	c, err = b.AskAgain(ctx, "", bolin, c.ID)
	must(t, err)
	if now := b.Explain(ctx, c).Question; c.Answered() || now == nil || now.ID != q.ID || len(c.Ticks) != 1 {
		t.Errorf("answered %v, asks %+v", c.Answered(), now)
	}
	b.saidIs(t, "drawn anew", "case")
	_, err = b.Tick(ctx, workflows.Ticked{By: ella, Case: c.ID, Cause: c.TickedFor})
	if c = b.caseOfID(t, c.ID); err != nil || len(c.Ticks) != 0 {
		t.Errorf("%v: %v", err, c.Ticks)
	}
}
