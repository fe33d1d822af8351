package intake

import (
	"context"
	"time"

	"countersign/workflows"
)

// maxTwins bounds of how many certificates of a plan a twin is looked for: nobody reads more.
const maxTwins = 20

// withTwins is c with the certificates in use that have the names of what it asks for, once
// it stands at the review.
func (s *Service) withTwins(ctx context.Context, rd workflows.Reader, c workflows.Conversation, now time.Time) (workflows.Conversation, error) {
	c.Twins = nil
	if c.Phase != workflows.Reviewing {
		return c, nil
	}
	var replaces workflows.RequestID
	if c.Replaces != nil {
		replaces = c.Replaces.Request
	}
	specs := s.PlanOf(c).Requestable()
	for _, spec := range specs[:min(len(specs), maxTwins)] {
		twin, err := s.Twins.TwinOf(ctx, rd, c.Person, spec, replaces, now)
		if err != nil {
			return c, err
		}
		if twin != nil {
			c.Twins = append(c.Twins, *twin)
		}
	}
	return c, nil
}
