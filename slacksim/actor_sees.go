package slacksim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Sees waits for a message of the app at the actor's place that nobody has
// looked at yet and that shows all the words, and answers it. In a thread only
// its replies count; elsewhere threads count too.
func (a *Actor) Sees(words ...string) Message {
	a.stage.t.Helper()
	return a.WaitMessage(func(m Message) bool { return hasAll(m.Shown(), words) }, a.stage.Patience, fmt.Sprintf("a message with %q", words))
}

// WaitMessage is Sees with any condition and patience.
func (a *Actor) WaitMessage(match func(Message) bool, patience time.Duration, what string) Message {
	a.stage.t.Helper()
	var found Message
	if a.channel == "" {
		a.stage.t.Fatalf("%s has no direct message with the app; use In", a.name)
	}
	ok := a.stage.until(patience, func() bool {
		ch := a.stage.state.channels[a.channel]
		for _, m := range ch.messages {
			if !m.fromApp && m.user != slackbot || m.claimed || m.onlyFor != "" && m.onlyFor != a.id || !ch.members[a.id] {
				continue
			}
			if a.thread != "" && (m.threadTS != a.thread || m.ts == a.thread) {
				continue
			}
			if snap := a.stage.state.snapshot(ch, m); match(snap) {
				m.claimed, found = true, snap
				return true
			}
		}
		return false
	})
	if !ok {
		a.stage.t.Fatalf("%s sees no %s after %v; there is:\n%s", a.name, what, patience, a.scene())
	}
	return found
}

// SeesChange waits until a message that was seen before shows all the words.
func (a *Actor) SeesChange(m Message, words ...string) Message {
	a.stage.t.Helper()
	var found Message
	ok := a.stage.until(a.stage.Patience, func() bool {
		ch := a.stage.state.channels[m.Channel]
		now := ch.at(m.TS)
		if now == nil {
			return false
		}
		found = a.stage.state.snapshot(ch, now)
		return hasAll(found.Shown(), words)
	})
	if !ok {
		a.stage.t.Fatalf("the message does not come to show %q; it shows:\n%s", words, found.Shown())
	}
	return found
}

// SeesGone waits until a message is deleted.
func (a *Actor) SeesGone(m Message) {
	a.stage.t.Helper()
	if !a.stage.until(a.stage.Patience, func() bool { return a.stage.state.channels[m.Channel].at(m.TS) == nil }) {
		a.stage.t.Fatalf("the message is still there: %s", m.Shown())
	}
}

// SeesModal waits for a modal on top that shows all the words.
func (a *Actor) SeesModal(words ...string) View {
	a.stage.t.Helper()
	return a.seesView("modal", words, func() *view { return a.stage.state.top(a.id) })
}

// seesView waits until what now answers, if anything, shows all the words.
func (a *Actor) seesView(what string, words []string, now func() *view) View {
	a.stage.t.Helper()
	var found View
	ok := a.stage.until(a.stage.Patience, func() bool {
		v := now()
		if v == nil {
			return false
		}
		found = a.stage.state.snapshotView(v)
		return hasAll(found.Shown(), words)
	})
	if !ok {
		a.stage.t.Fatalf("%s sees no %s with %q; there is:\n%s", a.name, what, words, found.Shown())
	}
	return found
}

// SeesNoModal waits until no modal is open.
func (a *Actor) SeesNoModal() {
	a.stage.t.Helper()
	if !a.stage.until(a.stage.Patience, func() bool { return a.stage.state.top(a.id) == nil }) {
		a.stage.t.Fatalf("%s still has a modal open", a.name)
	}
}

// Home opens the Home tab and waits for the app to publish it with all the
// words.
func (a *Actor) Home(words ...string) View {
	a.stage.t.Helper()
	opened := time.Now()
	a.must("opens Home", a.stage.OpenHome(a.id))
	return a.seesView("Home tab", words, func() *view {
		if v := a.stage.state.homes[a.id]; v != nil && !v.shown.Before(opened) {
			return v
		}
		return nil
	})
}

// SeesToast waits for a passing note with all the words.
func (a *Actor) SeesToast(words ...string) {
	a.stage.t.Helper()
	ok := a.stage.until(a.stage.Patience, func() bool {
		return slices.ContainsFunc(a.stage.pages.toasts[a.id], func(t string) bool { return hasAll(t, words) })
	})
	if !ok {
		a.stage.t.Fatalf("%s sees no note with %q", a.name, words)
	}
}

// scene tells what an actor sees, for failed tests.
func (a *Actor) scene() string {
	var b strings.Builder
	all := a.Messages()
	for _, m := range all[max(0, len(all)-8):] {
		fmt.Fprintf(&b, "  %s (%s): %s\n", m.UserName, m.TS, strings.ReplaceAll(m.Shown(), "\n", " | "))
	}
	for _, e := range a.stage.Transcript().Entries() {
		if e.Kind == "api" && strings.Contains(string(e.Response), `"ok":false`) {
			fmt.Fprintf(&b, "  %s answered %s\n", e.Name, e.Response)
		}
	}
	return b.String()
}
