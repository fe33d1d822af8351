package keys

import (
	"slices"
	"strings"
)

// series are numbers that follow each other with nothing but punctuation and line breaks
// between them, or always the same word: an array with one number a line, as Node and
// Java write it, one with the index before each number, assignments, a column.
type series struct {
	numbers []number
	filler  string // the word that stands before each
	done    [][]number
}

// The bounds of a series, and of the numbers in it, in digits.
const (
	longestNumber = 8
	longestBreak  = 64 // bytes between two numbers
	leastLine     = 40 // numbers, where they are on one line: fewer may be cut out of the rows of a dump
)

// next takes a word of the text, a number or not.
func (s *series) next(text string, w number, numeric bool) {
	word := text[w.from:w.to]
	if !numeric {
		switch {
		case len(word) > 2 && word[0] == '0' && strings.IndexByte("oO", word[1]) >= 0 && allDecimal(word[2:]): // ECMAScript, Go, Python, Rust
			w.from += 2
		case len(word) > 2 && strings.HasSuffix(word, "u8") && allDecimal(word[:len(word)-2]): // Rust
			w.to -= 2
		case word == s.filler:
			return
		default:
			s.end()
			s.filler = word
			return
		}
	}
	if n := len(s.numbers); n > 0 && w.from-s.numbers[n-1].to > longestBreak {
		s.end()
	}
	if w.size() > longestNumber {
		s.end()
		return
	}
	start := w.from
	if w.prefixed {
		start -= 2
	}
	w.minus = start > 0 && text[start-1] == '-' && (start == 1 || !alnum(text[start-2]))
	s.numbers = append(s.numbers, w)
}

// end ends what went on so far.
func (s *series) end() {
	size := 0
	for _, w := range s.numbers {
		size += w.size()
	}
	if len(s.numbers) >= shortestKey || size >= leastDigits {
		s.done = append(s.done, slices.Clone(s.numbers))
	}
	s.numbers, s.filler = s.numbers[:0], ""
}

// loose are the notations of series: of bytes of any width, and of words.
var loose = append([]notation{{base: 16}, {base: 10, size: 1}, {base: 8, size: 1}, {base: 16, width: 4}, {base: 16, width: 8}}, notations[1], notation{base: 2, width: 8, size: 1})

// inSeries finds the private keys in the series that have ended: in all their numbers, or
// in every second one, where an index or another notation stands beside each.
func inSeries(text string, s *series, holds func([]byte) bool) []Span {
	var out []Span
	for _, numbers := range s.done {
		if span, ok := stretchOfKey(text, numbers, holds); ok {
			out = append(out, span)
			continue
		}
		for from := range 2 {
			var second []number
			for i := from; i < len(numbers); i += 2 {
				second = append(second, numbers[i])
			}
			if span, ok := stretchOfKey(text, second, shallow); ok {
				out = append(out, span)
			}
		}
	}
	s.done = s.done[:0]
	return out
}

// stretchOfKey looks at the stretches of numbers that may be bytes in each notation.
func stretchOfKey(text string, numbers []number, holds func([]byte) bool) (Span, bool) {
	for _, n := range loose {
		for at := 0; at < len(numbers); at++ {
			from := at
			for at < len(numbers) && n.takes(text, numbers[at]) {
				at++
			}
			b, _ := n.bytes(text, numbers[from:at])
			if len(b) < shortestKey {
				continue
			}
			what, _ := labelOf(text, numbers[from].from)
			span := Span{numbers[from].from, numbers[at-1].to}
			several := at-from >= leastLine || strings.Contains(text[span.From:span.To], "\n")
			if what == private && at-from == len(numbers) && scalarLength(len(b)) || several && holds(b) {
				return span, true
			}
		}
	}
	return Span{}, false
}

// takes reports whether a word may be a number of the notation, in a series.
func (n notation) takes(text string, w number) bool {
	if n.base == 16 {
		return w.size() == max(2, n.width) || n.width == 0 && w.prefixed && w.size() == 1
	}
	v := 0
	if n.width > 0 && w.size() != n.width {
		return false
	}
	for _, c := range []byte(text[w.from:w.to]) {
		d := int(c - '0')
		if d < 0 || d >= n.base {
			return false
		}
		v = v*n.base + d
	}
	return v < 1<<(8*n.size)
}
