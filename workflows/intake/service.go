package intake

import (
	"context"
	"time"

	"countersign/workflows"
)

// Service fills in the request form with a person, at whichever door. It is safe for
// concurrent use.
type Service struct {
	*workflows.Kernel
	Submitter Submitter
	Twins     Twins
	Model     Model // nil: there is none
}

// Submitter makes requests of what a conversation has described, as changes for the
// transaction of rd.
type Submitter interface {
	Submit(ctx context.Context, rd workflows.Reader, in workflows.Submission, now time.Time) (workflows.Change, error)
	// MayKeepCSR says whether a CSR that a person gave may be stored.
	MayKeepCSR(ctx context.Context, rd workflows.Reader, der []byte, beside ...workflows.Request) error
}

// Twins finds certificates in use.
type Twins interface {
	// TwinOf finds the one, other than that of replaces, that has every name of what by asks for
	// as spec; nil: there is none.
	TwinOf(ctx context.Context, rd workflows.Reader, by workflows.Person, spec workflows.Spec, replaces workflows.RequestID, now time.Time) (*workflows.Twin, error)
}

// Model is the part of the optional model that reads what people write in conversations.
// What holds for Model holds for it.
type Model interface {
	// Fields reads values for fields out of a text: words of it, or options with the words
	// that say so. They are proposals.
	Fields(ctx context.Context, id, text string, fields []Wanted) (map[string]workflows.Proposal, error)
	// Spent is what was spent so far, to be given back after a restart.
	Spent() string
}
