package issuance

import (
	"context"
	"time"

	"countersign/workflows"
)

// Cancel ends a request of by's own that is not approved yet.
func (s *Service) Cancel(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, reason string) (workflows.Request, error) {
	var after workflows.Request
	err := s.Update(ctx, receipt, by, "cancel", string(id), s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return workflows.Change{}, err
		}
		after = r
		to, legal := r.State.Next(workflows.VerbCancel)
		switch {
		case r.Requester != by:
			return workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case !legal:
			return workflows.Change{}, tooLate(r)
		}
		r.State, r.EndedBy, r.EndReason, r.Updated = to, by, workflows.ClipReason(reason), now
		after = r
		return workflows.Change{Requests: []workflows.Request{r}, Effects: []workflows.Effect{workflows.Redraw(r), workflows.Task(r, workflows.KindDestroy)},
			Audit: []workflows.Audit{{At: now, Actor: by, Verb: "cancel", Subject: string(id)}}}, nil
	})
	return after, err
}
