package artefact

import (
	"slices"
	"strconv"
	"strings"

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
	// About are the addresses, the name and the port (":5061") that it concerns.
	About []string `json:"about,omitempty"`
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

// unasked is what an observation weighs about hosts that nobody asked about, where
// somebody named others.
const unasked = 0.4

// Focus weighs observations by what a person wrote: if the words name an address or
// host of some, those about others weigh less. list is not changed.
func Focus(list []Observation, words string) []Observation {
	words = strings.ToLower(words)
	named := func(o Observation) bool {
		return slices.ContainsFunc(o.About, func(a string) bool { return len(a) > 1 && mentions(words, strings.ToLower(a)) })
	}
	if words == "" || !slices.ContainsFunc(list, named) {
		return list
	}
	out := slices.Clone(list)
	for i, o := range out {
		if len(o.About) == 0 || named(o) {
			continue
		}
		less := make(map[string]float64, len(o.Supports))
		for id, w := range o.Supports {
			less[id] = w * unasked
		}
		out[i].Supports = less
		if o.Supports == nil {
			out[i].Kind = "background." + o.Kind // its kind alone would weigh in full
		}
	}
	return out
}

// mentions finds a name or address as a whole: 10.0.0.1 is not in 10.0.0.12.
func mentions(words, name string) bool {
	part := func(i int) bool {
		return i >= 0 && i < len(words) && (words[i] >= '0' && words[i] <= '9' || words[i] >= 'a' && words[i] <= 'z' || words[i] == '-')
	}
	for from := 0; ; {
		i := strings.Index(words[from:], name)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(name)
		dotted := end+1 < len(words) && words[end] == '.' && part(end+1) || i > 0 && words[i-1] == '.'
		if (name[0] == ':' || !part(i-1)) && !part(end) && !dotted {
			return true
		}
		from = i + 1
	}
}

// supports is a short way to write weights.
type supports = map[string]float64

func at(file string, packet int) string {
	if packet <= 0 {
		return file
	}
	return file + "#" + strconv.Itoa(packet)
}

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }
