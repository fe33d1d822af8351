package intake

import (
	"context"

	"countersign/workflows"
)

// Model is the part of the optional model that reads what people write in conversations.
// What holds for Model holds for it.
type Model interface {
	// Fields reads values for fields out of a text: words of it, or options with the words
	// that say so. They are proposals.
	Fields(ctx context.Context, id, text string, fields []Wanted) (map[string]workflows.Proposal, error)
	// Spent is what was spent so far, to be given back after a restart.
	Spent() string
}
