package issuance_test

import (
	"context"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestAskRevocation: the owner asks for any reason, anybody for a stolen key; approvers are
// asked once, hear of what is worse, and close it by ordering it or by turning it down.
func TestAskRevocation(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.People.Known[eve] = workflows.Profile{Person: eve}
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	ask := func(by workflows.Person, reason string) error {
		_, err := b.Issuance.AskRevocation(ctx, issuance.RevokeOrder{By: by, Request: r.ID, Reason: reason, Note: "because"})
		return err
	}
	workbench.Wants(t, "a colleague's wish", ask(eve, "superseded"), workflows.Forbidden)
	workbench.Wants(t, "a reason that is none", ask(workbench.Ella, "mood"), workflows.Invalid)
	workbench.Must(t, ask(workbench.Ella, "cessationOfOperation"))
	workbench.Wants(t, "asked twice", ask(workbench.Ella, "superseded"), workflows.Conflict)
	workbench.Must(t, ask(eve, workflows.KeyCompromise))
	workbench.Wants(t, "reported twice", ask(workbench.Ella, workflows.KeyCompromise), workflows.Conflict)
	got := b.Show(t, r.ID)
	if i := got.OpenRevocationAsk(); i != 1 || !got.RevocationAsks[1].Urgent() || got.RevocationAsks[1].By != eve || got.State != workflows.Issued || got.Revoking != nil {
		t.Fatalf("%d of %+v, %s", i, got.RevocationAsks, got.State)
	}
	home, err := b.Lists.HomeOf(ctx, workbench.Anselm)
	workbench.Must(t, err)
	if waiting := workbench.Doing(home, issuance.TaskDecide); len(waiting) != 1 || waiting[0].ID != r.ID {
		t.Errorf("the approver's home has %+v", waiting)
	}

	_, err = b.Issuance.RefuseRevocation(ctx, "", workbench.Ella, r.ID, 1)
	workbench.Wants(t, "refused by its owner", err, workflows.Forbidden)
	_, err = b.Issuance.RefuseRevocation(ctx, "", workbench.Anselm, r.ID, 0)
	workbench.Wants(t, "refused by an old button", err, workflows.Conflict)
	_, err = b.Issuance.RefuseRevocation(ctx, "", workbench.Anselm, r.ID, 1)
	workbench.Must(t, err)
	workbench.Must(t, ask(workbench.Ella, "superseded"))
	workbench.Must(t, b.Revoke(workbench.Anselm, r.ID))
	got = b.Show(t, r.ID)
	if got.OpenRevocationAsk() >= 0 || !got.RevocationAsks[2].Ordered || got.RevocationAsks[1].Ordered {
		t.Errorf("%+v", got.RevocationAsks)
	}
	b.Work(t)
	workbench.Wants(t, "of what is revoked", ask(workbench.Ella, workflows.KeyCompromise), workflows.Conflict)
}
