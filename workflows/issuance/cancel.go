package issuance

import (
	"context"
	"time"

	"countersign/workflows"
)

// Cancel ends a request of by's own that is not approved yet.
func (s *Service) Cancel(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, reason string) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "cancel", id, cancelled(by, reason))
}

// CancelGroup is Cancel for all requests of a group that can still be cancelled.
func (s Groups) CancelGroup(ctx context.Context, receipt workflows.Receipt, by workflows.Person, group string) ([]workflows.Request, error) {
	return s.StepGroup(ctx, receipt, by, "cancel", group, nil, cancelled(by, ""))
}

func cancelled(by workflows.Person, reason string) workflows.Rule {
	return func(_ workflows.Reader, r workflows.Request, _ time.Time) (workflows.Request, workflows.Change, error) {
		to, legal := r.State.Next(workflows.VerbCancel)
		switch {
		case r.Requester != by:
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(r.ID))
		case !legal:
			return r, workflows.Change{}, tooLate(r)
		}
		r.State, r.EndedBy, r.EndReason = to, by, workflows.ClipReason(reason)
		return r, workflows.Change{Effects: []workflows.Effect{workflows.Task(r, workflows.DestroyKey{Request: r.ID})}}, nil
	}
}
