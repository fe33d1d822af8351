package slacksim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Message is a message as it stood when it was looked at.
type Message struct {
	Channel, TS, ThreadTS string
	User, UserName, Text  string
	Ephemeral             bool
	Files                 []string // names
	FileIDs               []string
	Blocks                []any
	Raw                   json.RawMessage
}

// View is a modal or Home tab as it stood when it was looked at.
type View struct {
	ID, Hash, CallbackID, Title string
	Blocks                      []any
	Home                        bool
	Raw                         json.RawMessage
}

// snapshot copies a message. The caller holds mu.
func (s *Sim) snapshot(ch *channel, m *message) Message {
	raw, err := json.Marshal(s.seenMessage(ch, m))
	if err != nil {
		panic("slacksim: message is not JSON: " + err.Error()) // built here from JSON values
	}
	out := Message{Channel: ch.ID, TS: m.ts, ThreadTS: m.threadTS, User: m.user, UserName: s.nameOf(m), Text: m.text,
		Ephemeral: m.onlyFor != "", Raw: raw, Blocks: m.blocks}
	for _, f := range m.files {
		out.Files, out.FileIDs = append(out.Files, f.name), append(out.FileIDs, f.id)
	}
	return out
}

func (s *Sim) snapshotView(v *view) View {
	raw, err := json.Marshal(s.viewJSON(v))
	if err != nil {
		panic("slacksim: view is not JSON: " + err.Error()) // built here from JSON values
	}
	return View{ID: v.id, Hash: v.hash, CallbackID: v.callbackID, Title: v.titleText(), Raw: raw, Home: v.kind == "home", Blocks: v.blocks}
}

// withLabel is a link with words of its own: those are what a person reads.
var withLabel = regexp.MustCompile(`<(?:https?|ftp|mailto):[^<>|]*\|([^<>]*)>`)

// Shown is every word a person reads in the message: its blocks, or its text
// where it has none, and the names of its files.
func (m Message) Shown() string {
	words := wordsOf(m.Blocks)
	if len(m.Blocks) == 0 {
		words = []string{withLabel.ReplaceAllString(m.Text, "$1")}
	}
	var raw struct {
		Attachments []any `json:"attachments"`
	}
	if json.Unmarshal(m.Raw, &raw) == nil {
		words = append(words, wordsOf(raw.Attachments)...)
	}
	return strings.Join(append(words, m.Files...), "\n")
}

// Shown is every word a person reads in the view.
func (v View) Shown() string {
	return strings.Join(append([]string{v.Title}, wordsOf(v.Blocks)...), "\n")
}

// Buttons are the words on the buttons of the message, in order.
func (m Message) Buttons() []string { return buttonsOf(m.Blocks) }

// Buttons are the words on the buttons of the view, in order.
func (v View) Buttons() []string { return buttonsOf(v.Blocks) }

func buttonsOf(blocks []any) []string {
	var out []string
	for _, node := range blocks {
		b, _ := node.(object)
		for e := range elementsOf(b) {
			if str(e, "type") == "button" {
				out = append(out, wordOf(e["text"]))
			}
		}
	}
	return out
}

func wordOf(node any) string {
	t, _ := node.(object)
	return str(t, "text")
}

// wordsOf collects texts in reading order.
func wordsOf(node any) []string {
	var out []string
	switch v := node.(type) {
	case []any:
		for _, child := range v {
			out = append(out, wordsOf(child)...)
		}
	case object:
		for _, key := range []string{"title", "label", "pretext", "text", "fields", "elements", "rows", "accessory", "element", "options",
			"option_groups", "placeholder", "hint", "description", "alt_text", "fallback", "blocks"} {
			child := v[key]
			if s, ok := child.(string); ok && s != "" {
				out = append(out, s)
			} else {
				out = append(out, wordsOf(child)...)
			}
		}
	}
	return out
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

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
		ch := a.stage.channels[a.channel]
		for _, m := range ch.messages {
			if !m.fromApp && m.user != slackbot || m.claimed || m.onlyFor != "" && m.onlyFor != a.id || !ch.members[a.id] {
				continue
			}
			if a.thread != "" && (m.threadTS != a.thread || m.ts == a.thread) {
				continue
			}
			if snap := a.stage.snapshot(ch, m); match(snap) {
				m.claimed, found = true, snap
				return true
			}
		}
		return false
	})
	if !ok {
		a.stage.t.Fatalf("%s sees no %s after %v; there is:\n%s", a.name, what, patience, a.stage.scene(a))
	}
	return found
}

