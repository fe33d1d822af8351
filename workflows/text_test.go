package workflows_test

import (
	"context"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestRevocationOrder: what an order to revoke needs, and when there is nothing to revoke.
func TestRevocationOrder(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	open, done := b.Submitted(t, workbench.Ella, workbench.Portal()), b.Issued(t, workbench.Ella, workbench.Portal())
	order := func(id workflows.RequestID, reason, note string) error {
		_, err := b.Issuance.Revoke(ctx, issuance.RevokeOrder{By: workbench.Anselm, Request: id, Reason: reason, Note: note})
		return err
	}
	workbench.RefusedWith(t, order(open.ID, "keyCompromise", ""), workflows.Illegal, "workflows.refuse.nothing_to_revoke")
	workbench.RefusedWith(t, order(done.ID, "I do not like it", ""), workflows.Invalid, "workflows.problem.revocation_reason")
	workbench.RefusedWith(t, order(done.ID, "keyCompromise", string(workbench.PemKey(t, workbench.NewCA(t, "Acme").RootKey))), workflows.Invalid, "workflows.problem.private_key")
	if no := b.Issuance.MayRevoke(workbench.Anselm, b.Show(t, done.ID)); no != nil || b.Lists.MayConfirm(workbench.Anselm, done) {
		t.Errorf("%v, and it is owed %v", no, b.Lists.MayConfirm(workbench.Anselm, done))
	}
	_, err := b.Issuance.RevokedAtCA(ctx, "", workbench.Anselm, done.ID)
	workbench.Wants(t, "confirmed without an order", err, workflows.Conflict)
	workbench.Must(t, order(done.ID, "superseded", "password=hunter2secret"))
	if now := b.Show(t, done.ID); now.Revoking == nil || now.Revoking.By != workbench.Anselm || now.Revoking.Note == "password=hunter2secret" {
		t.Errorf("%+v", now.Revoking)
	}
	workbench.RefusedWith(t, order(done.ID, "superseded", ""), workflows.Conflict, "workflows.refuse.revoking", "workflows.refuse.already.revoked")
	_, err = b.Issuance.Install(ctx, "", workbench.Ella, done.ID)
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.revoking", "workflows.refuse.already.revoked")
	b.Work(t)
	if no := b.Issuance.MayRevoke(workbench.Anselm, b.Show(t, done.ID)); no == nil || no.Code != workflows.Conflict {
		t.Errorf("revoked twice: %v", no)
	}
}

// TestCancelReason: what is kept of the reason is without secrets, and bounded.
func TestCancelReason(t *testing.T) {
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Cancel(context.Background(), "", workbench.Ella, r.ID, " password=hunter2secret "+strings.Repeat("é", 3000))
	workbench.Must(t, err)
	r = b.Show(t, r.ID)
	if r.State != workflows.Cancelled || r.EndedBy != workbench.Ella || strings.Contains(r.EndReason, "hunter2") || len([]rune(r.EndReason)) != 2000 {
		t.Errorf("%s by %s: %d characters", r.State, r.EndedBy, len([]rune(r.EndReason)))
	}
}
