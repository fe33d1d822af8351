package triage

import "slices"

// ask chooses the question that separates the rivals best, if one is worth asking.
func (kb *KB) ask(a Answer, c Context) *Question {
	if len(a.Findings) == 0 || a.Verdict == NotCertificate || a.Verdict == KnownCause {
		return nil
	}
	if q := a.Findings[0].Cause.Question; a.Findings[0].Cause.Open && q != nil && c.Answers[q.ID] == "" {
		return q // it names what is seen: why, is what it asks
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

// separates is how much confidence the options of q tell apart: that of the findings which
// some option favours, where at least two options favour different ones most.
func separates(q *Question, found []Finding) float64 {
	best, favoured := make([]bool, len(found)), make([]bool, len(found))
	for _, o := range q.Options {
		top, most := -1, 0.0
		for i, f := range found {
			w := o.Favour[f.Cause.ID]
			favoured[i] = favoured[i] || w > 0
			if w > most {
				top, most = i, w
			}
		}
		if top >= 0 {
			best[top] = true
		}
	}
	several, sum := 0, 0.0
	for i, f := range found { // in one order: sums of the same numbers in another differ, and so would the question
		if best[i] {
			several++
		}
		if favoured[i] {
			sum += f.Confidence
		}
	}
	if several < 2 {
		return 0
	}
	return sum
}
