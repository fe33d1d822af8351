package support

import "countersign/workflows"

// Jobs are the effects of support, and how they are done.
func (s *Service) Jobs() workflows.Jobs {
	j, jobs := jobs{s}, workflows.Jobs{}
	workflows.Handle(jobs, j.probeHost, workflows.Job{})
	workflows.Handle(jobs, j.assist, workflows.Job{Tries: workflows.MaxTries})
	return jobs
}
