package eval

import (
	"math"
	"math/rand/v2"
	"slices"

	"countersign/triage"
)

// How Learn works: so many rounds over all texts, in steps that shrink with what a
// weight has moved (AdaGrad), each weight drawn a little towards nothing.
const (
	rounds      = 12
	step        = 0.5
	biasStep    = 0.02
	shrink      = 1e-3
	leastTexts  = 2   // a trait that one text alone has would be learning by heart
	leastWeight = 0.4 // what says less is left out
	pairWorth   = 0.7 // of a pair, beside its words
	alsoShare   = 0.3 // what the further right causes of a text share
)

// Learn makes experience of items: a logistic regression on their traits. The same
// items in the same order give the same result.
func Learn(items []Lesson) *triage.Experience {
	l := lesson{classes: map[string]int{}, traits: map[string]int{}}
	l.read(items)
	l.train()
	return l.experience()
}

type example struct {
	traits    []int
	strengths []float64
	share     map[int]float64 // of classes, summing to one
}

type lesson struct {
	classes map[string]int
	causes  []string
	traits  map[string]int
	names   []string
	rarity  []float64
	texts   []example
	weights [][]float64 // trait, class
	bias    []float64
}

func (l *lesson) read(items []Lesson) {
	found := make([][]string, len(items))
	in := map[string]int{}
	for i, it := range items {
		found[i] = it.traits
		for _, t := range found[i] {
			in[t]++
		}
		if _, ok := l.classes[it.Cause]; !ok {
			l.classes[it.Cause] = 0
			l.causes = append(l.causes, it.Cause)
		}
	}
	slices.Sort(l.causes)
	for i, c := range l.causes {
		l.classes[c] = i
	}
	for t, n := range in {
		if n >= leastTexts {
			l.names = append(l.names, t)
		}
	}
	slices.Sort(l.names)
	for i, t := range l.names {
		l.traits[t] = i
		worth := 1.0
		if slices.Contains([]byte(t), ' ') {
			worth = pairWorth
		}
		l.rarity = append(l.rarity, worth*math.Log(float64(len(items))/float64(in[t])))
	}
	for i, it := range items {
		l.texts = append(l.texts, l.example(found[i], it))
	}
}

func (l *lesson) example(traits []string, it Lesson) example {
	e := example{share: map[int]float64{l.classes[it.Cause]: 1}}
	squares := 0.0
	for _, t := range traits {
		if i, ok := l.traits[t]; ok {
			e.traits = append(e.traits, i)
			e.strengths = append(e.strengths, l.rarity[i])
			squares += l.rarity[i] * l.rarity[i]
		}
	}
	for i := range e.strengths {
		e.strengths[i] /= triage.Length(squares)
	}
	var also []int
	for _, id := range it.Also {
		if c, ok := l.classes[id]; ok && id != it.Cause {
			also = append(also, c)
		}
	}
	for _, c := range also {
		e.share[c] += alsoShare / float64(len(also))
		e.share[l.classes[it.Cause]] -= alsoShare / float64(len(also))
	}
	return e
}

func (l *lesson) train() {
	l.bias = make([]float64, len(l.causes))
	moved := make([][]float64, len(l.names))
	l.weights = make([][]float64, len(l.names))
	for i := range l.weights {
		l.weights[i], moved[i] = make([]float64, len(l.causes)), make([]float64, len(l.causes))
	}
	order := rand.New(rand.NewPCG(1, 2))
	p := make([]float64, len(l.causes))
	for range rounds {
		for _, n := range order.Perm(len(l.texts)) {
			e := &l.texts[n]
			l.guess(e, p)
			for c := range p {
				miss := p[c] - e.share[c]
				l.bias[c] -= biasStep * miss
				for j, t := range e.traits {
					slope := miss*e.strengths[j] + shrink*l.weights[t][c]
					moved[t][c] += slope * slope
					l.weights[t][c] -= step * slope / (math.Sqrt(moved[t][c]) + 1e-3)
				}
			}
		}
	}
}

// guess sets p to how likely each class is for e.
func (l *lesson) guess(e *example, p []float64) {
	copy(p, l.bias)
	for j, t := range e.traits {
		for c, w := range l.weights[t] {
			p[c] += w * e.strengths[j]
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

func (l *lesson) experience() *triage.Experience {
	out := &triage.Experience{Causes: l.causes, Traits: map[string]triage.Trait{}}
	for _, b := range l.bias {
		out.Bias = append(out.Bias, float32(b))
	}
	for i, name := range l.names {
		t := triage.Trait{Rarity: float32(l.rarity[i])}
		for c, w := range l.weights[i] {
			if math.Abs(w) >= leastWeight {
				steps := math.Round(max(-127, min(127, w/triage.SayingStep)))
				t.Says = append(t.Says, triage.Saying{Class: uint8(c), Steps: int8(steps)})
			}
		}
		out.Traits[name] = t
	}
	return out
}
