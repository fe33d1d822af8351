package issuance

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// maxRevocationAsks bounds how often one certificate's revocation is asked for.
const maxRevocationAsks = 20

// MayAskRevocation says whether who may ask the approvers of r to revoke its certificate for
// a reason: its owners for any, everybody where its key may be in other hands.
func (s *Service) MayAskRevocation(who workflows.Person, r workflows.Request, reason string) *workflows.Error {
	if no := s.Refusal(who); no != nil {
		return no
	}
	switch i := r.OpenRevocationAsk(); {
	case reason != workflows.KeyCompromise && !s.Owns(r, who):
		return workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_owner", "Request", string(r.ID))
	case !r.State.Can(workflows.VerbRevoke):
		return tooLate(r)
	case r.Revoking != nil:
		return workflows.Refuse(workflows.Conflict, "workflows.refuse.revoking", "Request", string(r.ID))
	case i >= 0 && (r.RevocationAsks[i].Urgent() || reason != workflows.KeyCompromise), len(r.RevocationAsks) >= maxRevocationAsks:
		return workflows.Refuse(workflows.Conflict, "workflows.refuse.revocation_asked", "Request", string(r.ID))
	}
	return nil
}

// AskRevocation asks the approvers of a request to revoke its certificate. A report that the
// key is in other hands takes the place of a lesser ask.
func (s *Service) AskRevocation(ctx context.Context, in RevokeOrder) (workflows.Request, error) {
	return s.Step(ctx, in.Receipt, in.By, "revoke.ask", in.Request, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		if no := s.MayAskRevocation(in.By, r, in.Reason); no != nil {
			return r, workflows.Change{}, no
		}
		if _, known := reasonCodes[in.Reason]; !known {
			return r, workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "revocation", Text: certs.T("workflows.problem.revocation_reason")}
		}
		note, no := workflows.CheckedReason(in.Note, "")
		if no != nil {
			return r, workflows.Change{}, no
		}
		r = r.CloseRevocationAsk(in.By, false, now)
		r.RevocationAsks = append(slices.Clone(r.RevocationAsks), workflows.RevocationAsk{By: in.By, Reason: in.Reason, Note: note, At: now})
		c := workflows.Change{Audit: []workflows.Audit{{Detail: workflows.Detail("reason", in.Reason, "serial", r.Serial())}}}
		if in.By != r.Requester {
			c.Effects = append(c.Effects, workflows.Notification(r, "revocation_asked"))
		}
		return r, c, nil
	})
}

// RefuseRevocation turns down what was asked for. Who may order it may refuse it.
func (s *Service) RefuseRevocation(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, ask int) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "revoke.refuse", id, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		_, members := s.PolicyOf(r)
		switch {
		case !slices.Contains(members, by):
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_revoker", "Request", string(id))
		case ask < 0 || r.OpenRevocationAsk() != ask:
			return r, workflows.Change{}, tooLate(r)
		}
		r = r.CloseRevocationAsk(by, false, now)
		return r, workflows.Change{Effects: []workflows.Effect{workflows.Notification(r, "revocation_refused")}}, nil
	})
}

// Revocable gives who's own requests whose certificates can be revoked, newest change first.
func (s *Service) Revocable(ctx context.Context, who workflows.Person) ([]workflows.Request, error) {
	if no := s.Refusal(who); no != nil {
		return nil, no
	}
	return workflows.Read(ctx, s.Store, func(rd workflows.Reader) ([]workflows.Request, error) {
		return rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, Requester: who, States: workflows.StatesThat(workflows.VerbRevoke), Limit: 20})
	})
}
