package issuance

import (
	"context"
	"time"

	"countersign/workflows"
)

// Cancel ends a request of by's own that is not approved yet.
func (s *Service) Cancel(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, reason string) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "cancel", id, func(_ workflows.Reader, r workflows.Request, _ time.Time) (workflows.Request, workflows.Change, error) {
		to, legal := r.State.Next(workflows.VerbCancel)
		switch {
		case r.Requester != by:
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case !legal:
			return r, workflows.Change{}, tooLate(r)
		}
		r.State, r.EndedBy, r.EndReason = to, by, workflows.ClipReason(reason)
		return r, workflows.Change{Effects: []workflows.Effect{workflows.Task(r, workflows.DestroyKey{Request: r.ID})}}, nil
	})
}
