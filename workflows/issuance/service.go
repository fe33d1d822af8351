package issuance

import "countersign/workflows"

// Service takes certificates from the request to the end of their lives. It is safe for
// concurrent use.
type Service struct {
	*workflows.Kernel
}

// jobs are what the worker does for issuance, after the commits of people.
type jobs struct{ *Service }

// Groups are the requests of a plan that share a card, and what is done to all of them with one
// click. It is safe for concurrent use.
type Groups struct {
	*Service
}

// Lists are the requests as one person may see them. It is safe for concurrent use.
type Lists struct {
	*workflows.Kernel
}
