package triage

import (
	"math"
	"slices"
	"strings"
)

// What staff teach is known at once, before experience is learned anew: a text that is
// like an example of a taught cause may have that cause.

// taughtText is an example of a cause that experience has not learned.
type taughtText struct {
	class  int
	traits map[string]float64 // their rarity, squared
	length float64
}

// Rarity of a trait that experience has not seen, and the share of likeness that counts.
const (
	unseenWord = 3.0
	unseenPair = 1.8
	taughtWord = 0.9
)

// with gives an experience like e that knows the examples of those causes that it has not
// learned.
func (e *Experience) with(causes []*Cause) *Experience {
	out := *e
	out.Causes, out.Bias = slices.Clone(e.Causes), slices.Clone(e.Bias)
	for _, c := range causes {
		if slices.Contains(e.Causes, c.ID) || len(c.Examples) == 0 {
			continue
		}
		class := len(out.Causes)
		out.Causes, out.Bias = append(out.Causes, c.ID), append(out.Bias, -math.MaxFloat32)
		for _, text := range c.Examples {
			v := normalise(text)
			one := taughtText{class: class, traits: map[string]float64{}}
			for _, t := range traits(text, append([]*view{v}, retold(v)...), nil) {
				if r := e.rarity(t); r > 0 {
					one.traits[t.name] = r * r
					one.length += r * r
				}
			}
			out.taught = append(out.taught, one)
		}
	}
	return &out
}

// rarity is how rare a word or a pair is; 0 for what is neither.
func (e *Experience) rarity(t traitAt) float64 {
	if strings.HasPrefix(t.name, shapeTrait) {
		return 0
	}
	if trait, ok := e.Trait(t.name); ok && !strings.HasPrefix(t.name, partTrait) {
		return float64(trait.Rarity)
	}
	switch {
	case strings.Contains(t.name, " "):
		return unseenPair
	case t.word():
		return unseenWord
	}
	return 0
}

// recall adds to shares what taught texts a text with these traits is like, and gives
// where it is like them, by class.
func (e *Experience) recall(found []traitAt, shares []float64) map[int][]hit {
	if len(e.taught) == 0 {
		return nil
	}
	length := 0.0
	for _, t := range found {
		r := e.rarity(t)
		length += r * r
	}
	at := map[int][]hit{}
	likest := map[int]float64{}
	for _, one := range e.taught {
		common := 0.0
		var spans []hit
		for _, t := range found {
			if w := one.traits[t.name]; w > 0 {
				if common += w; len(spans) < maxEvidence {
					spans = append(spans, t.spans...)
				}
			}
		}
		if cosine := common / math.Sqrt(max(1, length*one.length)); cosine > likest[one.class] {
			likest[one.class], at[one.class] = cosine, spans
		}
	}
	for class := range shares {
		if p := taughtWord * likest[class] * likest[class]; p > leastOpinion {
			for c := range shares {
				shares[c] *= 1 - p
			}
			shares[class] += p
		}
	}
	return at
}
