package keys

import "slices"

// Span is a place in a text, in bytes.
type Span struct{ From, To int }

// merge sorts spans and joins those that overlap.
func merge(list []Span) []Span {
	slices.SortFunc(list, func(a, b Span) int { return a.From - b.From })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.From < out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
		} else if s.To > s.From {
			out = append(out, s)
		}
	}
	return out
}
