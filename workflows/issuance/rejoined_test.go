package issuance_test

import (
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestRejoinedApproverApproves: an approver who was out of the group when it was to be signed, and is back, can approve
// what was sent back because of that.
func TestRejoinedApproverApproves(t *testing.T) {
	b := workbench.New(t)
	b.People.Groups["pki"] = []workflows.Person{workbench.Anselm}
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	b.People.Groups["pki"] = nil
	b.Work(t) // sent back
	b.People.Groups["pki"] = []workflows.Person{workbench.Anselm}
	if _, err = b.Decide(workbench.Anselm, b.Show(t, r.ID), workflows.Approve); err != nil {
		t.Errorf("rejoined, approves: %v", err)
	}
	b.Work(t)
	if r = b.Show(t, r.ID); r.State != workflows.Issued {
		t.Errorf("%s", r.State)
	}
}

// TestRejoinedOneOfTwo: two approvals are needed; one of the two left and is back: any of both brings it on.
func TestRejoinedOneOfTwo(t *testing.T) {
	b := workbench.New(t)
	b.Policies[0].Need = 2
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	_, err = b.Decide(workbench.Bolin, r, workflows.Approve)
	workbench.Must(t, err)
	b.People.Groups["pki"] = []workflows.Person{workbench.Anselm}
	b.Work(t)
	b.People.Groups["pki"] = []workflows.Person{workbench.Anselm, workbench.Bolin}
	_, err = b.Decide(workbench.Bolin, b.Show(t, r.ID), workflows.Approve)
	b.Work(t)
	if r = b.Show(t, r.ID); r.State != workflows.Issued {
		t.Errorf("%s, %v: both approvals stand, and nobody can bring it on", r.State, err)
	}
}

// TestTroubleEndsWhenSentBack: what it waited for then is no matter of the approvers now.
func TestTroubleEndsWhenSentBack(t *testing.T) {
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	delete(b.People.Groups, "pki")
	b.Passes(t, 60e9, 10e9)
	b.People.Groups["pki"] = []workflows.Person{workbench.Bolin}
	b.Passes(t, 600e9, 10e9)
	if r = b.Show(t, r.ID); r.State != workflows.Submitted || !r.Trouble.IsZero() {
		t.Errorf("%s, and it says %q", r.State, r.Trouble.Text.Key)
	}
}
