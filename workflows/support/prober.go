package support

import (
	"context"

	"countersign/triage/probe"
)

// Prober makes live connections, as far as the operator allows them. It is safe for
// concurrent use. Only Look speaks to a network.
type Prober interface {
	// On reports whether anything is allowed at all.
	On() bool
	// Allows reports whether the operator's rules name a target.
	Allows(t probe.Target) bool
	// Look connects once, or a second time with the operator's client certificate, and gives
	// what came of each; it judges anew what is allowed.
	Look(ctx context.Context, t probe.Target) []probe.Result
}
