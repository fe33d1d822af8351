package issuance_test

import (
	"context"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestHoldMakesTheCardOld: what is put on hold, or taken off it, after a card was shown is not
// decided on by a click on that card.
func TestHoldMakesTheCardOld(t *testing.T) {
	b := workbench.New(t)
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	_, err := b.Decide(workbench.Anselm, all[0], workflows.Hold)
	workbench.Must(t, err)
	_, err = b.DecideGroup(workbench.Bolin, all, workflows.Approve, all[1].ID)
	workbench.Wants(t, "a card without the hold", err, workflows.Stale)
	held := b.Group(t, all[0].Group)
	_, err = b.Decide(workbench.Anselm, held[0], workflows.Resume)
	workbench.Must(t, err)
	_, err = b.DecideGroup(workbench.Bolin, held, workflows.Reject)
	workbench.Wants(t, "a card with the hold", err, workflows.Stale)
}

// TestExceptLeavesTheHold: an approval with exceptions rejects nothing that is on hold: the form
// did not show it.
func TestExceptLeavesTheHold(t *testing.T) {
	b := workbench.New(t)
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	_, err := b.Decide(workbench.Anselm, all[0], workflows.Hold)
	workbench.Must(t, err)
	all = b.Group(t, all[0].Group)
	after, err := b.Groups.DecideGroup(context.Background(), issuance.DecidedGroup{By: workbench.Bolin, Group: all[0].Group, Verdict: workflows.Approve,
		Hash: workflows.GroupHash(all), Except: []workflows.RequestID{all[0].ID}, Reason: "not ours"})
	workbench.Must(t, err)
	if after[0].State != workflows.OnHold || after[1].State != workflows.Approved {
		t.Errorf("%v", states(after))
	}
}
