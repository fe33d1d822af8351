package intake_test

import (
	"context"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestPlanShownIsPlanSent: what changed between the review and the click is shown anew.
func TestPlanShownIsPlanSent(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workbench.Portal()})
	workbench.Must(t, err)
	shown := intake.PlanHash(b.Intake.PlanOf(c))
	c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: "names", Values: []string{"more.example.org"}})
	workbench.Must(t, err)
	_, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: shown})
	workbench.Wants(t, "another plan", err, workflows.Stale)
	_, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: ""})
	workbench.Wants(t, "no plan", err, workflows.Stale)
}
