package artefact

import (
	"strconv"

	"countersign/triage"
)

// Observation is one thing that a file shows, not yet in any language. It holds no
// secret and survives JSON, so that it can be kept with a case.
type Observation struct {
	// Kind is a stable name; causes list some of them under facts. What is only told
	// for orientation has a kind that no cause lists.
	Kind string `json:"kind"`
	// Source is the file, with the packet as name#12; Line a line of a text or 0.
	Source string      `json:"source"`
	Line   int         `json:"line,omitempty"`
	Text   triage.Text `json:"text"`
	// Supports are weights of causes, as in triage.Fact.
	Supports map[string]float64 `json:"supports,omitempty"`
}

// Fact words o in a language for the engine.
func (o Observation) Fact(lang string, say triage.Say) triage.Fact {
	return triage.Fact{Kind: o.Kind, Source: o.Source, Line: o.Line, Text: o.Text.String(lang, say), Supports: o.Supports}
}

// Facts words all of them.
func Facts(list []Observation, lang string, say triage.Say) []triage.Fact {
	out := make([]triage.Fact, len(list))
	for i, o := range list {
		out[i] = o.Fact(lang, say)
	}
	return out
}

// supports is a short way to write weights.
type supports = map[string]float64

func at(file string, packet int) string {
	if packet <= 0 {
		return file
	}
	return file + "#" + strconv.Itoa(packet)
}
