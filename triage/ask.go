package triage

import "slices"

// ask chooses the question that separates the rivals best, if one is worth asking.
func (kb *KB) ask(a Answer, c Context) *Question {
	if a.Verdict != Ambiguous && !(a.Verdict == KnownCause && a.Findings[0].Confidence < 0.75) {
		return nil
	}
	var best *Question
	most := 0.0
	for _, q := range kb.questions {
		if c.Answers[q.ID] != "" {
			continue
		}
		s := separates(q, a.Findings)
		if len(q.Products) > 0 {
			if !slices.ContainsFunc(q.Products, func(p string) bool { return slices.Contains(a.Products, p) }) {
				continue
			}
			s *= ownProduct
		}
		if s > most {
			best, most = q, s
		}
	}
	return best
}

// ownProduct is how much more a question about the product itself is worth.
const ownProduct = 1.5

// separates is how much confidence the options of q tell apart: each option counts for
// the finding that it favours most, and one such finding alone tells nothing apart.
func separates(q *Question, found []Finding) float64 {
	favoured, several := make([]bool, len(found)), 0
	for _, o := range q.Options {
		best, most := -1, 0.0
		for i, f := range found {
			if w := o.Favour[f.Cause.ID]; w > most {
				best, most = i, w
			}
		}
		if best >= 0 && !favoured[best] {
			favoured[best] = true
			several++
		}
	}
	if several < 2 {
		return 0
	}
	sum := 0.0
	for i, f := range found { // in one order: sums of the same numbers in another differ, and so would the question
		if favoured[i] {
			sum += f.Confidence
		}
	}
	return sum
}
