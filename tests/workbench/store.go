package workbench

import (
	"context"

	"countersign/workflows"
)

// Broken is a store that cannot be read.
type Broken struct{ workflows.Store }

// View fails.
func (*Broken) View(context.Context, func(workflows.Reader) error) error { return ErrBroken }

// Update fails.
func (*Broken) Update(context.Context, workflows.Receipt, func(workflows.Reader) (workflows.Change, error)) error {
	return ErrBroken
}
