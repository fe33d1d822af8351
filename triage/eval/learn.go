package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"countersign/triage"
)

// How Learn works: so many rounds over all texts, in steps that shrink with what a
// weight has moved (AdaGrad), each weight drawn a little towards nothing. The numbers were
// chosen by texts whose source was left out, without the wordings of the knowledge base,
// which had been made with those texts in view.
const (
	rounds     = 12
	step       = 0.5
	biasStep   = 0.02
	shrink     = 3e-4
	leastTexts = 2    // a trait that one text alone has would be learning by heart
	leastParts = 4    // the same of parts of words
	leastSaid  = 0.25 // times what its kind is worth; what says less is left out
	leastMiss  = 1e-3 // what is that right already is left as it is
	pairWorth  = 0.6  // of a pair, beside its words
	partWorth  = 0.3  // of a part of a word
	alsoShare  = 0.3  // what the further right causes of a text share
	balance    = 0.25 // how far rare causes are worth more: 0 not, 1 as much as common ones
)

// Learn makes experience of lessons: a logistic regression on their traits, and the
// texts themselves as far as words go. The same lessons in the same order give the same
// result.
func Learn(lessons []Lesson) *triage.Experience {
	l := course{classes: map[string]int{}, traits: map[string]int{}}
	l.read(lessons)
	l.train()
	return l.experience()
}

type example struct {
	traits    []int
	strengths []float32
	class     int
	also      []int
	not       bool
	apart     bool
	worth     float64
}

type course struct {
	classes map[string]int
	causes  []string
	traits  map[string]int
	names   []string
	rarity  []float64
	texts   []example
	weights []float32 // by trait, then class
	bias    []float64
}

func (l *course) read(lessons []Lesson) {
	in, mass := map[string]int{}, map[string]float64{}
	for _, it := range lessons {
		for _, t := range it.traits {
			in[t]++
		}
		if _, ok := mass[it.Cause]; !ok {
			l.causes = append(l.causes, it.Cause)
			mass[it.Cause] = 1
		}
		if !it.Not {
			mass[it.Cause] += it.Worth
		}
	}
	slices.Sort(l.causes)
	mean := 0.0
	for i, c := range l.causes {
		l.classes[c] = i
		mean += mass[c] / float64(len(l.causes))
	}
	for t, n := range in {
		if n >= leastParts || n >= leastTexts && !part(t) {
			l.names = append(l.names, t)
		}
	}
	slices.Sort(l.names)
	for i, t := range l.names {
		l.traits[t] = i
		// Rare traits count more, but not in proportion: what is rarest is often chance.
		l.rarity = append(l.rarity, worth(t)*math.Sqrt(math.Log(float64(len(lessons)+1)/float64(in[t]))))
	}
	for _, it := range lessons {
		e := l.example(it)
		e.worth *= math.Pow(mean/mass[it.Cause], balance)
		l.texts = append(l.texts, e)
	}
}

func part(trait string) bool { return trait[0] == '~' }

func worth(trait string) float64 {
	switch {
	case part(trait):
		return partWorth
	case strings.Contains(trait, " "):
		return pairWorth
	}
	return 1
}

func (l *course) example(it Lesson) example {
	e := example{class: l.classes[it.Cause], not: it.Not, apart: it.Apart, worth: it.Worth}
	squares := 0.0
	for _, t := range it.traits {
		if i, ok := l.traits[t]; ok {
			e.traits = append(e.traits, i)
			e.strengths = append(e.strengths, float32(l.rarity[i]))
			squares += l.rarity[i] * l.rarity[i]
		}
	}
	for i := range e.strengths {
		e.strengths[i] /= float32(triage.Length(squares))
	}
	for _, id := range it.Also {
		if c, ok := l.classes[id]; ok && c != e.class {
			e.also = append(e.also, c)
		}
	}
	return e
}

// aim sets share to what should be said of e where p is said: of a text that is not of
// its class, the other classes as they are.
func (e *example) aim(p, share []float64) {
	clear(share)
	if e.not {
		for c := range share {
			share[c] = p[c] / max(1e-6, 1-p[e.class])
		}
		share[e.class] = 0
		return
	}
	share[e.class] = 1
	for _, c := range e.also {
		share[c] += alsoShare / float64(len(e.also))
		share[e.class] -= alsoShare / float64(len(e.also))
	}
}

func (l *course) train() {
	n := len(l.causes)
	l.bias = make([]float64, n)
	l.weights = make([]float32, len(l.names)*n)
	moved := make([]float32, len(l.names)*n)
	order := rand.New(rand.NewPCG(1, 2))
	p, share := make([]float64, n), make([]float64, n)
	for range rounds {
		for _, at := range order.Perm(len(l.texts)) {
			e := &l.texts[at]
			l.guess(e, p)
			e.aim(p, share)
			for c := range p {
				miss := (p[c] - share[c]) * e.worth
				if math.Abs(miss) < leastMiss {
					continue
				}
				l.bias[c] -= biasStep * miss
				for j, t := range e.traits {
					w := &l.weights[t*n+c]
					slope := float32(miss)*e.strengths[j] + shrink**w
					m := &moved[t*n+c]
					*m += slope * slope
					*w -= step * slope / (float32(math.Sqrt(float64(*m))) + 1e-3)
				}
			}
		}
	}
}

// guess sets p to how likely each class is for e.
func (l *course) guess(e *example, p []float64) {
	n := len(l.causes)
	copy(p, l.bias)
	for j, t := range e.traits {
		for c, w := range l.weights[t*n : (t+1)*n] {
			p[c] += float64(w * e.strengths[j])
		}
	}
	top, sum := slices.Max(p), 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

func (l *course) experience() *triage.Experience {
	out := &triage.Experience{Causes: l.causes}
	for _, b := range l.bias {
		out.Bias = append(out.Bias, float32(b))
	}
	traits := make([]triage.Trait, len(l.names))
	for i := range traits {
		traits[i].Rarity = float32(l.rarity[i])
		for c, w := range l.weights[i*len(l.causes) : (i+1)*len(l.causes)] {
			if math.Abs(float64(w))*worth(l.names[i]) >= leastSaid {
				steps := math.Round(max(-127, min(127, float64(w)/triage.SayingStep)))
				traits[i].Says = append(traits[i].Says, triage.Saying{Class: uint8(c), Steps: int8(steps)})
			}
		}
	}
	for _, e := range l.texts {
		squares := 0.0
		for _, t := range e.traits {
			if !part(l.names[t]) {
				squares += l.rarity[t] * l.rarity[t]
			}
		}
		if e.not || e.apart || squares == 0 {
			continue
		}
		for _, t := range e.traits {
			if !part(l.names[t]) {
				traits[t].In = append(traits[t].In, uint16(len(out.Texts)))
			}
		}
		out.Texts = append(out.Texts, triage.Remembered{Class: uint8(e.class), Worth: float32(e.worth), Length: float32(math.Sqrt(squares))})
	}
	for i, name := range l.names {
		out.Add(name, traits[i])
	}
	return out
}
