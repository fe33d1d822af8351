package workflows_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/triage"
	"countersign/workflows"
)

const strange = "Nov 21 10:00:00 lift-7 badgeSrv[212]: cert blob rejected rc=-77 by reader firmware password=hunter2secret"

// learned opens a case that nobody knows and teaches it.
func learned(t *testing.T, b *bench) (workflows.Case, workflows.Teaching) {
	t.Helper()
	c, err := b.Diagnose(context.Background(), workflows.Pasted{By: ella, Place: workflows.Place{Channel: "D1"}, Lang: "zh-Hans", Text: strange})
	must(t, err)
	return c, workflows.Teaching{By: ella, Case: c.ID, Cause: "badge-reader-firmware", Lesson: workflows.Lesson{
		Title: "门禁读卡器固件不支持 SHA-256", Wordings: []string{"badgeSrv: cert blob rejected rc=-77", "cert blob rejected rc=-77"},
		Fix: []string{"更新读卡器固件到 4.2。", "重启控制器。"}, NearMiss: []string{"badgeSrv: cert blob accepted rc=0"}}}
}

func supportBench(t *testing.T) *bench {
	b := newBench(t)
	b.Support = "support"
	b.people.groups["support"] = []workflows.Person{ella, anselm}
	return b
}

// TestTaughtAndReviewed: proposed it is nobody's, approved by a second member it is
// live at once, after a restart, and in the exported file.
func TestTaughtAndReviewed(t *testing.T) {
	b := supportBench(t)
	ctx := context.Background()
	c, form := learned(t, b)
	if strings.Contains(c.Input, "hunter2") {
		t.Fatal("a secret was kept")
	}
	_, l, err := b.LessonFrom(ctx, ella, c.ID)
	must(t, err)
	taught, err := b.Teach(ctx, form)
	must(t, err)
	if len(l.Wordings) != 0 && strings.Contains(strings.Join(l.Wordings, ""), "hunter2") {
		t.Error("the form shows a secret")
	}
	if b.KB().Cause(form.Cause) != nil || b.Explain(ctx, c).Verdict == triage.KnownCause {
		t.Fatal("live before its review")
	}
	_, err = b.Review(ctx, workflows.Reviewed{By: ella, ID: taught.ID, Approve: true})
	refusedWith(t, err, workflows.Forbidden, "workflows.teach.own")
	_, err = b.Review(ctx, workflows.Reviewed{By: bolin, ID: taught.ID, Approve: true})
	refusedWith(t, err, workflows.Forbidden, "workflows.teach.not_support")
	_, err = b.Review(ctx, workflows.Reviewed{By: anselm, ID: taught.ID, Approve: true})
	must(t, err)
	a := b.Explain(ctx, c)
	if a.Verdict != triage.KnownCause || a.Findings[0].Cause.ID != form.Cause || a.Findings[0].Cause.Title.In["zh-Hans"] != form.Title {
		t.Fatalf("after the review: %+v", a)
	}
	_, err = b.Review(ctx, workflows.Reviewed{By: anselm, ID: taught.ID, Reason: "no"})
	refusedWith(t, err, workflows.Conflict, "workflows.teach.decided")
	_, err = b.Teach(ctx, form)
	refusedWith(t, err, workflows.Invalid, "workflows.teach.not_found", "workflows.teach.known_id", "workflows.teach.unusable")

	again := &workflows.Service{Team: b.Team, Store: b.db, Triage: b.Triage, Now: b.Now, Say: b.Say}
	must(t, again.Relearn(ctx, nil))
	if again.KB().Cause(form.Cause) == nil {
		t.Error("forgotten over a restart")
	}
	var live []workflows.Taught
	must(t, b.db.View(ctx, func(rd workflows.Reader) (err error) {
		live, err = rd.TaughtList(ctx, "", workflows.Live, 10)
		return err
	}))
	raw, err := workflows.CausesYAML(live, b.Now())
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "taught.yaml"), raw, 0o600))
	kb, err := triage.Load(dir)
	must(t, err)
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
	b := supportBench(t)
	for name, c := range map[string]struct {
		spoil func(*workflows.Teaching)
		field string
	}{
		"id":         {func(f *workflows.Teaching) { f.Cause = "Badge!" }, "cause"},
		"known id":   {func(f *workflows.Teaching) { f.Cause = "self-signed-cert" }, "cause"},
		"no wording": {func(f *workflows.Teaching) { f.Wordings = nil }, "wordings"},
		"short":      {func(f *workflows.Teaching) { f.Wordings = []string{"rejected"} }, "wordings"},
		"known words": {func(f *workflows.Teaching) {
			f.Wordings = []string{"certificate has expired and alert unknown ca, number 48, self signed"}
		}, ""},
		"near miss":    {func(f *workflows.Teaching) { f.NearMiss = []string{"x cert blob rejected rc=-77 y"} }, "near"},
		"no fix":       {func(f *workflows.Teaching) { f.Fix = nil }, "fix"},
		"secret words": {func(f *workflows.Teaching) { f.Wordings = []string{"login failed password=hunter2secret"} }, "wordings"},
	} {
		t.Run(name, func(t *testing.T) {
			_, form := learned(t, b)
			c.spoil(&form)
			_, err := b.Teach(context.Background(), form)
			var no *workflows.Error
			if c.field != "" && (!errors.As(err, &no) || no.Code != workflows.Invalid || no.Field != c.field) {
				t.Errorf("%v", err)
			}
		})
	}
	_, form := learned(t, b)
	form.By = bolin
	_, err := b.Teach(context.Background(), form)
	refusedWith(t, err, workflows.Forbidden, "workflows.teach.not_support")
}

func refusedWith(t *testing.T, err error, code workflows.Code, keys ...string) {
	t.Helper()
	var no *workflows.Error
	if !errors.As(err, &no) || no.Code != code {
		t.Fatalf("%v, not %s", err, code)
	}
	for _, key := range keys {
		if no.Text.Key == key {
			return
		}
	}
	t.Errorf("refused with %s, not %v", no.Text.Key, keys)
}

func verbs(t *testing.T, b *bench, subject string) string {
	t.Helper()
	var out []string
	must(t, b.db.View(context.Background(), func(rd workflows.Reader) error {
		rows, err := rd.Audit(context.Background(), subject, 0, 100)
		for _, r := range rows {
			out = append(out, r.Verb)
		}
		return err
	}))
	return strings.Join(out, " ")
}
