package workflows

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Background is the lane of what nobody waits for: looks at hosts, the optional model. They
// are slow, and no key, signature or message stands behind them.
const Background Lane = "aside"

// The kinds of effects of the Aside lane.
const (
	KindProbe   = "look"    // look at the host that a case wants looked at
	KindAssist  = "assist"  // have the model say something about a case
	KindPropose = "propose" // have the model read what a person wrote in a conversation
)

// MaxTries is after how many claims an effect of the lane is given up: each a crash or a
// failed commit, since a failed look or call is a result.
const MaxTries = 4

// BackgroundWorker does the effects of the Aside lane. Several may run at once.
type BackgroundWorker struct {
	Kernel *Kernel
	Jobs   Jobs
	Outbox Outbox
	Log    *slog.Logger
}

// Run works until ctx ends.
func (w *BackgroundWorker) Run(ctx context.Context) {
	for ctx.Err() == nil {
		busy, err := w.Step(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "aside", "err", err)
		}
		if !busy {
			w.Outbox.Wait(ctx, Background, 30*time.Second)
		}
	}
}

// Step does one effect, if one is due.
func (w *BackgroundWorker) Step(ctx context.Context) (bool, error) {
	e, ok, err := w.Outbox.Claim(ctx, Background, lease)
	if err != nil || !ok {
		return false, err
	}
	within, done := context.WithTimeout(ctx, lease*3/4)
	defer done()
	job, known := w.Jobs[e.Kind]
	if !known {
		return true, w.Outbox.Bury(ctx, e, "unknown kind", w.Kernel.Dead(e, "unknown kind", nil))
	}
	err = job.Do(within, e)
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return true, w.Outbox.Retry(context.WithoutCancel(ctx), e, w.Kernel.Now(), "stopped")
	case errors.Is(err, ErrUnreadable):
		return true, w.Outbox.Bury(ctx, e, "unreadable body", w.Kernel.Dead(e, "unreadable body", nil))
	case CodeOf(err) == NotFound || job.Tries > 0 && e.Attempts >= job.Tries:
		return true, w.Outbox.Bury(ctx, e, "given up", Change{}) // all is as good without
	}
	w.Log.WarnContext(ctx, "effect failed", "case", e.About().Case, "conversation", e.About().Conversation, "kind", e.Kind, "attempt", e.Attempts, "err", err)
	return true, w.Outbox.Retry(ctx, e, w.Kernel.Now().Add(backoff(e.Attempts)), "internal")
}
