package issuance_test

import (
	"countersign/workflows"
)

// unreadable is a store in which nothing can be done on one request.
type unreadable struct {
	workflows.Store
	id workflows.RequestID
}
