package issuance

import "countersign/workflows"

// Jobs are the effects of issuance, and how they are done.
func (s *Service) Jobs() workflows.Jobs {
	j, jobs := jobs{s}, workflows.Jobs{}
	workflows.Handle(jobs, j.makeCSR, workflows.Job{Waits: s.ShowTrouble, Ends: j.fail})
	workflows.Handle(jobs, j.issue, workflows.Job{Waits: s.ShowTrouble, Ends: j.fail})
	workflows.Handle(jobs, j.revoke, workflows.Job{Waits: s.ShowTrouble, Ends: j.revokeByHand})
	workflows.Handle(jobs, j.revokeUnused, workflows.Job{Waits: j.unusedWaits, Ends: j.unusedByHand})
	workflows.Handle(jobs, j.lost, workflows.Job{})
	workflows.Handle(jobs, j.storeBeside, workflows.Job{})
	workflows.Handle(jobs, j.destroy, workflows.Job{})
	return jobs
}
