package issuance

import "countersign/workflows"

// Jobs are the effects of issuance, and how they are done.
func (s *Service) Jobs() workflows.Jobs {
	j, jobs := jobs{s}, workflows.Jobs{}
	workflows.HandleRequest(s.Kernel, jobs, j.makeCSR, workflows.Job{Waits: s.ShowTrouble, Ends: j.fail})
	workflows.HandleRequest(s.Kernel, jobs, j.issue, workflows.Job{Waits: s.ShowTrouble, Ends: j.fail})
	workflows.HandleRequest(s.Kernel, jobs, j.revoke, workflows.Job{Waits: s.ShowTrouble, Ends: j.revokeByHand})
	workflows.HandleRequest(s.Kernel, jobs, j.revokeUnused, workflows.Job{Waits: j.unusedWaits, Ends: j.unusedByHand})
	workflows.HandleRequest(s.Kernel, jobs, j.lost, workflows.Job{})
	workflows.HandleRequest(s.Kernel, jobs, j.storeBeside, workflows.Job{})
	workflows.HandleRequest(s.Kernel, jobs, j.destroy, workflows.Job{})
	return jobs
}
