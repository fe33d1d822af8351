package triage

import (
	"cmp"
	"math"
	"slices"
)

// Experience is a multinomial logistic regression on the traits of a text.
type Experience struct {
	Causes []string // ids, by class
	Bias   []float32
	Traits map[string]Trait
}

// Trait is one word or pair of words: how rare it is, and what it says.
type Trait struct {
	Rarity float32
	Says   []Saying
}

// Saying is how much a trait speaks for the cause of a class, or against it, in steps
// of SayingStep.
type Saying struct {
	Class uint8
	Steps int8
}

// Scales of the model. A text whose known words are few is not stretched to full
// length: leastLength keeps one word from deciding.
const (
	SayingStep     = 0.08
	leastLength    = 8.0
	longestLearned = 2400 // bytes of a normalised text; longer ones are logs
)

// Opinions are worth opinionScale for each factor by which a cause is likelier than
// leastOpinion.
const (
	opinionScale = 1.2
	leastOpinion = 0.01
	firmOpinion  = 0.2 // counts even where nothing else was seen
)

// traitAt is a trait of a text and where it stands.
type traitAt struct {
	name  string
	spans []hit
}

// traits gives the traits of the readings of one text, each once.
func traits(readings []*view) []traitAt {
	var out []traitAt
	seen := map[string]bool{}
	add := func(name string, spans ...hit) {
		if !seen[name] {
			seen[name] = true
			out = append(out, traitAt{name, spans})
		}
	}
	for _, v := range readings {
		type word struct {
			tok string
			at  hit
		}
		var before [2]word // the words before, the nearest first
		n := 0
		eachToken(v, func(tok string, start, end int) {
			if n++; n > maxSimilarTokens {
				return
			}
			from, to := v.span(start, end)
			w := word{tok, hit{int32(from), int32(to)}}
			if !digits(tok) || len(tok) <= 4 {
				add(tok, w.at)
			}
			if before[0].tok != "" {
				add(before[0].tok+" "+tok, before[0].at, w.at)
			}
			if before[1].tok != "" {
				add(before[1].tok+" _ "+tok, before[1].at, w.at)
			}
			before = [2]word{w, before[0]}
		})
	}
	return out
}

// Traits gives the traits of text that experience is made of: words less their
// endings, and pairs of words that stand together or have one between them; of a text
// in another language those of its English reading too; and what programs state in it.
func (kb *KB) Traits(text string) []string {
	redacted, _ := Redact(text)
	v := normalise(redacted)
	found := traits(append([]*view{v}, retold(v)...))
	out := make([]string, len(found))
	for i, t := range found {
		out[i] = t.name
	}
	return out
}

// Length is what the strengths of a text's traits are divided by; squares is the sum of
// their squares.
func Length(squares float64) float64 { return max(leastLength, math.Sqrt(squares)) }

// opinion is how likely experience finds a cause, and the words that say so.
type opinion struct {
	class int
	p     float64
	spans []hit
}

// opinions gives the causes that experience finds likelier than leastOpinion, the
// likeliest first.
func (e *Experience) opinions(readings []*view) []opinion {
	if len(e.Causes) == 0 || len(readings[0].text) > longestLearned {
		return nil
	}
	type known struct {
		at    traitAt
		trait Trait
	}
	var have []known
	squares := 0.0
	for _, t := range traits(readings) {
		if trait, ok := e.Traits[t.name]; ok {
			have = append(have, known{t, trait})
			squares += float64(trait.Rarity) * float64(trait.Rarity)
		}
	}
	if len(have) == 0 {
		return nil
	}
	length := Length(squares)
	sums := make([]float64, len(e.Causes))
	for c, b := range e.Bias {
		sums[c] = float64(b)
	}
	for _, k := range have {
		strength := float64(k.trait.Rarity) / length * SayingStep
		for _, s := range k.trait.Says {
			sums[s.Class] += strength * float64(s.Steps)
		}
	}
	total := 0.0
	top := slices.Max(sums)
	for c := range sums {
		sums[c] = math.Exp(sums[c] - top)
		total += sums[c]
	}
	var out []opinion
	for c, s := range sums {
		if p := s / total; p > leastOpinion {
			out = append(out, opinion{class: c, p: p})
		}
	}
	slices.SortFunc(out, func(a, b opinion) int { return cmp.Compare(b.p, a.p) })
	for i := range out[:min(3, len(out))] {
		o := &out[i]
		slices.SortStableFunc(have, func(a, b known) int {
			return cmp.Compare(b.trait.saying(o.class)*b.trait.Rarity, a.trait.saying(o.class)*a.trait.Rarity)
		})
		for _, k := range have[:min(3, len(have))] {
			if k.trait.saying(o.class) > 0 {
				o.spans = append(o.spans, k.at.spans...)
			}
		}
	}
	return out
}

func (t Trait) saying(class int) float32 {
	for _, s := range t.Says {
		if int(s.Class) == class {
			return float32(s.Steps)
		}
	}
	return 0
}

// worth turns how likely a cause is into a score.
func (o opinion) worth() float64 { return opinionScale * math.Log(o.p/leastOpinion) }
