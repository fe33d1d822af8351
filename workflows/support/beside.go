package support

import (
	"countersign/certs/check"
	"countersign/triage"
	"countersign/workflows"
)

// Beside is what a card of a case shows beside the answer: what was seen from here, what
// can be looked at, what the model says.
type Beside struct {
	Artefacts []Described // what people gave
	Probes    []Seen
	Offer     []string          // targets that may be looked at
	Assist    *workflows.Assist // nil: the model has said nothing about this answer
	// The causes that it names, in words.
	Likeliest, Possible workflows.Text
}

// Seen is one look, for people.
type Seen struct {
	workflows.Probe
	Compared []workflows.Text // with the certificates that people gave
	Chain    []check.Facts    // that was presented, as sent
}

// BesideOf gives what is to be shown beside the answer a to a case.
func (s *Service) BesideOf(c workflows.Case, a TriageAnswer) Beside {
	b := Beside{Offer: s.offered(c), Artefacts: Describe(c, s.Now())}
	if c.Assist != nil && c.Assist.Of == assistKey(c, a) {
		said := *c.Assist
		b.Likeliest, said.Likeliest = titled(s.KB(), said.Likeliest)
		b.Possible, said.Possible = titled(s.KB(), said.Possible)
		if said != (workflows.Assist{Of: said.Of, Line: said.Line, Quote: said.Quote}) {
			b.Assist = &said
		}
	}
	if len(c.Probes) == 0 {
		return b
	}
	items := Material(c)
	for _, l := range c.Probes {
		seen := Seen{Probe: l}
		for _, o := range served(c, l) {
			seen.Compared = append(seen.Compared, TextOf(o.Text))
		}
		for _, it := range items {
			if it.Place.File == l.Target {
				seen.Chain = append(seen.Chain, check.Inspect(it, s.Now()))
			}
		}
		b.Probes = append(b.Probes, seen)
	}
	return b
}

// titled gives the title of a cause and its ID; nothing of one that is no longer known.
func titled(kb *triage.KB, id string) (workflows.Text, string) {
	cause := kb.Cause(id)
	if cause == nil {
		return workflows.Text{}, ""
	}
	return TextOf(cause.Title), id
}
