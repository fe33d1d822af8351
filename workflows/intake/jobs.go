package intake

import "countersign/workflows"

// Jobs are the effects of conversations, and how they are done.
func (s *Service) Jobs() workflows.Jobs {
	jobs := workflows.Jobs{}
	workflows.Handle(jobs, s.propose, workflows.Job{Tries: workflows.MaxTries})
	return jobs
}