// SeesChange waits until a message that was seen before shows all the words.
func (a *Actor) SeesChange(m Message, words ...string) Message {
	a.stage.t.Helper()
	var found Message
	ok := a.stage.until(a.stage.Patience, func() bool {
		ch := a.stage.channels[m.Channel]
		now := ch.at(m.TS)
		if now == nil {
			return false
		}
		found = a.stage.snapshot(ch, now)
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
	if !a.stage.until(a.stage.Patience, func() bool { return a.stage.channels[m.Channel].at(m.TS) == nil }) {
		a.stage.t.Fatalf("the message is still there: %s", m.Shown())
	}
}

// SeesModal waits for a modal on top that shows all the words.
func (a *Actor) SeesModal(words ...string) View {
	a.stage.t.Helper()
	var found View
	ok := a.stage.until(a.stage.Patience, func() bool {
		v := a.stage.top(a.id)
		if v == nil {
			return false
		}
		found = a.stage.snapshotView(v)
		return hasAll(found.Shown(), words)
	})
	if !ok {
		a.stage.t.Fatalf("%s sees no modal with %q; there is:\n%s", a.name, words, found.Shown())
	}
	return found
}

// SeesNoModal waits until no modal is open.
func (a *Actor) SeesNoModal() {
	a.stage.t.Helper()
	if !a.stage.until(a.stage.Patience, func() bool { return a.stage.top(a.id) == nil }) {
		a.stage.t.Fatalf("%s still has a modal open", a.name)
	}
}

// Home opens the Home tab and waits for the app to publish it with all the
// words.
func (a *Actor) Home(words ...string) View {
	a.stage.t.Helper()
	opened := time.Now()
	a.must("opens Home", a.stage.OpenHome(a.id))
	var found View
	ok := a.stage.until(a.stage.Patience, func() bool {
		v := a.stage.homes[a.id]
		if v == nil || v.shown.Before(opened) {
			return false
		}
		found = a.stage.snapshotView(v)
		return hasAll(found.Shown(), words)
	})
	if !ok {
		a.stage.t.Fatalf("%s sees no Home tab with %q; it shows:\n%s", a.name, words, found.Shown())
	}
	return found
}

// SeesToast waits for a passing note with all the words.
func (a *Actor) SeesToast(words ...string) {
	a.stage.t.Helper()
	ok := a.stage.until(a.stage.Patience, func() bool {
		for _, t := range a.stage.toasts[a.id] {
			if hasAll(t.Text, words) {
				return true
			}
		}
		return false
	})
	if !ok {
		a.stage.t.Fatalf("%s sees no note with %q", a.name, words)
	}
}

// at is the message with a ts in the actor's channel.
func (a *Actor) at(ts string) Message {
	a.stage.mu.Lock()
	defer a.stage.mu.Unlock()
	ch := a.stage.channels[a.channel]
	return a.stage.snapshot(ch, ch.at(ts))
}

// Messages is everything the actor can see at the place now, oldest first.
func (a *Actor) Messages() []Message {
	a.stage.mu.Lock()
	defer a.stage.mu.Unlock()
	var out []Message
	ch := a.stage.channels[a.channel]
	for _, m := range ch.messages {
		if (m.onlyFor == "" || m.onlyFor == a.id) && (a.thread == "" || m.threadTS == a.thread || m.ts == a.thread) {
			out = append(out, a.stage.snapshot(ch, m))
		}
	}
	return out
}

// scene tells what an actor sees, for failed tests.
func (st *Stage) scene(a *Actor) string {
	var b strings.Builder
	all := a.Messages()
	for _, m := range all[max(0, len(all)-8):] {
		fmt.Fprintf(&b, "  %s (%s): %s\n", m.UserName, m.TS, strings.ReplaceAll(m.Shown(), "\n", " | "))
	}
	for _, e := range st.transcript.Entries() {
		if e.Kind == "api" && strings.Contains(string(e.Response), `"ok":false`) {
			fmt.Fprintf(&b, "  %s answered %s\n", e.Name, e.Response)
		}
	}
	return b.String()
}

func (ch *channel) label(s *Sim) string {
	if ch.kind == direct {
		return "the direct message with " + s.people[ch.with].Handle
	}
	return "#" + ch.Name
}
