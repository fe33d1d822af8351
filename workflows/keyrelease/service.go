package keyrelease

import (
	"context"

	"countersign/workflows"
)

// Service hands the private key of an issued certificate to its requester. It is safe for
// concurrent use.
type Service struct {
	*workflows.Kernel
	Courier Courier
}

// Courier carries a key hand-over to one person, now, and forgets its secret.
type Courier interface {
	// Deliver tells r's requester of h, the hand-over of that index, in a message that key
	// finds again.
	Deliver(ctx context.Context, r workflows.Request, index int, key string, h workflows.Handover) error
	// Delivered gives the hand-over that was delivered under key, without its secret;
	// false when none was.
	Delivered(ctx context.Context, r workflows.Request, index int, key string) (workflows.Handover, bool, error)
}
