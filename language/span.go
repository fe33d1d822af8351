package language

import (
	"bytes"
	"slices"
)

// span is bytes [start, end) of the normalised text.
type span struct{ start, end int }

func (s span) holds(o span) bool { return s.start <= o.start && o.end <= s.end }

func (s span) meets(o span) bool { return s.start < o.end && o.start < s.end }

func (s span) has(p int) bool { return s.start <= p && p < s.end }

func (s span) length() int { return s.end - s.start }

func inside(list []span, p int) bool {
	return slices.ContainsFunc(list, func(s span) bool { return s.has(p) })
}

func lineStart(b []byte, i int) int { return bytes.LastIndexByte(b[:i], '\n') + 1 }

func lineEnd(b []byte, i int) int {
	if n := bytes.IndexByte(b[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(b)
}
