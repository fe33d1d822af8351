package workflows

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"countersign/certs"
)

// Undelivered is what is committed with a message that could not be delivered.
func (s *Kernel) Undelivered(e Effect, reason string) Change { return s.Dead(e, reason, nil) }

// Later puts an effect back without a failure: it has looked, and looks again.
type Later struct{ Due time.Time }

func (Later) Error() string { return Waiting }

// Waiting is the reason of an effect that is put back because its time has not come.
const Waiting = "waiting"

// lease is how long one effect may take before another worker may take it over. It
// is longer than any call that an effect makes is allowed to take.
const lease = 2 * time.Minute

// Job is how the effects of one kind are done. A noun of the middle registers its own.
type Job struct {
	// Do does it, and ends the effect in its last commit.
	Do func(ctx context.Context, e Effect) error
	// Waits shows people why it waits for something that passes; nil: nothing waits for it,
	// and its failures are not those of a request.
	Waits func(ctx context.Context, e Effect, why Text) error
	// Ends ends an effect that cannot be done; nil: it is buried, and the operators hear of it.
	Ends func(ctx context.Context, e Effect, why Text) error
	// Undo is what is committed beside with one that is buried; nil: nothing.
	Undo func(ctx context.Context, e Effect, why Text) (Change, error)
	// Tries bounds how often a Background job is claimed; 0: it bounds itself.
	Tries int
}

// Jobs are jobs by the kind of their effects.
type Jobs map[string]Job

// Handle has do done for the effects that carry a P. job says the rest of it.
func Handle[P Payload](jobs Jobs, do func(ctx context.Context, e Effect, p P) error, job Job) {
	job.Do = func(ctx context.Context, e Effect) error {
		p, err := ReadPayload[P](e)
		if err != nil {
			return err
		}
		return do(ctx, e, p)
	}
	var p P
	jobs[p.Kind()] = job
}

// HandleRequest is Handle for work on the request that a P names, as it is when the work begins.
func HandleRequest[P Payload](k *Kernel, jobs Jobs, do func(ctx context.Context, e Effect, p P, r Request) error, job Job) {
	Handle(jobs, func(ctx context.Context, e Effect, p P) error {
		r, err := k.ReadRequest(ctx, e.About().Request)
		if err != nil {
			return err
		}
		return do(ctx, e, p, r)
	}, job)
}

// Worker does the effects of the Work lane: keys, signing, releases, and what falls
// due with time. Several may run at once.
type Worker struct {
	Kernel *Kernel
	Jobs   Jobs
	Sweeps []func(ctx context.Context) error // once a minute: what ends with time
	Outbox Outbox
	Log    *slog.Logger
}

// hands is how many effects a Worker does at a time: a hand-over waits for the direct
// message that it goes to, and no signature is to wait for that.
const hands = 4

// Run works until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	var all sync.WaitGroup
	for n := range hands {
		all.Go(func() { w.hand(ctx, n == 0) })
	}
	all.Wait()
}

func (w *Worker) hand(ctx context.Context, sweeps bool) {
	swept := time.Time{}
	for ctx.Err() == nil {
		if now := w.Kernel.Now(); sweeps && now.Sub(swept) >= time.Minute {
			swept = now
			for _, sweep := range w.Sweeps {
				if err := sweep(ctx); err != nil {
					w.Log.ErrorContext(ctx, "sweep", "err", err)
				}
			}
		}
		busy, err := w.Step(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "work", "err", err)
		}
		if !busy {
			w.Outbox.Wait(ctx, Work, 30*time.Second)
		}
	}
}

// Step does one effect, if one is due.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	e, ok, err := w.Outbox.Claim(ctx, Work, lease)
	if err != nil || !ok {
		return false, err
	}
	within, done := context.WithTimeout(ctx, lease/2)
	defer done()
	job, known := w.Jobs[e.Kind]
	if !known {
		return true, w.Outbox.Bury(ctx, e, "unknown kind", w.Kernel.Dead(e, "unknown kind", nil))
	}
	if err = job.Do(within, e); err == nil {
		return true, nil
	}
	return true, w.failed(ctx, job, e, err)
}

// failed puts an effect back, or gives it up and says so to a person. The request
// shows the reason in both cases.
func (w *Worker) failed(ctx context.Context, job Job, e Effect, cause error) error {
	text, temporary := certs.T("workflows.trouble.internal"), true
	var p certs.Fault
	var no *Error
	var later Later
	switch {
	case ctx.Err() != nil:
		return w.Outbox.Retry(context.WithoutCancel(ctx), e, w.Kernel.Now(), "stopped")
	case errors.As(cause, &later):
		return w.putOff(ctx, e, later, cause)
	case errors.Is(cause, ErrUnreadable):
		return w.Outbox.Bury(ctx, e, "unreadable body", w.Kernel.Dead(e, "unreadable body", nil))
	case errors.As(cause, &p):
		text, temporary = p.Text(), p.Temporary()
	case errors.As(cause, &no):
		text, temporary = no.Text, no.Code == Unable || no.Code == Conflict
	}
	w.Log.WarnContext(ctx, "effect failed", "request_id", e.About().Request, "kind", e.Kind, "attempt", e.Attempts, "temporary", temporary, "err", cause)
	if temporary {
		var shown error
		if job.Waits != nil {
			shown = job.Waits(ctx, e, text)
		}
		if e.Attempts == noBlip {
			shown = errors.Join(shown, w.Kernel.waits(ctx, e, text))
		}
		return errors.Join(shown, w.Outbox.Retry(ctx, e, w.Kernel.Now().Add(backoff(e.Attempts)), text.Key))
	}
	if job.Ends != nil {
		return job.Ends(ctx, e, text)
	}
	told := w.Kernel.Dead(e, text.Key, &text)
	if job.Undo != nil {
		undone, err := job.Undo(ctx, e, text)
		if err != nil {
			return err
		}
		told.Requests, told.Effects, told.Audit = undone.Requests, append(told.Effects, undone.Effects...), append(told.Audit, undone.Audit...)
	}
	return w.Outbox.Bury(ctx, e, text.Key, told)
}

