package issuance_test

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

// TestSending: what is not sent, and what the policy makes of it.
func TestSending(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	send := func(who workflows.Person, a workflows.Answers) (workflows.Conversation, error) {
		c, err := b.Intake.Start(ctx, intake.Started{By: who, Lang: "en", Answers: a})
		workbench.Must(t, err)
		return b.Intake.Send(ctx, intake.Sending{By: who, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	}
	a := workbench.Portal()
	delete(a, "purpose")
	_, err := send(workbench.Ella, a)
	workbench.RefusedWith(t, err, workflows.Illegal, "workflows.refuse.not_complete")
	b.Policies[0].Names = []string{"*.example.com"}
	_, err = send(workbench.Ella, workbench.Portal())
	workbench.RefusedWith(t, err, workflows.Forbidden, "workflows.refuse.no_policy")
	if list, err := b.Lists.List(ctx, workbench.Ella, issuance.ListQuery{}); err != nil || list.Count > 0 {
		t.Errorf("%v: something was sent: %d", err, list.Count)
	}
	b.Policies[0].Names, b.Policies[0].Days = nil, 30
	c, err := send(workbench.Ella, workbench.Portal())
	workbench.Must(t, err)
	if r := b.Show(t, c.Requests[0]); r.Spec.Days != 30 || r.Policy != "all" || r.State != workflows.Submitted {
		t.Errorf("%d days, %s", r.Spec.Days, r.Policy)
	}
	b.Policies[0].Days = 0
	_, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.conversation_sent")

	// A renewal whose certificate has ended meanwhile replaces nothing any more.
	old := b.Issued(t, workbench.Ella, workbench.Portal())
	renewal, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
	workbench.Must(t, err)
	workbench.Must(t, b.Revoke(workbench.Anselm, old.ID))
	b.Work(t)
	_, err = b.Issuance.RevokedAtCA(ctx, "", workbench.Anselm, old.ID)
	if now := b.Show(t, old.ID); now.State != workflows.Revoked {
		t.Fatalf("%v: %s", err, now.State)
	}
	_, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: renewal.ID, Plan: intake.PlanHash(b.Intake.PlanOf(renewal))})
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.already.revoked")

	// A CSR of the box that does not ask for what was planned is not sent.
	key, err := certs.GenerateKey(rand.Reader, old.Spec.Key)
	workbench.Must(t, err)
	wrong := old.Spec
	wrong.Names = append(slices.Clone(wrong.Names), certs.Name{Type: certs.DNS, Value: "bank.example.org"})
	der, err := certs.CSR(wrong, key)
	workbench.Must(t, err)
	a = workbench.Portal()
	a["csr"] = []string{"device"}
	conv, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: a, CSRs: [][]byte{der}})
	workbench.Must(t, err)
	_, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: conv.ID, Plan: intake.PlanHash(b.Intake.PlanOf(conv))})
	workbench.Wants(t, "a name that nobody planned", err, workflows.Invalid)
}
