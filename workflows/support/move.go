package support

import (
	"context"

	"countersign/workflows"
)

// Move has a case of s whose answer cannot be posted at from live at to, its person's direct
// message, and be drawn there. One that has moved already stays where it is.
func Move(ctx context.Context, s *Service, id string, from, to workflows.Place) error {
	return s.stepCase(ctx, "", workflows.Robot, "case.move", id, func(old workflows.Case) (workflows.Change, error) {
		if old.Place != from {
			return workflows.Change{}, nil
		}
		next := old
		next.Place = to
		return workflows.Change{Cases: []workflows.Case{next}, Effects: []workflows.Effect{showCase(next)}, Audit: []workflows.Audit{{Verb: "case.move"}}}, nil
	})
}
