package workflows_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"countersign/workflows"
)

func (b *bench) decide(who workflows.Person, r workflows.Request, v workflows.Verdict) (workflows.Request, error) {
	return b.Decide(context.Background(), workflows.Decided{By: who, Request: r.ID, Verdict: v, Hash: r.Hash(), Reason: "because"})
}

func wants(t *testing.T, what string, err error, code workflows.Code) {
	t.Helper()
	if workflows.CodeOf(err) != code || (code != "" && err == nil) {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// TestWhoMayDecide: invariants 1 and 6 of the design, and each refusal is recorded.
func TestWhoMayDecide(t *testing.T) {
	b := newBench(t)
	stranger := workflows.Person{Team: "T1", ID: "U0STRANGER"}
	outsider := workflows.Person{Team: "T2", ID: "U0ANSELM"} // an approver's ID in another workspace
	robot := workflows.Person{Team: "T1", ID: "U0ROBOT"}
	guest := workflows.Person{Team: "T1", ID: "U0GUEST"}
	gone := workflows.Person{Team: "T1", ID: "U0GONE"}
	b.people.known[robot] = workflows.Profile{Person: robot, Bot: true}
	b.people.known[guest] = workflows.Profile{Person: guest, Guest: true}
	b.people.known[gone] = workflows.Profile{Person: gone, Deleted: true}
	b.people.known[outsider] = workflows.Profile{Person: outsider}
	b.people.groups["pki"] = append(b.people.groups["pki"], stranger, outsider, robot, guest, gone)
	r := b.submitted(t, anselm, portal()) // the requester is an approver himself
	for name, who := range map[string]workflows.Person{"requester": anselm, "not in the group": ella, "unknown": stranger, "other workspace": outsider, "bot": robot, "guest": guest, "deactivated": gone} {
		_, err := b.decide(who, r, workflows.Approve)
		wants(t, name, err, workflows.Forbidden)
	}
	var refusals int
	must(t, b.db.View(context.Background(), func(rd workflows.Reader) error {
		rows, err := rd.Audit(context.Background(), string(r.ID), 0, 100)
		for _, row := range rows {
			if row.Verb == "refuse:approve" {
				refusals++
			}
		}
		return err
	}))
	if refusals != 7 {
		t.Errorf("%d refusals in the audit record, want 7", refusals)
	}
	b.people.groups["pki"] = nil
	_, err := b.decide(bolin, r, workflows.Approve)
	wants(t, "empty group", err, workflows.Forbidden)
	b.people.groups["pki"] = []workflows.Person{bolin}
	after, err := b.decide(bolin, r, workflows.Approve)
	must(t, err)
	if after.State != workflows.Approved {
		t.Errorf("state %s after the approval", after.State)
	}
}

// TestDecisionIsBoundToWhatWasShown: another hash is stale, and a second person is
// needed where the policy says two.
func TestDecisionIsBoundToWhatWasShown(t *testing.T) {
	b := newBench(t)
	b.Policies[0].Need = 2
	r := b.submitted(t, ella, portal())
	old := r
	old.Purpose = "something else"
	_, err := b.decide(anselm, old, workflows.Approve)
	wants(t, "stale", err, workflows.Stale)
	after, err := b.decide(anselm, r, workflows.Approve)
	must(t, err)
	if after.State != workflows.Submitted {
		t.Errorf("one of two approvals made it %s", after.State)
	}
	_, err = b.decide(anselm, r, workflows.Approve)
	wants(t, "the same person twice", err, workflows.Conflict)
	after, err = b.decide(bolin, r, workflows.Approve)
	must(t, err)
	if after.State != workflows.Approved {
		t.Errorf("two approvals made it %s", after.State)
	}
	b.work(t)
	issued, err := b.Show(context.Background(), ella, r.ID)
	must(t, err)
	if issued.State != workflows.Issued || len(issued.Cert) == 0 {
		t.Errorf("not issued: %s %+v", issued.State, issued.Trouble)
	}
}

// TestHoldAndReject: hold keeps approvals out until somebody resumes; both say why.
func TestHoldAndReject(t *testing.T) {
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	_, err := b.Decide(context.Background(), workflows.Decided{By: anselm, Request: r.ID, Verdict: workflows.Reject, Hash: r.Hash()})
	wants(t, "no reason", err, workflows.Invalid)
	_, err = b.decide(anselm, r, workflows.Hold)
	must(t, err)
	_, err = b.decide(bolin, r, workflows.Approve)
	wants(t, "approve on hold", err, workflows.Illegal)
	_, err = b.decide(bolin, r, workflows.Resume)
	must(t, err)
	_, err = b.decide(bolin, r, workflows.Reject)
	must(t, err)
	_, err = b.decide(anselm, r, workflows.Approve)
	wants(t, "after the end", err, workflows.Conflict)
	_, err = b.Cancel(context.Background(), "", ella, r.ID, "")
	wants(t, "cancel after the end", err, workflows.Conflict)
}

// TestSixteenApproversAtOnce: one outcome, fifteen polite refusals, one certificate.
func TestSixteenApproversAtOnce(t *testing.T) {
	b := newBench(t)
	var crowd []workflows.Person
	for i := range 16 {
		p := workflows.Person{Team: "T1", ID: fmt.Sprint("U0A", i)}
		b.people.known[p] = workflows.Profile{Person: p}
		crowd = append(crowd, p)
	}
	b.people.groups["pki"] = crowd
	r := b.submitted(t, ella, portal())
	errs := make([]error, len(crowd))
	var all sync.WaitGroup
	for i, p := range crowd {
		all.Go(func() { _, errs[i] = b.decide(p, r, []workflows.Verdict{workflows.Approve, workflows.Reject}[i%2]) })
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
	b.work(t)
	after, err := b.Show(context.Background(), ella, r.ID)
	must(t, err)
	if len(after.Decisions) != 1 || (after.State == workflows.Issued) != (len(after.Cert) > 0) {
		t.Errorf("%s with %d decisions", after.State, len(after.Decisions))
	}
}

// TestEveryStateEveryVerb: a pair is legal only if the table says so, and an ended
// request stays ended.
func TestEveryStateEveryVerb(t *testing.T) {
	states := []workflows.State{workflows.Submitted, workflows.OnHold, workflows.Approved, workflows.Issuing, workflows.Issued, workflows.Installed,
		workflows.Rejected, workflows.Cancelled, workflows.Expired, workflows.Failed, workflows.Superseded, workflows.Revoked}
	verbs := []workflows.Verb{workflows.VerbCSR, workflows.VerbApprove, workflows.VerbReject, workflows.VerbHold, workflows.VerbResume, workflows.VerbCancel,
		workflows.VerbExpire, workflows.VerbIssue, workflows.VerbReturn, workflows.VerbFail, workflows.VerbInstall, workflows.VerbSupersede, workflows.VerbRevoke}
	legal := 0
	for _, s := range states {
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
	if legal != 20 {
		t.Errorf("%d legal moves; 20 were meant: look at state.go", legal)
	}
}

// TestRelease: a key goes to its requester, once.
func TestRelease(t *testing.T) {
	b := newBench(t)
	courier := &handed{}
	b.Courier = courier
	r := b.submitted(t, ella, portal())
	_, err := b.Release(context.Background(), "", ella, r.ID)
	wants(t, "before it is issued", err, workflows.Illegal)
	_, err = b.decide(anselm, r, workflows.Approve)
	must(t, err)
	b.work(t)
	_, err = b.Release(context.Background(), "", anselm, r.ID)
	wants(t, "somebody else", err, workflows.Forbidden)
	_, err = b.Release(context.Background(), "", ella, r.ID)
	must(t, err)
	b.work(t)
	_, err = b.Release(context.Background(), "", ella, r.ID)
	wants(t, "a second time", err, workflows.Conflict)
	if courier.n != 1 || courier.to != ella {
		t.Errorf("handed over %d times, to %s", courier.n, courier.to)
	}
}

type handed struct {
	n    int
	to   workflows.Person
	last workflows.Handover
}

func (h *handed) Deliver(_ context.Context, r workflows.Request, _ int, _ string, to workflows.Handover) error {
	h.n++
	h.to, h.last = r.Requester, to
	return nil
}

func (h *handed) Delivered(context.Context, workflows.Request, int, string) (workflows.Handover, bool, error) {
	return workflows.Handover{}, false, nil
}
