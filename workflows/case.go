package workflows

import (
	"encoding/pem"
	"sort"
	"strings"
	"time"

	"countersign/certs/check"
	"countersign/triage"
	"countersign/triage/artefact"
)

// Case is one triage conversation: what was pasted (redacted), what was found, what
// was answered, and how it ended.
type Case struct {
	ID        string                 `json:"id"`
	Version   int64                  `json:"version"`
	Person    Person                 `json:"person"`
	Place     Place                  `json:"place"`
	Lang      string                 `json:"lang"`
	Input     string                 `json:"input"`                // redacted before it gets here; bounded
	Pieces    []Piece                `json:"pieces,omitempty"`     // where the lines of Input come from
	Certs     []Attached             `json:"certs,omitempty"`      // certificates and requests of attached files
	Seen      []artefact.Observation `json:"seen,omitempty"`       // what attached files show
	Context   map[string]string      `json:"context,omitempty"`    // product, side: what was asked and answered
	Cause     string                 `json:"cause,omitempty"`      // first cause, for lists
	Looking   string                 `json:"looking,omitempty"`    // target that is being looked at
	Looks     []Look                 `json:"looks,omitempty"`      // what came of looking, newest last
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

// maxCerts bounds what a case keeps of certificates: more than any trust list has.
const maxCerts = 400

// add appends text to the input as a piece, within the bounds of a case.
func (c *Case) add(name string, at int, text string) {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return
	}
	text = clipBytes(text, max(0, maxCase-len(c.Input)))
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

// locate says where a line of the input comes from.
func (c Case) locate(line int) (name string, at int) {
	i := sort.Search(len(c.Pieces), func(i int) bool { return c.Pieces[i].Line > line }) - 1
	if i < 0 || line < 1 {
		return "", line
	}
	return c.Pieces[i].Name, c.Pieces[i].At + line - c.Pieces[i].Line
}

// ownPart cuts a quotation that runs over from one piece of the input to the next down
// to the piece that has most of it: nobody wrote the two as one.
func (c Case) ownPart(e triage.Evidence) triage.Evidence {
	piece := func(line int) int {
		return sort.Search(len(c.Pieces), func(i int) bool { return c.Pieces[i].Line > line })
	}
	lines := strings.SplitAfter(e.Text, "\n")
	if e.End-e.Start != len(e.Text) || piece(e.Line) == piece(e.Line+len(lines)-1) {
		return e
	}
	best, at := e, e.Start
	best.Text = ""
	for i := 0; i < len(lines); {
		part := e
		part.Line, part.Start, part.Text = e.Line+i, at, ""
		for ; i < len(lines) && piece(e.Line+i) == piece(part.Line); i++ {
			part.Text += lines[i]
		}
		at += len(part.Text)
		part.Text = strings.TrimRight(part.Text, "\n")
		part.End = part.Start + len(part.Text)
		if len(part.Text) > len(best.Text) {
			best = part
		}
	}
	return best
}

// material gives the certificates and requests of a case, with the places at which
// its people know them.
func (c Case) material() []*check.Item {
	m, _ := check.Read("", []byte(c.Input), check.ReadOptions{Limits: check.Limits{Items: maxCerts}})
	out := make([]*check.Item, 0, len(m.Items)+len(c.Certs))
	have := map[string]bool{}
	add := func(it *check.Item, at check.Place) {
		if key := at.File + "\x00" + string(it.DER); it.Kind != check.PrivateKey && !have[key] {
			have[key] = true
			it.Place = at
			out = append(out, it)
		}
	}
	for i, it := range m.Items {
		file, line := c.locate(it.Place.Line)
		add(it, check.Place{File: named(file), Line: line, Index: i})
	}
	for i, a := range c.Certs {
		m, _ := check.Read(a.Name, pem.EncodeToMemory(&pem.Block{Type: a.Kind, Bytes: a.DER}), check.ReadOptions{})
		for _, it := range m.Items {
			add(it, check.Place{File: a.Name, Line: a.Line, Index: i})
		}
	}
	return out
}

// attach keeps the certificates and requests among items; false: not all of them fit.
func (c *Case) attach(items []*check.Item) bool {
	c.Certs = c.Certs[:len(c.Certs):len(c.Certs)]
	have := map[string]bool{}
	for _, a := range c.Certs {
		have[a.Name+string(a.DER)] = true
	}
	for _, it := range items {
		kind := map[check.Kind]string{check.Certificate: "CERTIFICATE", check.Request: "CERTIFICATE REQUEST"}[it.Kind]
		if kind == "" || have[it.Place.File+string(it.DER)] {
			continue
		}
		if len(c.Certs) == maxCerts || len(it.DER) > 64<<10 {
			return false
		}
		have[it.Place.File+string(it.DER)] = true
		c.Certs = append(c.Certs, Attached{Name: it.Place.File, Line: it.Place.Line, Kind: kind, DER: it.DER})
	}
	return true
}
