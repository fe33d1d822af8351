package support_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/services"
	"countersign/workflows/support"
)

// TestTaughtAndReviewed: proposed it is nobody's, approved by a second member it is
// live at once, after a restart, and in the exported file.
func TestTaughtAndReviewed(t *testing.T) {
	b := workbench.SupportBench(t)
	ctx := context.Background()
	c, form := workbench.Learned(t, b)
	if strings.Contains(c.Input, "hunter2") {
		t.Fatal("a secret was kept")
	}
	_, l, err := b.Lessons.LessonFrom(ctx, workbench.Ella, c.ID)
	workbench.Must(t, err)
	taught, err := b.Lessons.Teach(ctx, form)
	workbench.Must(t, err)
	if len(l.Wordings) != 0 && strings.Contains(strings.Join(l.Wordings, ""), "hunter2") {
		t.Error("the form shows a secret")
	}
	if b.Support.KB().Cause(form.Cause) != nil || b.Support.Explain(ctx, c).Verdict == triage.KnownCause {
		t.Fatal("live before its review")
	}
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Ella, ID: taught.ID, Approve: true})
	workbench.RefusedWith(t, err, workflows.Forbidden, "workflows.teach.own")
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Bolin, ID: taught.ID, Approve: true})
	workbench.RefusedWith(t, err, workflows.Forbidden, "workflows.teach.not_support")
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Anselm, ID: taught.ID, Approve: true})
	workbench.Must(t, err)
	a := b.Support.Explain(ctx, c)
	if a.Verdict != triage.KnownCause || a.Findings[0].Cause.ID != form.Cause || a.Findings[0].Cause.Title.In["zh-Hans"] != form.Title {
		t.Fatalf("after the review: %+v", a)
	}
	_, err = b.Lessons.Review(ctx, support.Reviewed{By: workbench.Anselm, ID: taught.ID, Reason: "no"})
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.teach.decided")
	_, err = b.Lessons.Teach(ctx, form)
	workbench.RefusedWith(t, err, workflows.Invalid, "workflows.teach.not_found", "workflows.teach.known_id", "workflows.teach.unusable")

	again := services.New(&workflows.Kernel{Team: b.Team, Store: b.DB, Now: b.Now, Say: b.Say}, services.Ports{Triage: b.Support.Triage})
	workbench.Must(t, again.Support.Relearn(ctx, nil))
	if again.Support.KB().Cause(form.Cause) == nil {
		t.Error("forgotten over a restart")
	}
	var live []workflows.Taught
	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) (err error) {
		live, err = rd.TaughtList(ctx, "", workflows.Live, 10)
		return err
	}))
	raw, err := support.CausesYAML(live, b.Now())
	workbench.Must(t, err)
	dir := t.TempDir()
	workbench.Must(t, os.WriteFile(filepath.Join(dir, "taught.yaml"), raw, 0o600))
	kb, err := triage.Load(dir)
	workbench.Must(t, err)
	if kb.Cause(form.Cause) == nil {
		t.Errorf("the export is not taken back: %s", raw)
	}
	rows := verbs(t, b, taught.ID)
	for _, want := range []string{"teach.propose", "refuse:teach.approve", "teach.approve"} {
		if !strings.Contains(rows, want) {
			t.Errorf("%s is not in the record: %s", want, rows)
		}
	}
}

// TestWhatCannotBeTaught: each with the field where it is wrong.
func TestWhatCannotBeTaught(t *testing.T) {
	b := workbench.SupportBench(t)
	for name, c := range map[string]struct {
		spoil func(*support.Teaching)
		field string
	}{
		"id":         {func(f *support.Teaching) { f.Cause = "Badge!" }, "cause"},
		"known id":   {func(f *support.Teaching) { f.Cause = "self-signed-cert" }, "cause"},
		"no wording": {func(f *support.Teaching) { f.Wordings = nil }, "wordings"},
		"short":      {func(f *support.Teaching) { f.Wordings = []string{"rejected"} }, "wordings"},
		"known words": {func(f *support.Teaching) {
			f.Wordings = []string{"certificate has expired and alert unknown ca, number 48, self signed"}
		}, ""},
		"near miss":    {func(f *support.Teaching) { f.NearMiss = []string{"x cert blob rejected rc=-77 y"} }, "near"},
		"no fix":       {func(f *support.Teaching) { f.Fix = nil }, "fix"},
		"secret words": {func(f *support.Teaching) { f.Wordings = []string{"login failed password=hunter2secret"} }, "wordings"},
	} {
		t.Run(name, func(t *testing.T) {
			_, form := workbench.Learned(t, b)
			c.spoil(&form)
			_, err := b.Lessons.Teach(context.Background(), form)
			var no *workflows.Error
			if c.field != "" && (!errors.As(err, &no) || no.Code != workflows.Invalid || no.Field != c.field) {
				t.Errorf("%v", err)
			}
		})
	}
	_, form := workbench.Learned(t, b)
	form.By = workbench.Bolin
	_, err := b.Lessons.Teach(context.Background(), form)
	workbench.RefusedWith(t, err, workflows.Forbidden, "workflows.teach.not_support")
}

func verbs(t *testing.T, b *workbench.Bench, subject string) string {
	t.Helper()
	var out []string
	workbench.Must(t, b.DB.View(context.Background(), func(rd workflows.Reader) error {
		rows, err := rd.Audit(context.Background(), subject, 0, 100)
		for _, r := range rows {
			out = append(out, r.Verb)
		}
		return err
	}))
	return strings.Join(out, " ")
}
