package keyrelease

import (
	"context"

	"countersign/workflows"
)

// Jobs are the effects of key releases, and how they are done.
func (s *Service) Jobs() workflows.Jobs {
	jobs := workflows.Jobs{}
	workflows.HandleRequest(s.Kernel, jobs, s.release, workflows.Job{Waits: s.ShowTrouble, Undo: s.notReleased})
	workflows.HandleRequest(s.Kernel, jobs, s.watch, workflows.Job{})
	workflows.HandleRequest(s.Kernel, jobs, s.takeBack, workflows.Job{})
	workflows.HandleRequest(s.Kernel, jobs, s.doubt, workflows.Job{})
	workflows.Handle(jobs, s.endAsk, workflows.Job{})
	return jobs
}

// notReleased undoes a release that failed for good.
func (s *Service) notReleased(ctx context.Context, e workflows.Effect, why workflows.Text) (workflows.Change, error) {
	p, err := workflows.ReadPayload[workflows.HandOver](e)
	if err != nil {
		return workflows.Change{}, err
	}
	return s.takenBack(ctx, p, "key_failed", why)
}
