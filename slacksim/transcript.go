package slacksim

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Direction says who spoke in an Entry.
type Direction string

// The directions of the transcript.
const (
	ToApp    Direction = "to_app"   // an event, interaction or command, and its acknowledgement
	FromApp  Direction = "from_app" // a Web API call and its answer; the state of connections
	ByPerson Direction = "person"   // what a person did or was shown
)

// Entry is one line of the transcript. Tokens, secrets and capabilities in it
// are masked.
type Entry struct {
	Time      time.Time       `json:"time"`
	Direction Direction       `json:"direction"`
	Kind      string          `json:"kind"` // event, interaction, command, api, response_url, socket, …
	Name      string          `json:"name"`
	Payload   json.RawMessage `json:"payload,omitempty"`
	Response  json.RawMessage `json:"response,omitempty"`
	Error     string          `json:"error,omitempty"`
	Millis    float64         `json:"millis,omitempty"`  // from sending to answer
	Attempt   int             `json:"attempt,omitempty"` // of a redelivered event
}

// Transcript keeps what passed, in memory and on a writer.
type Transcript struct {
	mu      sync.Mutex
	w       io.Writer
	entries []Entry
	secrets [][]byte
}

// maxEntries bounds what is kept in memory.
const maxEntries = 20_000

// tokenShape catches tokens that are not this app's.
var tokenShape = regexp.MustCompile(`xox[abeprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}`)

func newTranscript(w io.Writer, app App) *Transcript {
	t := &Transcript{w: w}
	for _, s := range []string{app.BotToken, app.AppToken, app.SigningSecret, app.VerificationToken} {
		t.secrets = append(t.secrets, []byte(s))
	}
	return t
}

func (t *Transcript) add(e Entry) {
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	e.Time = e.Time.UTC()
	e.Payload, e.Response = t.mask(e.Payload), t.mask(e.Response)
	if len(e.Response) > 0 && !json.Valid(e.Response) {
		e.Response, _ = json.Marshal(string(e.Response)) // a string always marshals
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = append(t.entries, e)
	if len(t.entries) > maxEntries+maxEntries/4 {
		t.entries = slices.Clone(t.entries[len(t.entries)-maxEntries:])
	}
	if t.w != nil {
		if line, err := json.Marshal(e); err == nil {
			_, _ = t.w.Write(append(line, '\n')) // a lost transcript line must not stop the workspace
		}
	}
}

func (t *Transcript) mask(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return nil
	}
	for _, secret := range t.secrets {
		if bytes.Contains(raw, secret) {
			raw = bytes.ReplaceAll(raw, secret, []byte("[masked]"))
		}
	}
	if bytes.Contains(raw, []byte("xox")) || bytes.Contains(raw, []byte("xapp-")) {
		raw = tokenShape.ReplaceAll(raw, []byte("[masked]"))
	}
	return raw
}

// Entries is a copy of what is kept, oldest first.
func (t *Transcript) Entries() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.entries)
}

// Find is the entries of one kind and name; an empty name means all.
func (t *Transcript) Find(kind, name string) []Entry {
	var out []Entry
	for _, e := range t.Entries() {
		if e.Kind == kind && (name == "" || e.Name == name) {
			out = append(out, e)
		}
	}
	return out
}

// WriteTo writes what is kept as JSON lines.
func (t *Transcript) WriteTo(w io.Writer) (int64, error) {
	var n int64
	for _, e := range t.Entries() {
		line, err := json.Marshal(e)
		if err != nil {
			return n, err
		}
		m, err := w.Write(append(line, '\n'))
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func millis(since time.Time) float64 {
	return float64(time.Since(since).Microseconds()) / 1000
}
