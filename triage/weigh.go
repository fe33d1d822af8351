package triage

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// The scale of scores: about 3 a hint, 6 strong, 9 decisive (see Cause.Facts).
const (
	hintScore    = 2.6 // below this a cause is not named
	knownScore   = 4.6 // below this a cause is only possible
	rivalMargin  = 0.9 // closer than this, two causes are rivals
	elseMargin   = 1.2 // the same between a certificate cause and something else
	maxFindings  = 6
	worthSaying  = 3.6 // further below the first, a cause is not worth saying
	temperature  = 1.15
	besideKnown  = 0.1 // what experience counts beside a wording that needs no help
	besideOpen   = 0.5 // the same beside one that leaves the reason open
	unknownScore = 3.6 // what "none of these" weighs
)

// decay is what the second, third ... piece of independent evidence counts: the
// pieces of one text are rarely independent.
var decay = []float64{1, 0.5, 0.3, 0.2, 0.12, 0.08}

// weigh sums the pieces of each cause to a score.
func weigh(pieces [][]piece) []float64 {
	scores := make([]float64, len(pieces))
	for c, list := range pieces {
		slices.SortStableFunc(list, func(a, b piece) int { return cmp.Compare(b.w, a.w) })
		n := 0
		var used []hit
		for _, p := range list {
			if p.w < 0 {
				scores[c] += p.w
				continue
			}
			k := 0.05
			if n < len(decay) {
				k = decay[n]
			}
			// The same words seen by a second signal are no second witness.
			if n > 0 && len(p.spans) > 0 && slices.ContainsFunc(used, p.spans[0].overlaps) {
				k *= 0.3
			}
			scores[c] += p.w * k
			used = append(used, p.spans...)
			n++
		}
	}
	return scores
}

// confidences turns scores into probabilities that sum to less than one: the rest is
// the chance that none of the known causes is it.
func confidences(scores []float64) []float64 {
	sum := math.Exp(unknownScore / temperature)
	out := make([]float64, len(scores))
	for i, s := range scores {
		if s > 0 {
			out[i] = math.Exp(s / temperature)
			sum += out[i]
		}
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// decide ranks the causes and chooses the verdict. Views, what
// experience says of the words, adds to all evidence and is some itself.
func (kb *KB) decide(pieces [][]piece, views map[int]piece, least float64, name, text string, lines []int) ([]Finding, Verdict) {
	scores := weigh(pieces)
	told := slices.Clone(scores)
	share := 1.0
	if top := slices.Max(scores); top >= knownScore {
		share = besideKnown
		if kb.causes[slices.Index(scores, top)].Open {
			share = besideOpen
		}
	}
	for c, p := range views {
		scores[c] += share * p.w
	}
	conf := confidences(scores)
	var found []Finding
	mute := 0.0 // the score of the best that has nothing to show
	for i, s := range scores {
		if _, viewed := views[i]; s < hintScore && !(viewed && s >= least) {
			continue
		}
		f := Finding{Cause: kb.causes[i], Confidence: conf[i], score: s, told: told[i], computed: computed(pieces[i : i+1])}
		f.Evidence, f.Judge = quote(witnesses(pieces[i], views[i], text), name, text, lines)
		if len(f.Evidence) == 0 {
			mute = max(mute, s)
			continue // no evidence, no claim
		}
		found = append(found, f)
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.Cause.ID, b.Cause.ID))
	})
	if len(found) == 0 || found[0].told <= 0 && found[0].score < mute {
		return nil, Unknown // and none for what is less likely
	}
	// The others share what calibration leaves them: of rivals, one is right at most.
	raw := found[0].Confidence
	found[0].Confidence = calibrate(raw)
	for i := range found[1:] {
		share := found[i+1].Confidence * min(1, (1-found[0].Confidence)/(1-raw))
		found[i+1].Confidence = math.Round(share*1000) / 1000
	}
	top := found[0]
	keep := found[:0:0]
	for _, f := range found {
		if len(keep) < maxFindings && f.score > top.score-worthSaying && (len(keep) == 0 || f.computed || f.Confidence >= leastShare) {
			keep = append(keep, f)
		}
	}
	said := verdict(keep)
	return named(keep, said), said
}

// mostNamed bounds the causes that an answer names.
const mostNamed = 3

// named are the causes that an answer names: one that is sure, with the others that
// artefacts show beside it, or a few, each worth saying.
func named(found []Finding, v Verdict) []Finding {
	if v == KnownCause {
		first := found[0].Cause
		found = slices.DeleteFunc(found, func(f Finding) bool { return !f.computed && f.Cause != first })
	}
	return found[:min(len(found), mostNamed)]
}

func verdict(found []Finding) Verdict {
	top := found[0]
	if !top.Cause.Certificate() {
		for _, f := range found[1:] {
			if f.Cause.Certificate() && f.score > top.score-rivalMargin && f.score >= knownScore {
				return Ambiguous
			}
		}
		return NotCertificate
	}
	// Experience ranks; that one certificate problem it is for certain, and not another, is
	// for wordings to say.
	if top.told < knownScore || top.score < knownScore || top.Confidence < knownSurely || top.Cause.Open {
		return Ambiguous
	}
	for _, f := range found[1:] {
		margin := rivalMargin
		if !f.Cause.Certificate() {
			margin = elseMargin
		}
		if f.score > top.score-margin || f.told > top.told-margin {
			return Ambiguous
		}
	}
	return KnownCause
}
