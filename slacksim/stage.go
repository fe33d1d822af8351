package slacksim

import (
	"context"
	"fmt"
	"time"
)

// T is the part of testing.TB that a Stage needs. A walkthrough outside tests
// brings its own.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any) // must not return
	Cleanup(f func())
}

// Stage is a workspace in a test: people act on it in the words of a user and
// see what a user would see. Waiting never sleeps; it ends when the thing is
// there, and fails the test after Patience.
type Stage struct {
	*Sim
	Patience time.Duration // default 30 s; looking ends when the thing is there
	t        T
}

// Start starts a workspace that closes with the test.
func Start(t T, ws Workspace, opt ...Options) *Stage {
	t.Helper()
	var o Options
	if len(opt) > 0 {
		o = opt[0]
	}
	sim, err := New(ws, o)
	if err != nil {
		t.Fatalf("start the workspace: %v", err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Errorf("close the workspace: %v", err)
		}
	})
	return sim.Stage(t)
}

// Stage lets a test or walkthrough act on a workspace that runs already.
func (s *Sim) Stage(t T) *Stage { return &Stage{Sim: s, Patience: 30 * time.Second, t: t} }

// Connected waits until the app holds n Socket Mode connections.
func (st *Stage) Connected(n int) {
	st.t.Helper()
	if !st.until(st.Patience, func() bool { return st.Connections() >= n }) {
		st.t.Fatalf("the app holds %d of %d connections after %v", st.Connections(), n, st.Patience)
	}
}

// until calls cond, under the lock, now and after every change, until it is
// true; false: it never was.
func (st *Stage) until(patience time.Duration, cond func() bool) bool {
	ctx, cancel := context.WithTimeout(st.life.ctx, patience)
	defer cancel()
	for {
		st.state.mu.Lock()
		done, changed := cond(), st.state.changed
		st.state.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// Quiet waits until nothing has changed and no event has been open for the
// given time, and then fails the test for each message of the app that nobody
// has looked at: an unexpected one.
func (st *Stage) Quiet(still time.Duration) {
	st.t.Helper()
	deadline := time.Now().Add(st.Patience)
	for {
		st.state.mu.Lock()
		changed := st.state.changed
		st.state.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(still):
			if st.pump.out.idle() {
				st.unclaimed()
				return
			}
		}
		if time.Now().After(deadline) {
			st.t.Fatalf("the workspace is still busy after %v", st.Patience)
		}
	}
}

func (st *Stage) unclaimed() {
	st.t.Helper()
	st.state.mu.Lock()
	var found []string
	for _, id := range st.state.order {
		ch := st.state.channels[id]
		for _, m := range ch.messages {
			if m.fromApp && !m.claimed {
				found = append(found, fmt.Sprintf("in %s: %s", st.state.label(ch), st.state.snapshot(ch, m).Shown()))
			}
		}
	}
	st.state.mu.Unlock()
	for _, f := range found {
		st.t.Errorf("unexpected message %s", f)
	}
}
