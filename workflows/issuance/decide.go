package issuance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/certs"
	"countersign/workflows"
)

// MayDecide says, before somebody is asked for a reason, whether the verdict could
// count. The decision itself asks again.
func (s *Service) MayDecide(ctx context.Context, by workflows.Person, id workflows.RequestID, v workflows.Verdict, hash string) error {
	return s.Update(ctx, "", by, string(v), string(id), s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return workflows.Change{}, err
		}
		policy, members := s.PolicyOf(r)
		_, no := decide(r, workflows.Decision{Request: id, By: by, Verdict: v, Hash: hash, Reason: "…", At: now}, policy, members)
		if no != nil {
			return workflows.Change{}, no
		}
		return workflows.Change{}, nil
	})
}

// Decided is one person's click, as the card that was clicked had it.
type Decided struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Request workflows.RequestID
	Verdict workflows.Verdict
	Hash    string // of the request as that card showed it
	Reason  string
}

// decide is the rule of a decision, pure: the request as it would be after it.
func decide(r workflows.Request, d workflows.Decision, p workflows.Policy, members []workflows.Person) (workflows.Request, *workflows.Error) {
	refused := workflows.MayDecide(r, d.By, members)
	if refused != nil {
		return r, refused
	}
	to, legal := r.State.Next(verbOf(d.Verdict))
	switch {
	case !legal && d.Verdict == workflows.Approve && r.State == workflows.OnHold:
		return r, workflows.Refuse(workflows.Illegal, "workflows.refuse.on_hold", "Request", string(r.ID))
	case !legal:
		return r, tooLate(r)
	case !r.Expires.IsZero() && !d.At.Before(r.Expires): // the sweep comes within a minute
		return r, workflows.Refuse(workflows.Conflict, "workflows.refuse.already."+string(workflows.Expired), "Request", string(r.ID))
	case len(r.CSR) == 0 && d.Verdict == workflows.Approve:
		return r, workflows.Refuse(workflows.Illegal, "workflows.refuse.no_csr_yet", "Request", string(r.ID))
	case d.Hash != r.Hash():
		return r, workflows.Refuse(workflows.Stale, "workflows.refuse.stale", "Request", string(r.ID))
	case d.Reason == "" && (d.Verdict == workflows.Reject || d.Verdict == workflows.Hold):
		return r, &workflows.Error{Code: workflows.Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_required")}
	case workflows.HoldsKey(d.Reason):
		return r, &workflows.Error{Code: workflows.Invalid, Field: "reason", Text: certs.T("workflows.problem.private_key")}
	case utf8.RuneCountInString(d.Reason) > workflows.MaxReason:
		return r, &workflows.Error{Code: workflows.Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_long")}
	}
	for _, old := range r.Decisions {
		if d.Verdict != workflows.Approve || old.Verdict != workflows.Approve || old.By != d.By || old.Hash != d.Hash {
			continue
		}
		if approvals(r, d.Hash, among(members)) < p.Approvals() {
			return r, workflows.Refuse(workflows.Conflict, "workflows.refuse.already_approved", "Request", string(r.ID))
		}
		// It was sent back because somebody was no approver then, who is one again: what was
		// approved stands, and this click brings it on.
		r.State = to
		return r, nil
	}
	d.Reason = workflows.WithoutSecrets(d.Reason)
	r.Decisions = append(slices.Clone(r.Decisions), d)
	if d.Verdict == workflows.Approve && approvals(r, d.Hash, among(members)) < p.Approvals() {
		return r, nil // counted; more are needed
	}
	r.State = to
	if r.State == workflows.Rejected {
		r.EndedBy, r.EndReason = d.By, d.Reason
	}
	return r, nil
}

func verbOf(v workflows.Verdict) workflows.Verb {
	switch v {
	case workflows.Approve:
		return workflows.VerbApprove
	case workflows.Reject:
		return workflows.VerbReject
	case workflows.Hold:
		return workflows.VerbHold
	case workflows.Resume:
		return workflows.VerbResume
	}
	return ""
}

// Decide records one person's verdict. Of any number of people who click at once
// exactly one closes the request; the others get an Error with code Conflict.
func (s *Service) Decide(ctx context.Context, in Decided) (workflows.Request, error) {
	after, err := s.Step(ctx, in.Receipt, in.By, string(in.Verdict), in.Request, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		return decided(s, r, workflows.Decision{Request: r.ID, By: in.By, Verdict: in.Verdict, Hash: in.Hash, Reason: strings.TrimSpace(in.Reason), At: now})
	})
	if err == nil {
		after.Version++
	}
	return after, err
}

// decided is a request after a decision, with what follows.
func decided(s *Service, r workflows.Request, d workflows.Decision) (workflows.Request, workflows.Change, error) {
	policy, members := s.PolicyOf(r)
	next, no := decide(r, d, policy, members)
	if no != nil {
		return r, workflows.Change{}, no
	}
	return next, workflows.Change{Decisions: next.Decisions[len(r.Decisions):], Effects: followOn(next),
		Audit: []workflows.Audit{{Verb: string(d.Verdict), Detail: workflows.Detail("hash", d.Hash, "state", string(next.State))}}}, nil
}

// followOn is what a decision sets going, beside the redrawing.
func followOn(r workflows.Request) []workflows.Effect {
	switch r.State {
	case workflows.Approved:
		// Approved anew after somebody left, it is another effect than the first.
		return []workflows.Effect{workflows.NewEffect(workflows.Work, string(r.ID), fmt.Sprintf("%s/issue/%d", r.ID, r.Version), workflows.Issue{Request: r.ID})}
	case workflows.Rejected:
		return []workflows.Effect{workflows.Notification(r, "rejected"), workflows.Task(r, workflows.DestroyKey{Request: r.ID})}
	case workflows.OnHold:
		return []workflows.Effect{workflows.Notification(r, "on_hold")}
	default:
	}
	return nil
}
