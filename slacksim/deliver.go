package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"
)

// delivery is one event on its way to the app, with its past attempts.
type delivery struct {
	name    string
	payload object
	raw     json.RawMessage
	attempt int
	reason  string
}

// eventQueue holds events in the order they happened. It never drops one.
type eventQueue struct {
	mu     sync.Mutex
	wake   chan struct{}
	list   []*delivery
	hourly hourly // used by the pump alone
	open   int    // events queued, under way or waiting for a retry
}

func (q *eventQueue) init() { q.wake = make(chan struct{}, 1) }

func (q *eventQueue) push(d *delivery) {
	q.mu.Lock()
	if d.attempt == 0 {
		q.open++
	}
	q.list = append(q.list, d)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *eventQueue) pop() *delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return nil
	}
	d := q.list[0]
	q.list = q.list[1:]
	return d
}

func (q *eventQueue) done() {
	q.mu.Lock()
	q.open--
	q.mu.Unlock()
}

// idle is true where no event is queued, unacknowledged or due for a retry.
func (q *eventQueue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.open == 0
}

func (q *eventQueue) close() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pump sends events one after the other in their order, without waiting for
// acknowledgements, until the workspace closes.
func (s *Sim) pump() {
	var held *delivery // kept back by the reorder fault
	var late <-chan time.Time
	for s.ctx.Err() == nil {
		d := s.out.pop()
		if d == nil {
			select {
			case <-s.out.wake:
			case <-late: // nothing followed: the event is late, not lost
				s.send(held)
				held, late = nil, nil
			case <-s.ctx.Done():
			}
			continue
		}
		if d = s.allowed(d); d == nil {
			continue
		}
		if held == nil && d.attempt == 0 && s.faults.take(FaultReorder, d.name) != nil {
			held, late = d, time.After(300*time.Millisecond)
			continue
		}
		s.send(d)
		if held != nil {
			s.send(held)
			held, late = nil, nil
		}
	}
}

// allowed is d, or what Slack sends in its place once an hour's events are
// used up, or nil.
func (s *Sim) allowed(d *delivery) *delivery {
	now := time.Now()
	if d.attempt > 0 || s.out.hourly.allow(now) {
		return d
	}
	told := s.rateLimited(now)
	if told == nil {
		s.out.done()
	}
	return told
}

var (
	errNoConnection = errors.New("no connection to the app")
	errNoAck        = errors.New("not acknowledged in time")
	errBadAnswer    = errors.New("answered with an error")
)

// send delivers an event once, and again if the duplicate fault says so, and
// sees to its retries.
func (s *Sim) send(d *delivery) {
	if d.raw == nil {
		raw, err := json.Marshal(d.payload)
		if err != nil {
			panic("slacksim: event is not JSON: " + err.Error()) // built here from JSON values
		}
		d.raw = raw
	}
	env := envelope{ID: envelopeID(), Type: "events_api", Payload: d.raw, RetryAttempt: d.attempt, RetryReason: d.reason, name: d.name}
	w := s.dispatch(env, doorEvents)
	s.spawn(func() { s.await(d, w) })
	s.duplicate(env, d.name, doorEvents)
}

// duplicate sends an envelope again where the fault says so, under its own id
// or a fresh one. Nobody waits for the acknowledgement of a copy.
func (s *Sim) duplicate(env envelope, name string, door doorKind) {
	f := s.faults.take(FaultDuplicate, name)
	if f == nil {
		return
	}
	for range max(1, f.Copies) {
		if !f.SameID {
			env.ID = envelopeID()
		}
		s.transcript.add(Entry{Direction: ToApp, Kind: "duplicate", Name: name, Payload: env.Payload})
		s.transmit(env, door, nil)
	}
}

// await waits for one acknowledgement and schedules what follows.
func (s *Sim) await(d *delivery, w *waiting) {
	sent := time.Now()
	ctx, cancel := context.WithTimeout(s.ctx, s.opt.AckWithin)
	defer cancel()
	answer, err := w.wait(ctx)
	s.transcript.add(Entry{Time: sent, Direction: ToApp, Kind: "event", Name: d.name, Payload: d.raw, Response: answer, Error: text(err),
		Millis: millis(sent), Attempt: d.attempt})
	if s.ctx.Err() != nil {
		return
	}
	if err == nil || errors.Is(err, errNoRetry) || d.attempt >= len(s.opt.Retries) {
		s.out.done()
		s.mu.Lock()
		s.touch()
		s.mu.Unlock()
		return
	}
	next := *d
	next.attempt++
	next.reason = retryReason(err)
	wait := s.opt.Retries[d.attempt]
	time.AfterFunc(wait, func() {
		if s.ctx.Err() == nil {
			s.out.push(&next)
		}
	})
}

func retryReason(err error) string {
	switch {
	case errors.Is(err, errNoAck):
		return "timeout"
	case errors.Is(err, errNoConnection):
		return "connection_failed"
	}
	return "http_error"
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func millis(since time.Time) float64 {
	return float64(time.Since(since).Microseconds()) / 1000
}

// interact delivers an interaction or command and answers the payload of its
// acknowledgement. It does not hold mu. There is no retry: Slack shows the
// person an error.
func (s *Sim) interact(ctx context.Context, kind, name string, payload object, accepts bool) (json.RawMessage, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	env := envelope{ID: envelopeID(), Type: kind, Payload: raw, AcceptsResponse: accepts, name: name}
	door := doorInteractivity
	switch {
	case kind == "slash_commands":
		door = doorCommands
	case payload["type"] == "block_suggestion":
		door = doorOptions
	}
	sent := time.Now()
	ctx, cancel := context.WithTimeout(ctx, s.opt.AckWithin)
	defer cancel()
	w := s.dispatch(env, door)
	s.duplicate(env, name, door)
	answer, err := w.wait(ctx)
	entryKind := "interaction"
	if kind == "slash_commands" {
		entryKind = "command"
	}
	s.transcript.add(Entry{Time: sent, Direction: ToApp, Kind: entryKind, Name: name, Payload: raw, Response: answer, Error: text(err), Millis: millis(sent)})
	return answer, err
}
