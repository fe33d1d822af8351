package vault

import (
	"context"

	"countersign/certs"
)

// Checker is a custody or an issuer that tells before work begins what would stand in
// its way. It changes nothing.
type Checker interface {
	Check(ctx context.Context) []Check
}

// Check is one thing that was looked at.
type Check struct {
	Name string     // stable: "login writer", "kv version"; empty: the whole
	Err  error      // nil, or a Fault that says what to do
	Fine certs.Text // says so when Err is nil; zero: nothing more is to be said
}
