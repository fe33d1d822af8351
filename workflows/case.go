package workflows

import (
	"slices"
	"sort"
	"strings"
	"time"

	"countersign/triage/artefact"
)

// Assist is what the model says about one answer to a case.
type Assist struct {
	Of        string `json:"of"`                  // the answer it is about
	Text      string `json:"text,omitempty"`      // the answer in other words
	Likeliest string `json:"likeliest,omitempty"` // cause among the rivals
	Possible  string `json:"possible,omitempty"`  // known cause for a text that matched none
	Line      int    `json:"line,omitempty"`      // of Quote
	Quote     string `json:"quote,omitempty"`     // the words of the input that show it
	Question  string `json:"question,omitempty"`
}

// Case is one triage conversation: what was pasted (redacted), what was found, what
// was answered, and how it ended.
type Case struct {
	ID        string                 `json:"id"`
	Version   int64                  `json:"version"`
	Person    Person                 `json:"person"`
	Place     Place                  `json:"place"`
	Lang      string                 `json:"lang"`
	Link      string                 `json:"link,omitempty"`       // to the message that somebody asked about
	Input     string                 `json:"input"`                // redacted before it gets here; bounded
	Pieces    []Piece                `json:"pieces,omitempty"`     // where the lines of Input come from
	Certs     []Attached             `json:"certs,omitempty"`      // certificates and requests of attached files
	Seen      []artefact.Observation `json:"seen,omitempty"`       // what attached files show
	Context   map[string]string      `json:"context,omitempty"`    // product, side: what was asked and answered
	Cause     string                 `json:"cause,omitempty"`      // first cause, for lists
	Probing   string                 `json:"looking,omitempty"`    // target that is being looked at
	Probes    []Probe                `json:"looks,omitempty"`      // what came of looking, newest last
	Assist    *Assist                `json:"assist,omitempty"`     // what the model said about the answer
	Ticks     []int                  `json:"ticks,omitempty"`      // fix steps done, in order
	TickedFor string                 `json:"ticked_for,omitempty"` // the cause whose steps they are
	Outcome   string                 `json:"outcome,omitempty"`    // solved, wrong, other:<cause>
	Comment   string                 `json:"comment,omitempty"`    // with the outcome, redacted
	Ended     Person                 `json:"ended,omitzero"`       // who gave the outcome
	Created   time.Time              `json:"created"`
	Updated   time.Time              `json:"updated"`
}

// Piece says that from line Line of a case's input on, lines are those of Name from
// line At on: a file, or an excerpt of one.
type Piece struct {
	Line int    `json:"line"`
	Name string `json:"name,omitempty"` // "" is what the person wrote
	At   int    `json:"at"`
}

// Attached is one certificate or request that a file held. Private keys are not kept.
type Attached struct {
	Name string `json:"name"`
	Line int    `json:"line,omitempty"`
	Kind string `json:"kind"`
	DER  []byte `json:"der"`
}

// Add appends text to the input as a piece, within the bounds of a case.
func (c *Case) Add(name string, at int, text string) {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return
	}
	text = ClipBytes(text, max(0, MaxCase-len(c.Input)))
	if text == "" {
		return
	}
	line := 1
	if c.Input != "" {
		line = strings.Count(c.Input, "\n") + 2
		c.Input += "\n"
	}
	c.Input += text
	c.Pieces = append(c.Pieces[:len(c.Pieces):len(c.Pieces)], Piece{Line: line, Name: name, At: at})
}

// Locate says where a line of the input comes from.
func (c Case) Locate(line int) (name string, at int) {
	i := sort.Search(len(c.Pieces), func(i int) bool { return c.Pieces[i].Line > line }) - 1
	if i < 0 || line < 1 {
		return "", line
	}
	return c.Pieces[i].Name, c.Pieces[i].At + line - c.Pieces[i].Line
}

// MaxCase bounds what a case keeps of the pasted text, in bytes after redaction. A
// longer log is read whole once and its matching lines are kept.
const MaxCase = 64 << 10

// Said is what people wrote themselves, without the logs.
func (c Case) Said() string {
	lines := strings.Split(c.Input, "\n")
	var b strings.Builder
	for i, p := range c.Pieces {
		to := len(lines) + 1
		if i+1 < len(c.Pieces) {
			to = c.Pieces[i+1].Line
		}
		if p.Name == "" && p.Line >= 1 && p.Line <= to && to-1 <= len(lines) {
			b.WriteString(strings.Join(lines[p.Line-1:to-1], "\n") + "\n")
		}
	}
	return b.String()
}

// With sets one thing that is known of a case; "" leaves it.
func (c Case) With(key, value string) Case {
	m := map[string]string{}
	for k, v := range c.Context {
		m[k] = v
	}
	if value != "" {
		m[key] = value
	} else if key == "kind" {
		delete(m, key)
	}
	c.Context = m
	return c
}

// MaxSaid bounds the lines of a case's own text that are quoted to others.
const MaxSaid = 8

// FirstLines gives the first lines of what was pasted, at most n and each short enough to
// be read; no armour.
func (c Case) FirstLines(n int) []string {
	lines := ProseLines(c.Input)
	lines = lines[:min(len(lines), n)]
	for i, line := range lines {
		lines[i] = ClipRunes(line, 240)
	}
	return lines
}

// Excerpt is the beginning of what was pasted, for people who were not there.
func (c Case) Excerpt() string { return strings.Join(c.FirstLines(MaxSaid), "\n") }

// KindInspect marks a case that is a look at certificates, not a search for a cause.
const KindInspect = "inspect"

// Inspecting reports whether a case is a look at pasted certificates.
func (c Case) Inspecting() bool { return c.Context["kind"] == KindInspect }

// Probe is what came of looking at a host for a case.
type Probe struct {
	Target string    `json:"target"` // host:port, the source of what was seen
	By     Person    `json:"by"`
	At     time.Time `json:"at"`
	Said   []Text    `json:"said"` // what came of each connection
}

// Probed reports whether a source of a case is a target that was looked at.
func (c Case) Probed(name string) bool {
	return slices.ContainsFunc(c.Probes, func(l Probe) bool { return l.Target == name })
}

// Answered reports whether a question of the case was answered by a button.
func (c Case) Answered() bool {
	for k := range c.Context {
		if strings.HasPrefix(k, "answer.") {
			return true
		}
	}
	return false
}

// Done are the steps of a cause's fix that are ticked, in order. Those of another
// cause do not count.
func (c Case) Done(cause string) []int {
	if c.TickedFor != cause {
		return nil
	}
	return c.Ticks
}

// Other is the cause that somebody said it really was; "" when nobody did.
func (c Case) Other() string {
	if id, ok := strings.CutPrefix(c.Outcome, "other:"); ok {
		return id
	}
	return ""
}

// ClosedTo refuses a case that was opened in a direct message to everybody but its person:
// nobody else sees it there. In a channel the team works on one together.
func (c Case) ClosedTo(by Person) *Error {
	if c.Place.Direct() && c.Person != by {
		return Refuse(Forbidden, "workflows.case.not_yours")
	}
	return nil
}
