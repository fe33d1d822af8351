package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/certs"
)

// maxReason bounds what people write beside a decision, in characters: what a Slack
// section holds.
const maxReason = 2000

// Decided is one person's click, as the card that was clicked had it.
type Decided struct {
	Receipt Receipt
	By      Person
	Request RequestID
	Verdict Verdict
	Hash    string // of the request as that card showed it
	Reason  string
}

// decide is the rule of a decision, pure: the request as it would be after it.
func decide(r Request, d Decision, p Policy, members []Person) (Request, *Error) {
	refused := mayDecide(r, d.By, members)
	if refused != nil {
		return r, refused
	}
	to, legal := r.State.Next(verbOf(d.Verdict))
	switch {
	case !legal && d.Verdict == Approve && r.State == OnHold:
		return r, Refuse(Illegal, "workflows.refuse.on_hold", "Request", string(r.ID))
	case !legal:
		return r, tooLate(r)
	case !r.Expires.IsZero() && !d.At.Before(r.Expires): // the sweep comes within a minute
		return r, Refuse(Conflict, "workflows.refuse.already."+string(Expired), "Request", string(r.ID))
	case len(r.CSR) == 0 && d.Verdict == Approve:
		return r, Refuse(Illegal, "workflows.refuse.no_csr_yet", "Request", string(r.ID))
	case d.Hash != r.Hash():
		return r, Refuse(Stale, "workflows.refuse.stale", "Request", string(r.ID))
	case d.Reason == "" && (d.Verdict == Reject || d.Verdict == Hold):
		return r, &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_required")}
	case holdsKey(d.Reason):
		return r, &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.private_key")}
	case utf8.RuneCountInString(d.Reason) > maxReason:
		return r, &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_long")}
	}
	for _, old := range r.Decisions {
		if d.Verdict != Approve || old.Verdict != Approve || old.By != d.By || old.Hash != d.Hash {
			continue
		}
		if approvals(r, d.Hash, among(members)) < p.need() {
			return r, Refuse(Conflict, "workflows.refuse.already_approved", "Request", string(r.ID))
		}
		// It was sent back because somebody was no approver then, who is one again: what was
		// approved stands, and this click brings it on.
		r.State = to
		return r, nil
	}
	d.Reason = withoutSecrets(d.Reason)
	r.Decisions = append(append([]Decision(nil), r.Decisions...), d)
	if d.Verdict == Approve && approvals(r, d.Hash, among(members)) < p.need() {
		return r, nil // counted; more are needed
	}
	r.State = to
	if r.State == Rejected {
		r.EndedBy, r.EndReason = d.By, d.Reason
	}
	return r, nil
}

func verbOf(v Verdict) Verb {
	switch v {
	case Approve:
		return VerbApprove
	case Reject:
		return VerbReject
	case Hold:
		return VerbHold
	case Resume:
		return VerbResume
	}
	return ""
}

// tooLate says politely what has become of the request in the meantime.
func tooLate(r Request) *Error {
	return Refuse(Conflict, "workflows.refuse.already."+string(r.State), "Request", string(r.ID))
}

// Decide records one person's verdict. Of any number of people who click at once
// exactly one closes the request; the others get an Error with code Conflict.
func (s *Service) Decide(ctx context.Context, in Decided) (Request, error) {
	refused := s.admit(in.By)
	var after Request
	err := s.update(ctx, in.Receipt, in.By, string(in.Verdict), string(in.Request), refused, func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, in.Request)
		if err != nil {
			return Change{}, err
		}
		policy, members := s.policyOf(r)
		d := Decision{Request: r.ID, By: in.By, Verdict: in.Verdict, Hash: in.Hash, Reason: strings.TrimSpace(in.Reason), At: now}
		next, no := decide(r, d, policy, members)
		if no != nil {
			after = r
			return Change{}, no
		}
		next.Updated = now
		after = next
		c := Change{Requests: []Request{next}, Decisions: next.Decisions[len(r.Decisions):],
			Audit: []Audit{{At: now, Actor: in.By, Verb: string(in.Verdict), Subject: string(r.ID), Detail: detail("hash", in.Hash, "state", string(next.State))}}}
		c.Effects = append(c.Effects, redraw(next))
		switch next.State {
		case Approved:
			// Approved anew after somebody left, it is another effect than the first.
			e := effect(Work, string(next.ID), KindIssue, fmt.Sprintf("%s/issue/%d", next.ID, next.Version), Body{Request: next.ID})
			c.Effects = append(c.Effects, e, tell(next, "approved"))
		case Rejected:
			c.Effects = append(c.Effects, tell(next, "rejected"), work(next, KindDestroy))
		case OnHold:
			c.Effects = append(c.Effects, tell(next, "on_hold"))
		case Submitted:
			if in.Verdict == Resume {
				c.Effects = append(c.Effects, tell(next, "resumed"))
			}
		default:
		}
		return c, nil
	})
	if err != nil {
		return after, err
	}
	after.Version++
	return after, nil
}
