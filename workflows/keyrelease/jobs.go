package keyrelease

import (
	"context"

	"countersign/workflows"
)

// Jobs are the kinds of effects of key releases.
func (s *Service) Jobs() workflows.Jobs {
	return workflows.Jobs{
		workflows.KindRelease:  {Do: s.release, Waits: s.ShowTrouble, Undo: s.notReleased},
		workflows.KindWatch:    {Do: s.watch},
		workflows.KindTakeBack: {Do: s.takeBack},
		workflows.KindDoubt:    {Do: s.doubt},
		workflows.KindAskEnd:   {Do: s.endAsk},
	}
}

// notReleased undoes a release that failed for good.
func (s *Service) notReleased(ctx context.Context, body workflows.Body, why workflows.Text) (workflows.Change, error) {
	return s.takenBack(ctx, body, "key_failed", why)
}
