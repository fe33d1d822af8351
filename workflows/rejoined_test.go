package workflows_test

import (
	"testing"

	"countersign/workflows"
)

// TestRejoinedApproverApproves: an approver who was out of the group when it was to be signed, and is back, can approve
// what was sent back because of that.
func TestRejoinedApproverApproves(t *testing.T) {
	b := newBench(t)
	b.people.groups["pki"] = []workflows.Person{anselm}
	r := b.submitted(t, ella, portal())
	_, err := b.decide(anselm, r, workflows.Approve)
	must(t, err)
	b.people.groups["pki"] = nil
	b.work(t) // sent back
	b.people.groups["pki"] = []workflows.Person{anselm}
	if _, err = b.decide(anselm, b.show(t, r.ID), workflows.Approve); err != nil {
		t.Errorf("rejoined, approves: %v", err)
	}
	b.work(t)
	if r = b.show(t, r.ID); r.State != workflows.Issued {
		t.Errorf("%s", r.State)
	}
}

// TestRejoinedOneOfTwo: two approvals are needed; one of the two left and is back: any of both brings it on.
func TestRejoinedOneOfTwo(t *testing.T) {
	b := newBench(t)
	b.Policies[0].Need = 2
	r := b.submitted(t, ella, portal())
	_, err := b.decide(anselm, r, workflows.Approve)
	must(t, err)
	_, err = b.decide(bolin, r, workflows.Approve)
	must(t, err)
	b.people.groups["pki"] = []workflows.Person{anselm}
	b.work(t)
	b.people.groups["pki"] = []workflows.Person{anselm, bolin}
	_, err = b.decide(bolin, b.show(t, r.ID), workflows.Approve)
	b.work(t)
	if r = b.show(t, r.ID); r.State != workflows.Issued {
		t.Errorf("%s, %v: both approvals stand, and nobody can bring it on", r.State, err)
	}
}

// TestTroubleEndsWhenSentBack: what it waited for then is no matter of the approvers now.
func TestTroubleEndsWhenSentBack(t *testing.T) {
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	_, err := b.decide(anselm, r, workflows.Approve)
	must(t, err)
	delete(b.people.groups, "pki")
	b.passes(t, 60e9, 10e9)
	b.people.groups["pki"] = []workflows.Person{bolin}
	b.passes(t, 600e9, 10e9)
	if r = b.show(t, r.ID); r.State != workflows.Submitted || !r.Trouble.IsZero() {
		t.Errorf("%s, and it says %q", r.State, r.Trouble.Text.Key)
	}
}
