package support

import (
	"countersign/workflows"
)

// Jobs are the kinds of effects of support.
func (s *Service) Jobs() workflows.Jobs {
	j := jobs{s}
	return workflows.Jobs{workflows.KindProbe: {Do: j.probeHost}, workflows.KindAssist: {Do: j.assist, Tries: workflows.MaxTries}}
}
