package triage

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Experience is what labelled texts teach about words: a multinomial logistic regression
// on the traits of a text, beside what the texts most like it are about. Its classes are
// causes, and "none:" for what tells of no failure. It is learned from many texts at once
// (triage/eval/learn); on words that no message documents it is all there is.
type Experience struct {
	Causes []string // by class
	Bias   []float32
	Texts  []Remembered

	index  map[string]int32 // trait -> its place in traits
	traits []placed
	says   []Saying
	in     []uint16
	taught []taughtText
}

// placed is a trait as it is kept: where what it says, and the texts it is in, end in
// lists that all share.
type placed struct {
	rarity       float32
	saysEnd, end uint32
}

// Remembered is one text that was learned: its class, what it is worth beside others, and
// the length by which its traits are divided.
type Remembered struct {
	Class  uint8
	Worth  float32
	Length float32
}

// Trait is a word, a pair of words, a part of a word or a stated fact: how rare it is,
// what it says, and which of the remembered texts have it.
type Trait struct {
	Rarity float32
	Says   []Saying
	In     []uint16
}

// Saying is how much a trait speaks for the cause of a class, or against it, in steps
// of SayingStep.
type Saying struct {
	Class uint8
	Steps int8
}

// Add adds a trait with a name of its own.
func (e *Experience) Add(name string, t Trait) {
	if e.index == nil {
		e.index = map[string]int32{}
	}
	e.index[name] = int32(len(e.traits))
	e.says = append(e.says, t.Says...)
	e.in = append(e.in, t.In...)
	e.traits = append(e.traits, placed{t.Rarity, uint32(len(e.says)), uint32(len(e.in))})
}

// Trait gives the trait called name.
func (e *Experience) Trait(name string) (Trait, bool) {
	i, ok := e.index[name]
	if !ok {
		return Trait{}, false
	}
	at, before := e.traits[i], placed{}
	if i > 0 {
		before = e.traits[i-1]
	}
	return Trait{at.rarity, e.says[before.saysEnd:at.saysEnd], e.in[before.end:at.end]}, true
}

// Traits gives the names of all traits in order.
func (e *Experience) Traits() []string { return slices.Sorted(maps.Keys(e.index)) }

