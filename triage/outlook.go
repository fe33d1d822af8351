package triage

import (
	"math"
	"slices"
)

// outlook is what experience says of a text: what each cause is worth, and how the chances
// are shared between certificate problems, other failures, and no failure at all: a
// question, a document, a log of health.
type outlook struct {
	views       map[int]piece
	certificate float64
	elsewhere   float64
	none        float64
	likeliest   float64 // of all causes
	foreign     bool    // most of its words were never met
}

const (
	noFailure = "none:" // classes of experience for texts that tell of no failure
	// What experience needs to say anything alone: "hello" is no story.
	fewestWords = 4
	leastKnown  = 0.5  // share of the words of a text that experience must know
	leastShare  = 0.03 // with less, a cause is not worth naming
)

// fewSay is what a cause needs to be named by experience alone.
var fewSay = opinion{p: leastShare}.worth()

// outlook asks experience about a text. What is likelier as a whole weighs more: of ten
// causes that are somewhat likely, those stand first whose kind is the likeliest.
func (kb *KB) outlook(text string, seen *sighting, stated []statement) outlook {
	e := kb.learned()
	look := outlook{views: map[int]piece{}}
	taught := false
	found := e.opinions(text, seen.readings, kinds(stated)...)
	kind := func(o opinion) *float64 {
		if c, ok := kb.index[e.Causes[o.class]]; !ok {
			return &look.none
		} else if kb.causes[c].Certificate() {
			return &look.certificate
		}
		return &look.elsewhere
	}
	total := 0.0
	for _, o := range found {
		*kind(o) += o.p
		total += o.p
	}
	for _, share := range []*float64{&look.certificate, &look.elsewhere, &look.none} {
		*share /= max(total, leastOpinion)
	}
	sum := 0.0
	for _, o := range found {
		sum += o.p * *kind(o)
	}
	for _, o := range found {
		look.foreign = o.known < leastKnown || o.words < fewestWords
		if c, ok := kb.index[e.Causes[o.class]]; ok {
			o.p *= *kind(o) / sum
			look.views[c] = piece{w: o.worth(), spans: o.spans}
			look.likeliest = max(look.likeliest, o.p)
			taught = taught || kb.causes[c].Taught
		}
	}
	look.foreign = look.foreign && !taught
	return look
}

// exclusion is the weight from which a computed fact leaves no room for a cause.
const exclusion = -8

// exclude takes away what experience says for causes that computed facts, or what the text
// says of its circumstances, exclude. Where that is most of what it has to say of
// certificates, it knows nothing else: the rest is no second choice.
func (look *outlook) exclude(pieces [][]piece) {
	before, after := 0.0, 0.0
	for c, p := range look.views {
		before += likely(p.w)
		if slices.ContainsFunc(pieces[c], func(p piece) bool { return p.vetoes || p.fact != nil && p.w <= exclusion }) {
			delete(look.views, c)
		} else {
			after += likely(p.w)
		}
	}
	if after < before/2 {
		clear(look.views)
	}
}

// How sure experience must be. A possible cause is named as one when it is three to one
// that there is a certificate problem at all: below, the answer is that it is not known,
// and what is nearest.
const (
	surelyNone  = 0.75
	surelyFault = 0.75
	// surelyElsewhere is the same of a failure that is no certificate problem.
	surelyElsewhere = 0.5
	// leastLikely is what its likeliest cause needs then, to be named as what it looks like.
	leastLikely = 0.4
)

// faultless reports whether a text is surely no story of a failure, or foreign and not
// surely one.
func (look outlook) faultless() bool {
	return look.none >= surelyNone || look.foreign && look.certificate < surelyFault
}

// alone is the verdict where nothing but experience speaks.
func (look outlook) alone(v Verdict) Verdict {
	if look.foreign || v == Ambiguous && look.certificate < surelyFault || v == NotCertificate && (look.elsewhere < surelyElsewhere || look.likeliest < leastLikely) {
		return Unknown
	}
	return v
}

// beside is the verdict v of what a text states, where experience hears how it is said:
// documents, questions and logs of health quote errors too.
func (look outlook) beside(v Verdict) Verdict {
	switch {
	case look.none >= likelyNone:
		return Unknown
	case look.none >= perhapsNone && v == KnownCause:
		return Ambiguous
	}
	return v
}

// Where it is likelier that nothing failed, what a text states is not said for certain;
// from likelyNone on it is not said to be the matter at all.
const (
	likelyNone  = 0.6
	perhapsNone = 0.5
)

// worth turns how likely a cause is into a score, likely the other way.
func (o opinion) worth() float64 { return opinionScale * math.Log(o.p/leastOpinion) }

func likely(worth float64) float64 { return leastOpinion * math.Exp(worth/opinionScale) }
