package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

// TestCaseOfADirectMessage: nobody else changes a case, has something posted beside it or
// takes over what it knows, and that they tried is recorded.
func TestCaseOfADirectMessage(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c, err := b.Diagnose(ctx, workflows.Pasted{By: ella, Place: workflows.Place{Channel: "D1"}, Lang: "en", Text: "curl: (60) SSL certificate problem: certificate has expired"})
	must(t, err)
	for name, try := range map[string]func(workflows.Person) error{
		"solved": func(p workflows.Person) error { _, err := b.Feedback(ctx, "", p, c.ID, "solved", ""); return err },
		"tick": func(p workflows.Person) error {
			_, err := b.Tick(ctx, workflows.Ticked{By: p, Case: c.ID, Cause: c.Cause, Done: true})
			return err
		},
		"long": func(p workflows.Person) error { return b.PostCase(ctx, "", p, c.ID, workflows.PostLong) },
		"remedy": func(p workflows.Person) error {
			_, err := b.Remedy(ctx, workflows.Started{By: p, Lang: "en"}, c.ID)
			return err
		},
	} {
		if err := try(bolin); workflows.CodeOf(err) != workflows.Forbidden {
			t.Errorf("%s by another: %v", name, err)
		}
		if err := try(ella); err != nil {
			t.Errorf("%s by its person: %v", name, err)
		}
	}
	refused := 0
	must(t, b.db.View(ctx, func(rd workflows.Reader) error {
		rows, err := rd.Audit(ctx, c.ID, 0, 100)
		for _, row := range rows {
			if row.Actor == bolin && strings.HasPrefix(row.Verb, "refuse:") {
				refused++
			}
		}
		return err
	}))
	if refused != 4 {
		t.Errorf("%d of 4 refusals are recorded", refused)
	}
}

// TestDirect: what was put into a command is kept without its secrets, and taken up once at
// the place that is found, however often it is tried.
func TestDirect(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	text := "certificate verify failed: certificate has expired\npassword=hunter2-of-ella"
	_, err := b.HearDirect(ctx, workflows.Heard{Receipt: "r", By: ella, Lang: "en", Text: text}, workflows.DirectDiagnose)
	must(t, err)
	e, ok, err := b.db.Claim(ctx, workflows.Notify, time.Minute)
	if err != nil || !ok || e.Kind != workflows.KindDirect || strings.Contains(string(e.Body), "hunter2") {
		t.Fatalf("%+v %v %v", e, ok, err)
	}
	body, err := workflows.ReadBody(e)
	must(t, err)
	at := workflows.Place{Channel: "D1"}
	for range 2 {
		must(t, b.TakeDirect(ctx, e, body, workflows.Heard{By: ella, Place: at, Lang: "en", Text: body.Said, Direct: true}))
	}
	var c workflows.Case
	must(t, b.db.View(ctx, func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(ctx, at); return err }))
	if c.Person != ella || !strings.Contains(c.Input, "has expired") || strings.Contains(c.Input, "hunter2") {
		t.Errorf("%+v", c)
	}
	stranger := workflows.Person{Team: "T2", ID: "U0ELLA"}
	if _, err := b.HearDirect(ctx, workflows.Heard{Receipt: "s", By: stranger, Text: text}, workflows.DirectDiagnose); workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := b.HearDirect(ctx, workflows.Heard{Receipt: "t", By: ella, Text: " \n"}, workflows.DirectDiagnose); workflows.CodeOf(err) != workflows.Invalid {
		t.Errorf("nothing: %v", err)
	}
}
