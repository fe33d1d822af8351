package support

import (
	"context"
	"sync"
	"sync/atomic"

	"countersign/triage"
	"countersign/triage/probe"
	"countersign/workflows"
)

// Service answers what people paste, and learns from those who know better. It is safe for
// concurrent use.
type Service struct {
	*workflows.Kernel
	Triage *triage.KB
	Group  string // of the people who may review what was taught
	Prober Prober // nil: no host is probed
	Model  Model  // nil: there is none

	memo     memo
	learnt   atomic.Pointer[triage.KB] // Triage and what was taught since; nil while nothing was
	learning sync.Mutex                // one Relearn at a time, so that the newest stays
}

// jobs are what the worker does for support in the background.
type jobs struct{ *Service }

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

// Model is the optional assistant. What it is given is redacted here and masked by it;
// what it gives was checked by it against that: it adds words, never a cause. An error
// means that it has nothing good to say, and nothing depends on it. It is bounded in
// time and money, and safe for concurrent use.
type Model interface {
	// Explain words an answer with findings in lang.
	Explain(ctx context.Context, id string, a triage.Answer, lang string) (string, error)
	// Likeliest gives the cause among the findings of a that it finds the likeliest.
	Likeliest(ctx context.Context, id string, a triage.Answer) (string, error)
	// Suggest gives a known cause for a text in which kb found none, with the span of the
	// text that shows it; "" when there is none.
	Suggest(ctx context.Context, id string, kb *triage.KB, text string) (cause string, e triage.Evidence, err error)
	// Ask gives a question about a case without findings, in lang.
	Ask(ctx context.Context, id string, a triage.Answer, lang string) (string, error)
	// Spent is what was spent so far, to be given back after a restart.
	Spent() string
}

// Lessons are the causes that members of the support group teach, and review. It is safe
// for concurrent use.
type Lessons struct{ *Service }
