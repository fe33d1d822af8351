package slacksim

import (
	"context"
	"fmt"
	"strings"
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

// As is a person, by handle or id, in the direct message with the app.
func (st *Stage) As(person string) *Actor {
	st.t.Helper()
	st.mu.Lock()
	p := st.byHandle(person)
	var ch string
	if p != nil && p.Team.ID == st.ws.Team.ID {
		ch = st.directWith(p.ID).ID
	}
	st.mu.Unlock()
	if p == nil {
		st.t.Fatalf("no person %q", person)
	}
	return &Actor{stage: st, id: p.ID, name: p.Handle, channel: ch}
}

// Connected waits until the app holds n Socket Mode connections.
func (st *Stage) Connected(n int) {
	st.t.Helper()
	if !st.until(st.Patience, func() bool { return st.Connections() >= n }) {
		st.t.Fatalf("the app holds %d of %d connections after %v", st.Connections(), n, st.Patience)
	}
}

// until waits for cond, which runs under the lock.
func (st *Stage) until(patience time.Duration, cond func() bool) bool {
	ctx, cancel := context.WithTimeout(st.ctx, patience)
	defer cancel()
	return st.waitFor(ctx, cond) == nil
}

// Quiet waits until nothing has changed and no event has been open for the
// given time, and then fails the test for each message of the app that nobody
// has looked at: an unexpected one.
func (st *Stage) Quiet(still time.Duration) {
	st.t.Helper()
	deadline := time.Now().Add(st.Patience)
	for {
		st.mu.Lock()
		changed := st.changed
		st.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(still):
			if st.out.idle() {
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
	st.mu.Lock()
	var found []string
	for _, id := range st.order {
		ch := st.channels[id]
		for _, m := range ch.messages {
			if m.fromApp && !m.claimed {
				found = append(found, fmt.Sprintf("in %s: %s", ch.label(st.Sim), st.snapshot(ch, m).Shown()))
			}
		}
	}
	st.mu.Unlock()
	for _, f := range found {
		st.t.Errorf("unexpected message %s", f)
	}
}

// Actor is a person at a place: a channel, a direct message or a thread.
type Actor struct {
	stage   *Stage
	id      string
	name    string
	channel string
	thread  string
}

// ID is the person's Slack user id.
func (a *Actor) ID() string { return a.id }

// In is the same person in a channel, by #name or id.
func (a *Actor) In(channel string) *Actor {
	a.stage.t.Helper()
	a.stage.mu.Lock()
	ch := a.stage.find(channel)
	a.stage.mu.Unlock()
	if ch == nil {
		a.stage.t.Fatalf("no channel %q", channel)
	}
	return &Actor{stage: a.stage, id: a.id, name: a.name, channel: ch.ID}
}

// InThread is the same person in the thread of a message.
func (a *Actor) InThread(m Message) *Actor {
	root := m.TS
	if m.ThreadTS != "" {
		root = m.ThreadTS
	}
	return &Actor{stage: a.stage, id: a.id, name: a.name, channel: m.Channel, thread: root}
}

func (a *Actor) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(a.stage.ctx, a.stage.opt.AckWithin+a.stage.Patience)
}

func (a *Actor) must(what string, err error) {
	a.stage.t.Helper()
	if err != nil {
		a.stage.t.Fatalf("%s %s: %v", a.name, what, err)
	}
}

// Says posts a message.
func (a *Actor) Says(text string) Message {
	a.stage.t.Helper()
	ts, err := a.stage.Say(a.id, a.channel, a.thread, text)
	a.must("says", err)
	return a.at(ts)
}

// Uploads shares a file with an optional comment.
func (a *Actor) Uploads(name string, data []byte, text string) Message {
	a.stage.t.Helper()
	_, ts, err := a.stage.Share(a.id, a.channel, a.thread, text, Upload{Name: name, Data: data})
	a.must("uploads", err)
	return a.at(ts)
}

// Attaches uploads a file for a file_input and answers its id.
func (a *Actor) Attaches(name string, data []byte) string {
	a.stage.t.Helper()
	ids, _, err := a.stage.Share(a.id, "", "", "", Upload{Name: name, Data: data})
	a.must("attaches", err)
	return ids[0]
}

// Runs types a slash command, such as "/cert new".
func (a *Actor) Runs(line string) {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	command, text, _ := strings.Cut(line, " ")
	a.must("runs "+line, a.stage.Command(ctx, a.id, a.channel, command, text))
}

// UsesShortcut runs a global shortcut, by name or callback id.
func (a *Actor) UsesShortcut(name string) {
	a.stage.t.Helper()
	a.shortcut(name, Message{})
}

// UsesMessageShortcut runs a message shortcut on m.
func (a *Actor) UsesMessageShortcut(name string, m Message) {
	a.stage.t.Helper()
	a.shortcut(name, m)
}

func (a *Actor) shortcut(name string, m Message) {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	for _, sc := range a.stage.ws.App.Shortcuts {
		if sc.Name == name && sc.OnMessage == (m.TS != "") {
			name = sc.CallbackID
		}
	}
	a.must("uses "+name, a.stage.Shortcut(ctx, a.id, name, m.Channel, m.TS))
}

// Reacts adds an emoji to a message.
func (a *Actor) Reacts(m Message, emoji string) {
	a.stage.t.Helper()
	a.must("reacts", a.stage.React(a.id, m.Channel, m.TS, emoji))
}