// putOff puts an effect back whose time has not come. What went wrong on the way, if
// anything did, is for the log.
func (w *Worker) putOff(ctx context.Context, e Effect, later Later, cause error) error {
	if cause != error(later) { //nolint:errorlint // the bare one is no failure
		w.Log.WarnContext(ctx, "effect put off", "subject", e.Subject, "kind", e.Kind, "err", cause)
	}
	return w.Outbox.Retry(ctx, e, later.Due, Waiting)
}

// backoff is 2 s, 4 s, ... up to 5 minutes, with a fifth of jitter so that a
// recovered Vault is not met by everybody at once.
func backoff(attempt int) time.Duration {
	d := min(time.Second<<min(max(attempt, 1), 9), 5*time.Minute)
	return d - time.Duration(rand.Int64N(int64(d)/5+1))
}

// noBlip is the attempt, half a minute after the first, from which on a failure is told
// to the operators.
const noBlip = 5

// waits tells the operators why work waits, also work that no card shows. One cause is
// told once an hour, however much waits for it.
func (s *Kernel) waits(ctx context.Context, e Effect, why certs.Text) error {
	hour := s.Now().UTC().Format("2006-01-02T15")
	told := NewEffect(Notify, "operators", fmt.Sprintf("waits/%s/%s/%s/%s", why.Key, why.Args["Identity"], why.Args["Role"], hour),
		WorkWaits{Failing{About: e.About(), Of: e.Kind, Text: &why}})
	return Commit(ctx, s.Store, Change{Effects: []Effect{told}})
}

// StillWaits tells the operators, once, of a message that has been claimed noBlip times and
// that Slack does not take, for a reason in a word.
func (s *Kernel) StillWaits(ctx context.Context, e Effect, reason string) error {
	if e.Attempts != noBlip || e.Subject == "operators" {
		return nil
	}
	return s.waits(ctx, e, certs.T("workflows.trouble.slack", "Why", reason))
}

// Dead is what is committed with a buried effect: the operators are told, in the words of
// why where there are some.
func (s *Kernel) Dead(e Effect, reason string, why *Text) Change {
	return Change{Effects: []Effect{NewEffect(Notify, "operators", e.Key+"/dead", WorkDead{Failing{About: e.About(), Of: e.Kind, Text: why, Reason: reason}})},
		Audit: []Audit{{At: s.Now(), Actor: Robot, Verb: "effect.dead", Subject: e.Subject, Detail: Detail("kind", e.Kind, "why", reason)}}}
}

// ShowTrouble shows on the request why it waits. Once the same text stands there, the
// card is left alone: a Vault that is sealed all night makes one message.
func (s *Kernel) ShowTrouble(ctx context.Context, e Effect, text certs.Text) error {
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		r, err := rd.Request(ctx, e.About().Request)
		if err != nil || r.Trouble.Text.Key == text.Key || r.State.Ended() && e.Kind != KindRevoke { // cancelled or given up meanwhile
			return Change{}, err
		}
		r.Trouble = Trouble{Text: text, Since: s.Now(), Tries: e.Attempts}
		return Complete(r, Change{Effects: []Effect{Notification(r, "trouble")}, Audit: []Audit{{Detail: Detail("why", text.Key, "kind", e.Kind)}}},
			Robot, "trouble", r.Trouble.Since), nil
	})
}

// Finish commits what an effect achieved together with the effect's own end.
func (s *Kernel) Finish(ctx context.Context, e Effect, id RequestID, step func(r Request, now time.Time) (Change, error)) error {
	return s.FinishWith(ctx, e, id, func(_ Reader, r Request, now time.Time) (Change, error) { return step(r, now) })
}

// FinishWith is finish for a step that reads more than its request.
func (s *Kernel) FinishWith(ctx context.Context, e Effect, id RequestID, step func(rd Reader, r Request, now time.Time) (Change, error)) error {
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		c, err := step(rd, r, s.Now())
		c.Done = append(c.Done, e.ID)
		return c, err
	})
}

// Done ends an effect that there is nothing to do for.
func (s *Kernel) Done(ctx context.Context, e Effect) error {
	return Commit(ctx, s.Store, Change{Done: []int64{e.ID}})
}

// ReadRequest is a request as it is now.
func (s *Kernel) ReadRequest(ctx context.Context, id RequestID) (Request, error) {
	return Read(ctx, s.Store, func(rd Reader) (Request, error) { return rd.Request(ctx, id) })
}

// ReadCase is a case as it is now.
func (s *Kernel) ReadCase(ctx context.Context, id string) (Case, error) {
	return Read(ctx, s.Store, func(rd Reader) (Case, error) { return rd.Case(ctx, id) })
}
