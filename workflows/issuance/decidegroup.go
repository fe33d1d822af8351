package issuance

import (
	"context"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
)

// DecidedGroup is one person's click on the card of a group, as that card had it.
type DecidedGroup struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Group   string
	Verdict workflows.Verdict
	Hash    string                // workflows.GroupHash of the requests that the card showed
	Except  []workflows.RequestID // of an approval: these are rejected, for Reason
	Reason  string
}

// MayDecideGroup says, before somebody is asked for a reason, whether they could decide on what
// that card showed. The decision itself asks again.
func (s Groups) MayDecideGroup(ctx context.Context, by workflows.Person, group string, v workflows.Verdict, hash string) ([]workflows.Request, error) {
	var all []workflows.Request
	err := s.Update(ctx, "", by, string(v), group, s.Refusal(by), func(rd workflows.Reader, now time.Time) (_ workflows.Change, err error) {
		if all, err = workflows.ReadGroup(ctx, rd, group); err != nil {
			return workflows.Change{}, err
		}
		if no := unchanged(hash)(all); no != nil {
			return workflows.Change{}, no
		}
		_, members := s.PolicyOf(all[0])
		if no := workflows.MayDecide(all[0], by, members); no != nil {
			return workflows.Change{}, no
		}
		return workflows.Change{}, nil
	})
	return all, err
}

// unchanged refuses what was clicked on a card that showed something else.
func unchanged(hash string) func([]workflows.Request) *workflows.Error {
	return func(all []workflows.Request) *workflows.Error {
		if workflows.GroupHash(all) != hash {
			return workflows.Refuse(workflows.Stale, "workflows.refuse.stale_group")
		}
		return nil
	}
}

// DecideGroup records one person's verdict on all requests of a group that wait for one, each
// bound to the hash of that request: all of it, or nothing. What is on hold is not approved with
// the others, nor rejected as an exception of that approval.
func (s Groups) DecideGroup(ctx context.Context, in DecidedGroup) ([]workflows.Request, error) {
	return s.StepGroup(ctx, in.Receipt, in.By, string(in.Verdict), in.Group, unchanged(in.Hash), func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		switch {
		case r.Awaits() == workflows.AwaitDecision:
		case r.State.Can(workflows.VerbReject):
			return r, workflows.Change{}, workflows.Refuse(workflows.Illegal, "workflows.refuse.no_csr_yet", "Request", string(r.ID))
		default:
			return r, workflows.Change{}, tooLate(r)
		}
		d := workflows.Decision{Request: r.ID, By: in.By, Verdict: in.Verdict, Hash: r.Hash(), Reason: strings.TrimSpace(in.Reason), At: now}
		switch {
		case in.Verdict == workflows.Approve && r.State == workflows.Submitted && slices.Contains(in.Except, r.ID):
			d.Verdict = workflows.Reject
		case in.Verdict == workflows.Approve:
			d.Reason = ""
		}
		return decided(s.Service, r, d)
	})
}
