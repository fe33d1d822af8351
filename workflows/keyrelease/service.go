package keyrelease

import (
	"countersign/workflows"
)

// Service hands the private key of an issued certificate to its requester. It is safe for
// concurrent use.
type Service struct {
	*workflows.Kernel
	Courier Courier
}
