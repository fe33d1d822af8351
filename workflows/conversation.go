package workflows

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows/form"
)

// Answers are the values of a form by field key.
type Answers = form.Answers

// Problem is what is wrong with one answer.
type Problem = form.Problem

// Phase is where a conversation stands.
type Phase string

// The phases of a conversation.
const (
	Asking    Phase = "asking"    // the person's turn: the field in Field
	Reviewing Phase = "reviewing" // the person's turn: send, change or cancel the plan
	Sent      Phase = "sent"      // ended in requests
	Dropped   Phase = "dropped"   // ended without
)

// Conversation is a form being filled in, at one door or several. It survives
// restarts and is resumed where it was.
type Conversation struct {
	ID       string            `json:"id"`
	Version  int64             `json:"version"`
	Person   Person            `json:"person"`
	Place    Place             `json:"place"` // thread or direct message; empty while only a modal shows it
	Lang     string            `json:"lang"`
	Phase    Phase             `json:"phase"`
	Answers  Answers           `json:"answers"`
	Field    string            `json:"field,omitempty"`    // asked now
	History  []string          `json:"history,omitempty"`  // fields answered, for "back"
	Problem  *Problem          `json:"problem,omitempty"`  // with the last answer
	CSRs     [][]byte          `json:"csrs,omitempty"`     // DER, made on the box and given beforehand
	Origins  map[string]Origin `json:"origins,omitempty"`  // of the answers that the person did not give to their question, by field
	Unread   string            `json:"unread,omitempty"`   // free text, redacted, that the model has yet to read
	Proposed []Proposal        `json:"proposed,omitempty"` // by the model, in the form's order; no answers yet
	Replaces *Replaced         `json:"replaces,omitempty"` // of a renewal
	Follows  *Followed         `json:"follows,omitempty"`  // asked for again
	Twins    []Twin            `json:"twins,omitempty"`    // of what is reviewed
	Case     string            `json:"case,omitempty"`     // the triage case it came from
	Requests []RequestID       `json:"requests,omitempty"` // once Sent
	Created  time.Time         `json:"created"`
	Updated  time.Time         `json:"updated"`
}

// WithOrigin is c with a note where the answer to field comes from; the zero Origin is the
// person's own word on it.
func (c Conversation) WithOrigin(field string, o Origin) Conversation {
	origins := maps.Clone(c.Origins)
	if o == (Origin{}) {
		delete(origins, field)
	} else {
		if origins == nil {
			origins = map[string]Origin{}
		}
		origins[field] = o
	}
	c.Origins = origins
	return c
}

// Wanted are the certificates of a plan that c is about: what replaces one, what was refused,
// or all. A deployment that was changed until none fits is asked for as it is.
func (c Conversation) Wanted(specs []certs.Spec) []certs.Spec {
	if c.Follows == nil {
		return Fitting(specs, c.Replaces)
	}
	same := slices.DeleteFunc(slices.Clone(specs), func(spec certs.Spec) bool { return spec.BuiltIn || !c.Follows.Fits(spec) })
	if len(same) == 0 {
		return specs
	}
	return same
}

// Proposal is what the model reads in a person's own words about one field of a
// conversation. It is no answer before the person takes it.
type Proposal struct {
	Field  string   `json:"field"`
	Values []string `json:"values"`          // as the form would store them
	Quote  string   `json:"quote,omitempty"` // the words that say so; empty where the values are those words
}

// Mark names what is proposed: who takes it takes what was shown.
func (p Proposal) Mark() string {
	raw, err := json.Marshal(p)
	if err != nil {
		return "" // strings cannot fail
	}
	return Fingerprint(raw)[:12]
}
