package issuance

import (
	"context"

	"countersign/workflows"
)

// Jobs are the kinds of effects of issuance.
func (s *Service) Jobs() workflows.Jobs {
	j := jobs{s}
	return workflows.Jobs{
		workflows.KindCSR:     {Do: ofRequest(j.makeCSR), Waits: s.ShowTrouble, Ends: j.fail},
		workflows.KindIssue:   {Do: ofRequest(j.issue), Waits: s.ShowTrouble, Ends: j.fail},
		workflows.KindRevoke:  {Do: ofRequest(j.revoke), Waits: s.ShowTrouble, Ends: j.revokeByHand},
		workflows.KindUnused:  {Do: j.revokeUnused, Waits: j.unusedWaits, Ends: j.unusedByHand},
		workflows.KindLost:    {Do: ofRequest(j.lost)},
		workflows.KindKeep:    {Do: ofRequest(j.storeBeside)},
		workflows.KindDestroy: {Do: ofRequest(j.destroy)},
	}
}

func ofRequest(do func(context.Context, workflows.Effect, workflows.RequestID) error) func(context.Context, workflows.Effect, workflows.Body) error {
	return func(ctx context.Context, e workflows.Effect, body workflows.Body) error {
		return do(ctx, e, body.Request)
	}
}
