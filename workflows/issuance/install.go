package issuance

import (
	"context"
	"time"

	"countersign/workflows"
)

// Install records that the certificate is in place, and ends what it replaces.
func (s *Service) Install(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID) (workflows.Request, error) {
	var after workflows.Request
	err := s.Update(ctx, receipt, by, "install", string(id), s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return workflows.Change{}, err
		}
		to, legal := r.State.Next(workflows.VerbInstall)
		switch {
		case r.Requester != by:
			return workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case !legal:
			return workflows.Change{}, tooLate(r)
		case r.Revoking != nil:
			return workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.revoking", "Request", string(id))
		case r.Stolen():
			return workflows.Change{}, workflows.Refuse(workflows.Illegal, "workflows.refuse.key_stolen", "Request", string(id))
		}
		r.State, r.Updated = to, now
		after = r
		c := workflows.Change{Requests: []workflows.Request{r}, Effects: []workflows.Effect{workflows.Redraw(r)}, Audit: []workflows.Audit{{At: now, Actor: by, Verb: "install", Subject: string(id)}}}
		if predecessor(r) == "" {
			return c, nil
		}
		old, err := rd.Request(ctx, predecessor(r))
		if err != nil {
			return c, err
		}
		if old, more, ended := s.superseded(r, old, by, now); ended {
			c.Requests, c.Effects, c.Audit = append(c.Requests, old), append(c.Effects, more.Effects...), append(c.Audit, more.Audit...)
		}
		return c, nil
	})
	return after, err
}

// superseded is old after r, which replaces it, was installed; false when it stays: r's
// requester may not end it, or nobody who approved r was shown that it would. Its owner
// hears of it when somebody else has done it.
func (s *Service) superseded(r, old workflows.Request, by workflows.Person, now time.Time) (workflows.Request, workflows.Change, bool) {
	shown := r.Replaces != nil && r.Replaces.Fits(r.Spec) || old.Requester == r.Requester
	if !shown || s.mayReplace(old, r.Requester) != nil {
		return old, workflows.Change{}, false
	}
	old = old.CloseAsk(workflows.AskOver, now)
	old.State, _ = old.State.Next(workflows.VerbSupersede)
	old.EndedBy, old.Updated = by, now
	c := workflows.Change{Effects: append([]workflows.Effect{workflows.Redraw(old)}, s.ended(old, now)...),
		Audit: []workflows.Audit{{At: now, Actor: by, Verb: "supersede", Subject: string(old.ID), Detail: workflows.Detail("by", string(r.ID))}}}
	if old.Requester != by {
		c.Effects = append(c.Effects, workflows.Notification(old, "superseded"))
	}
	return old, c, true
}
