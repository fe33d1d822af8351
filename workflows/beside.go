package workflows

import (
	"countersign/certs/check"
)

// Rivals is how many causes of an undecided answer stand side by side, for people and
// for the model; a known cause stands alone. The rest is in the long form.
const Rivals = 3

// Beside is what a card of a case shows beside the answer: what was seen from here, what
// can be looked at, what the model says.
type Beside struct {
	Looks  []Seen
	Offer  []string // targets that may be looked at
	Assist *Assist  // nil: the model has said nothing about this answer
	// The causes that it names, in words.
	Likeliest, Possible Text
}

// Seen is one look, for people.
type Seen struct {
	Look
	Compared []Text        // with the certificates that people gave
	Chain    []check.Facts // that was presented, as sent
}

// BesideOf gives what is to be shown beside the answer a to a case.
func (s *Service) BesideOf(c Case, a TriageAnswer) Beside {
	b := Beside{Offer: s.offered(c)}
	if c.Assist != nil && c.Assist.Of == assistKey(c, a) {
		said := *c.Assist
		b.Likeliest, said.Likeliest = s.titled(said.Likeliest)
		b.Possible, said.Possible = s.titled(said.Possible)
		if said != (Assist{Of: said.Of, Line: said.Line, Quote: said.Quote}) {
			b.Assist = &said
		}
	}
	if len(c.Looks) == 0 {
		return b
	}
	items := c.material()
	for _, l := range c.Looks {
		seen := Seen{Look: l}
		for _, o := range c.served(l) {
			seen.Compared = append(seen.Compared, TextOf(o.Text))
		}
		for _, it := range items {
			if it.Place.File == l.Target {
				seen.Chain = append(seen.Chain, check.Inspect(it, s.Now()))
			}
		}
		b.Looks = append(b.Looks, seen)
	}
	return b
}

// titled gives the title of a cause and its ID; nothing of one that is no longer known.
func (s *Service) titled(id string) (Text, string) {
	cause := s.KB().Cause(id)
	if cause == nil {
		return Text{}, ""
	}
	return TextOf(cause.Title), id
}
