package workbench

import (
	"context"
	"testing"

	"countersign/workflows"
	"countersign/workflows/intake"
)

// Renewed has who renew old and its approval given; the certificate is issued.
func (b *Bench) Renewed(t *testing.T, who workflows.Person, old workflows.Request) workflows.Request {
	t.Helper()
	ctx := context.Background()
	c, err := b.Inbox.Renew(ctx, intake.Started{By: who, Lang: "en"}, old.ID)
	Must(t, err)
	if c.Field == "purpose" { // a colleague's reason is not theirs
		c, err = b.Intake.Reply(ctx, intake.Replied{By: who, ID: c.ID, Field: c.Field, Values: []string{"Renewal"}})
		Must(t, err)
	}
	c, err = b.Intake.Send(ctx, intake.Sending{By: who, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	Must(t, err)
	b.Work(t)
	if len(c.Requests) != 1 {
		t.Fatalf("one certificate was renewed, %d are asked for", len(c.Requests))
	}
	r := b.Show(t, c.Requests[0])
	_, err = b.Decide(Anselm, r, workflows.Approve)
	Must(t, err)
	b.Work(t)
	return b.Show(t, r.ID)
}
