package intake

import (
	"countersign/workflows"
)

// Jobs are the kinds of effects of conversations.
func (s *Service) Jobs() workflows.Jobs {
	return workflows.Jobs{workflows.KindPropose: {Do: s.propose, Tries: workflows.MaxTries}}
}