// Scales of the model. A text whose known words are few is not stretched to full
// length: leastLength keeps one word from deciding. The rest was chosen by texts whose
// source was left out (triage/eval/run).
const (
	SayingStep     = 0.08
	leastLength    = 4.0
	longestLearned = 2400 // bytes of a normalised text; longer ones are logs
	likeShare      = 0.2  // what the texts most like it count, beside the regression
	likeTexts      = 30
	partLength     = 4 // bytes of the parts of words, and one more
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

// traits gives the traits of the readings of one text, each once, and of the facts that
// are stated in it.
func traits(text string, readings []*view, facts []string) []traitAt {
	var out []traitAt
	seen := map[string]bool{}
	add := func(name string, spans ...hit) {
		if !seen[name] {
			seen[name] = true
			out = append(out, traitAt{name, spans})
		}
	}
	for _, f := range facts {
		add(factTrait + f)
	}
	for _, t := range shape(text) {
		add(t)
	}
	for _, v := range readings {
		before, beforeAt := "", hit{}
		n := 0
		eachToken(v, func(tok string, start, end int) {
			if n++; n > mostTokens {
				return
			}
			from, to := v.span(start, end)
			at := hit{int32(from), int32(to)}
			if !digits(tok) || len(tok) <= 4 {
				add(tok, at)
			}
			if before != "" {
				add(before+" "+tok, beforeAt, at)
			}
			if tok[0] < utf8.RuneSelf && end-start > partLength && !digits(tok) {
				// Endings, typing errors and words made of words leave parts as they are.
				word := partTrait + "^" + string(v.text[start:end]) + "$"
				for i := 1; i+partLength <= len(word); i++ {
					add(partTrait + word[i:i+partLength])
					if i+partLength < len(word) {
						add(partTrait + word[i:i+partLength+1])
					}
				}
			}
			before, beforeAt = tok, at
		})
	}
	return out
}

// What the names of traits begin with that are no words.
const (
	factTrait  = "fact:"
	partTrait  = "~"
	mostTokens = 1200
)

// word reports whether a trait is a single word.
func (t traitAt) word() bool {
	return !strings.HasPrefix(t.name, partTrait) && !strings.HasPrefix(t.name, factTrait) && !strings.HasPrefix(t.name, shapeTrait) && !strings.Contains(t.name, " ")
}

// Length is what the strengths of a text's traits are divided by; squares is the sum of
// their squares.
func Length(squares float64) float64 { return max(leastLength, math.Sqrt(squares)) }

// opinion is how likely experience finds a class, the words that say so, and the share
// of the text's words that it knows: of a text that is foreign to it, it knows nothing.
type opinion struct {
	class int
	p     float64
	known float64
	words int
	spans []hit
}

// knownTrait is a trait of a text that experience has.
type knownTrait struct {
	traitAt
	Trait
}

// opinions gives the classes that experience finds likelier than leastOpinion, the
// likeliest first.
func (e *Experience) opinions(text string, readings []*view, facts ...string) []opinion {
	if len(e.Causes) == 0 || len(readings[0].text) > longestLearned {
		return nil
	}
	var have []knownTrait
	squares, words, known := 0.0, 0, 0
	found := traits(text, readings, facts)
	for _, t := range found {
		trait, ok := e.Trait(t.name)
		if t.word() && !digits(t.name) {
			words++
			if ok {
				known++
			}
		}
		if ok {
			have = append(have, knownTrait{t, trait})
			squares += float64(trait.Rarity) * float64(trait.Rarity)
		}
	}
	if len(have) == 0 && len(e.taught) == 0 {
		return nil
	}
	shares := e.regress(have, Length(squares))
	if like := e.like(have); like != nil {
		for c := range shares {
			shares[c] += likeShare * (like[c] - shares[c])
		}
	}
	at := e.recall(found, shares)
	var out []opinion
	for c, p := range shares {
		if p > leastOpinion {
			out = append(out, opinion{class: c, p: p, known: float64(known) / float64(max(1, words)), words: words})
		}
	}
	slices.SortFunc(out, func(a, b opinion) int { return cmp.Compare(b.p, a.p) })
	shown := 0
	for i := range out {
		if shown == mostNamed {
			break
		}
		if strings.HasPrefix(e.Causes[out[i].class], noFailure) {
			continue
		}
		shown++
		out[i].spans = append(at[out[i].class], said(have, out[i].class)...)
		out[i].spans = out[i].spans[:min(maxEvidence, len(out[i].spans))]
	}
	return out
}

// said gives where the traits stand that say most for a class.
func said(have []knownTrait, class int) []hit {
	type saying struct {
		says float32
		at   int
	}
	var list []saying
	for i, k := range have {
		if says := k.saying(class) * k.Rarity; says > 0 && len(k.spans) > 0 {
			list = append(list, saying{says, i})
		}
	}
	slices.SortFunc(list, func(a, b saying) int { return cmp.Or(cmp.Compare(b.says, a.says), a.at-b.at) })
	var out []hit
	for _, s := range list[:min(maxEvidence, len(list))] {
		out = append(out, have[s.at].spans...)
	}
	return out
}

// regress gives how likely each class is by what the traits say.
func (e *Experience) regress(have []knownTrait, length float64) []float64 {
	sums := make([]float64, len(e.Causes))
	for c, b := range e.Bias {
		sums[c] = float64(b)
	}
	for _, k := range have {
		strength := float64(k.Rarity) / length * SayingStep
		for _, s := range k.Says {
			sums[s.Class] += strength * float64(s.Steps)
		}
	}
	total, top := 0.0, slices.Max(sums)
	for c := range sums {
		sums[c] = math.Exp(sums[c] - top)
		total += sums[c]
	}
	for c := range sums {
		sums[c] /= total
	}
	return sums
}

// like gives the classes of the remembered texts that are most like one with these
// traits, by the cosine of their rarities; nil when none is.
func (e *Experience) like(have []knownTrait) []float64 {
	cosines := make([]float32, len(e.Texts))
	for _, k := range have {
		for _, t := range k.In {
			cosines[t] += k.Rarity * k.Rarity
		}
	}
	found := make([]int, 0, likeTexts+1) // the likest so far, in order
	for t, c := range cosines {
		if c == 0 {
			continue
		}
		c /= e.Texts[t].Length
		cosines[t] = c
		if len(found) == likeTexts && cosines[found[likeTexts-1]] >= c {
			continue
		}
		at := len(found)
		for at > 0 && cosines[found[at-1]] < c {
			at--
		}
		found = slices.Insert(found, at, t)
		found = found[:min(likeTexts, len(found))]
	}
	out := make([]float64, len(e.Causes))
	total := 0.0
	for _, t := range found {
		c := float64(cosines[t])
		w := c * c * c * float64(e.Texts[t].Worth)
		out[e.Texts[t].Class] += w
		total += w
	}
	if total == 0 {
		return nil
	}
	for c := range out {
		out[c] /= total
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
