package support

import (
	"sync"
	"sync/atomic"

	"countersign/triage"
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
