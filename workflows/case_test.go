package workflows_test

import (
	"context"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// TestCaseOfADirectMessage: nobody else changes a case, has something posted beside it or
// takes over what it knows, and that they tried is recorded.
func TestCaseOfADirectMessage(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c, err := b.Support.Diagnose(ctx, support.Pasted{By: workbench.Ella, Place: workflows.Place{Channel: "D1"}, Lang: "en", Text: "curl: (60) SSL certificate problem: certificate has expired"})
	workbench.Must(t, err)
	for name, try := range map[string]func(workflows.Person) error{
		"solved": func(p workflows.Person) error {
			_, err := b.Support.Feedback(ctx, "", p, c.ID, "solved", "")
			return err
		},
		"tick": func(p workflows.Person) error {
			_, err := b.Support.Tick(ctx, support.Ticked{By: p, Case: c.ID, Cause: c.Cause, Done: true})
			return err
		},
		"long": func(p workflows.Person) error { return b.Support.PostCase(ctx, "", p, c.ID, support.PostLong) },
		"remedy": func(p workflows.Person) error {
			_, err := b.Inbox.Remedy(ctx, intake.Started{By: p, Lang: "en"}, c.ID)
			return err
		},
	} {
		if err := try(workbench.Bolin); workflows.CodeOf(err) != workflows.Forbidden {
			t.Errorf("%s by another: %v", name, err)
		}
		if err := try(workbench.Ella); err != nil {
			t.Errorf("%s by its person: %v", name, err)
		}
	}
	refused := 0
	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) error {
		rows, err := rd.Audit(ctx, c.ID, 0, 100)
		for _, row := range rows {
			if row.Actor == workbench.Bolin && strings.HasPrefix(row.Verb, "refuse:") {
				refused++
			}
		}
		return err
	}))
	if refused != 4 {
		t.Errorf("%d of 4 refusals are recorded", refused)
	}
}
