package issuance_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestDecisionIsBoundToWhatWasShown: another hash is stale, and a second person is
// needed where the policy says two.
func TestDecisionIsBoundToWhatWasShown(t *testing.T) {
	b := workbench.New(t)
	b.Policies[0].Need = 2
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	old := r
	old.Purpose = "something else"
	_, err := b.Decide(workbench.Anselm, old, workflows.Approve)
	workbench.Wants(t, "stale", err, workflows.Stale)
	after, err := b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	if after.State != workflows.Submitted {
		t.Errorf("one of two approvals made it %s", after.State)
	}
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Wants(t, "the same person twice", err, workflows.Conflict)
	after, err = b.Decide(workbench.Bolin, r, workflows.Approve)
	workbench.Must(t, err)
	if after.State != workflows.Approved {
		t.Errorf("two approvals made it %s", after.State)
	}
	b.Work(t)
	issued, err := b.Lists.Show(context.Background(), workbench.Ella, r.ID)
	workbench.Must(t, err)
	if issued.State != workflows.Issued || len(issued.Cert) == 0 {
		t.Errorf("not issued: %s %+v", issued.State, issued.Trouble)
	}
}

// TestHoldAndReject: hold keeps approvals out until somebody resumes; both say why.
func TestHoldAndReject(t *testing.T) {
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Decide(context.Background(), issuance.Decided{By: workbench.Anselm, Request: r.ID, Verdict: workflows.Reject, Hash: r.Hash()})
	workbench.Wants(t, "no reason", err, workflows.Invalid)
	_, err = b.Decide(workbench.Anselm, r, workflows.Hold)
	workbench.Must(t, err)
	_, err = b.Decide(workbench.Bolin, r, workflows.Approve)
	workbench.Wants(t, "approve on hold", err, workflows.Illegal)
	_, err = b.Decide(workbench.Bolin, r, workflows.Resume)
	workbench.Must(t, err)
	_, err = b.Decide(workbench.Bolin, r, workflows.Reject)
	workbench.Must(t, err)
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Wants(t, "after the end", err, workflows.Conflict)
	_, err = b.Issuance.Cancel(context.Background(), "", workbench.Ella, r.ID, "")
	workbench.Wants(t, "cancel after the end", err, workflows.Conflict)
}

// TestSixteenApproversAtOnce: one outcome, fifteen polite refusals, one certificate.
func TestSixteenApproversAtOnce(t *testing.T) {
	b := workbench.New(t)
	var crowd []workflows.Person
	for i := range 16 {
		p := workflows.Person{Team: "T1", ID: fmt.Sprint("U0A", i)}
		b.People.Known[p] = workflows.Profile{Person: p}
		crowd = append(crowd, p)
	}
	b.People.Groups["pki"] = crowd
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	errs := make([]error, len(crowd))
	var all sync.WaitGroup
	for i, p := range crowd {
		all.Go(func() { _, errs[i] = b.Decide(p, r, []workflows.Verdict{workflows.Approve, workflows.Reject}[i%2]) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case workflows.CodeOf(err) != workflows.Conflict && workflows.CodeOf(err) != workflows.Illegal:
			t.Errorf("impolite: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d decisions stand", won)
	}
	b.Work(t)
	after, err := b.Lists.Show(context.Background(), workbench.Ella, r.ID)
	workbench.Must(t, err)
	if len(after.Decisions) != 1 || (after.State == workflows.Issued) != (len(after.Cert) > 0) {
		t.Errorf("%s with %d decisions", after.State, len(after.Decisions))
	}
}

// TestEveryStateEveryVerb: a pair is legal only if the table says so, and an ended
// request stays ended.
func TestEveryStateEveryVerb(t *testing.T) {
	verbs := []workflows.Verb{workflows.VerbCSR, workflows.VerbApprove, workflows.VerbReject, workflows.VerbHold, workflows.VerbResume, workflows.VerbCancel,
		workflows.VerbExpire, workflows.VerbIssue, workflows.VerbReopen, workflows.VerbReturn, workflows.VerbFail, workflows.VerbInstall, workflows.VerbSupersede, workflows.VerbRevoke}
	legal := 0
	for _, s := range workflows.States {
		for _, v := range verbs {
			to, ok := s.Next(v)
			if !ok {
				continue
			}
			legal++
			if s.Ended() && (s != workflows.Superseded || v != workflows.VerbRevoke) {
				t.Errorf("%s has ended, but %s leads to %s", s, v, to)
			}
			// A certificate may exist from Approved on: nothing may then hide it.
			if (s == workflows.Approved || s == workflows.Issuing) && (to == workflows.Cancelled || to == workflows.Rejected || to == workflows.Expired) {
				t.Errorf("%s -> %s hides a certificate that may exist", s, to)
			}
		}
	}
	if legal != 21 {
		t.Errorf("%d legal moves; 21 were meant: look at state.go", legal)
	}
}

// TestRelease: a key goes to its requester, once.
func TestRelease(t *testing.T) {
	b := workbench.New(t)
	courier := &workbench.Handed{}
	b.KeyRelease.Courier = courier
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.KeyRelease.Release(context.Background(), "", workbench.Ella, r.ID)
	workbench.Wants(t, "before it is issued", err, workflows.Illegal)
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	_, err = b.KeyRelease.Release(context.Background(), "", workbench.Anselm, r.ID)
	workbench.Wants(t, "somebody else", err, workflows.Forbidden)
	_, err = b.KeyRelease.Release(context.Background(), "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	_, err = b.KeyRelease.Release(context.Background(), "", workbench.Ella, r.ID)
	workbench.Wants(t, "a second time", err, workflows.Conflict)
	if courier.N != 1 || courier.To != workbench.Ella {
		t.Errorf("handed over %d times, to %s", courier.N, courier.To)
	}
}
