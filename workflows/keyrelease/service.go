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

// Parcel is one hand-over of the key of a request.
type Parcel struct {
	Request  workflows.Request
	Index    int // of its Releases
	Handover workflows.Handover
}

// Courier carries key hand-overs to one person, now, and forgets their secrets.
type Courier interface {
	// Deliver tells the requester of all hand-overs of a lot in one message, which key finds
	// again.
	Deliver(ctx context.Context, key string, lot []Parcel) error
	// Delivered gives the lot that was delivered under key, without its secrets; false when none
	// was.
	Delivered(ctx context.Context, key string, lot []Parcel) ([]Parcel, bool, error)
}
