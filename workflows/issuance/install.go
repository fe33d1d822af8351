package issuance

import (
	"context"
	"time"

	"countersign/workflows"
)

// Install records that the certificate is in place, and ends what it replaces.
func (s *Service) Install(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "install", id, installed(ctx, s, by))
}

// InstallGroup is Install for all certificates of a group that are there.
func (s Groups) InstallGroup(ctx context.Context, receipt workflows.Receipt, by workflows.Person, group string) ([]workflows.Request, error) {
	return s.StepGroup(ctx, receipt, by, "install", group, nil, installed(ctx, s.Service, by))
}

func installed(ctx context.Context, s *Service, by workflows.Person) workflows.Rule {
	return func(rd workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		to, legal := r.State.Next(workflows.VerbInstall)
		switch {
		case r.Requester != by:
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(r.ID))
		case !legal:
			return r, workflows.Change{}, tooLate(r)
		case r.Revoking != nil:
			return r, workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.revoking", "Request", string(r.ID))
		case r.Stolen():
			return r, workflows.Change{}, workflows.Refuse(workflows.Illegal, "workflows.refuse.key_stolen", "Request", string(r.ID))
		}
		r.State = to
		if predecessor(r) == "" {
			return r, workflows.Change{}, nil
		}
		old, err := rd.Request(ctx, predecessor(r))
		if err != nil {
			return r, workflows.Change{}, err
		}
		c := s.superseded(r, old, by, now)
		c.Audit = append([]workflows.Audit{{}}, c.Audit...)
		return r, c, nil
	}
}

// superseded is what becomes of old after r, which replaces it, was installed. It stays
// where r's requester may not end it, or nobody who approved r was shown that it would. Its
// owner hears of it when somebody else has done it.
func (s *Service) superseded(r, old workflows.Request, by workflows.Person, now time.Time) workflows.Change {
	shown := r.Replaces != nil && r.Replaces.Fits(r.Spec) || old.Requester == r.Requester
	if !shown || s.mayReplace(old, r.Requester) != nil {
		return workflows.Change{}
	}
	old = old.CloseAsk(workflows.AskOver, now)
	old.State, _ = old.State.Next(workflows.VerbSupersede)
	old.EndedBy, old.Updated = by, now
	c := workflows.Change{Requests: []workflows.Request{old}, Effects: append([]workflows.Effect{workflows.Redraw(old)}, s.ended(old, now)...),
		Audit: []workflows.Audit{{Verb: "supersede", Subject: string(old.ID), Detail: workflows.Detail("by", string(r.ID))}}}
	if old.Requester != by {
		c.Effects = append(c.Effects, workflows.Notification(old, "superseded"))
	}
	return c
}
