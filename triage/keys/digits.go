package keys

import (
	"slices"
	"strings"
)

// digits finds runs of numbers that stand for the bytes of a private key: hexadecimal in
// one piece, in pairs or in words of either byte order, octal, decimal and binary, as
// tools that dump and as programs write them.
func digits(text string, holds func([]byte) bool) []Span {
	var out []Span
	var dump []row
	var runs series
	var lines rowReader
	gap := 0
	for at := 0; at <= len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i
		}
		r := lines.row(text, at, end, &runs)
		switch n := r.size(); {
		case n >= leastRow, len(dump) > 0 && n > 1 && r.continues(dump[len(dump)-1], text[r.end():end]):
			r.numbers = slices.Clone(r.numbers)
			dump, gap = append(dump, r), 0
		case len(dump) > 0 && gap < 2 && strings.Trim(text[at:end], " \t\r>|*.\"'+") == "": // hexdump writes * for lines that repeat
			gap++
		case len(dump) > 0:
			out = append(out, inRows(text, dump, holds)...)
			dump, gap = dump[:0], 0
		}
		out = append(out, inSeries(text, &runs, holds)...)
		at = end + 1
	}
	runs.end()
	out = append(out, inSeries(text, &runs, holds)...)
	return append(out, inRows(text, dump, holds)...)
}

// rowReader keeps what the rows of a text are read into.
type rowReader struct{ now, best []number }

// row gives the longest row of the line text[at:end]. A row begins anew where width or
// separator change, so that times, offsets and characters do not get into it. Its numbers
// are good until the next call. All numbers go to runs as well.
func (f *rowReader) row(text string, at, end int, runs *series) row {
	r, best := row{numbers: f.now[:0]}, row{numbers: f.best[:0]}
	defer func() { f.now, f.best = r.numbers, best.numbers }()
	size, most, line, last := 0, 0, at, at
	begins, looked := true, at
	done := func() {
		if size > 0 && size >= most {
			most = size
			best.numbers, best.begins, best.column = append(best.numbers[:0], r.numbers...), r.begins, r.numbers[0].from-line
		}
		r.numbers, size = r.numbers[:0], 0
	}
	for at < end {
		if !alnum(text[at]) {
			at++
			continue
		}
		w := number{from: at}
		numeric := true
		for at < end && alnum(text[at]) {
			numeric = numeric && hexByte[text[at]]
			at++
		}
		w.to = at
		if !numeric && at-w.from > 2 && text[w.from] == '0' && text[w.from+1]|0x20 == 'x' && allHex(text[w.from+2:at]) {
			w.from, w.prefixed, numeric = w.from+2, true, true
		}
		runs.next(text, w, numeric)
		if !numeric {
			if text[w.from:at] != "byte" { // (byte)0x30 of Java
				done()
			}
			continue
		}
		start := w.from
		if w.prefixed {
			start -= 2
		}
		var mark byte
		mark, w.minus = separator(text[last:start])
		if n := len(r.numbers); n > 0 {
			if mark == '-' && n%8 == 0 { // between the halves of a line of an older debugger
				mark = r.mark
			}
			switch {
			case n == 1 && size <= longestOffset && (!r.fits(text, w) || strings.HasPrefix(text[last:start], ": ")): // it was an offset
				r.numbers, size = r.numbers[:0], 0
			case !r.fits(text, w):
				done()
			case n == 1:
				r.mark = mark
			case mark == r.mark:
			case n == 2: // the first was an offset
				r.numbers[0], r.numbers, r.mark = r.numbers[1], r.numbers[:1], mark
				size = r.numbers[0].size()
			default:
				done()
			}
		}
		if len(r.numbers) == 0 {
			r.decimal = true
			begins = begins && strings.Trim(text[looked:start], " \t0123456789abcdefABCDEFxX:>|[]{}()\"',.+-") == ""
			r.begins, looked = begins, start
		}
		r.decimal = r.decimal && allDecimal(text[w.from:w.to])
		r.numbers, size, last = append(r.numbers, w), size+w.size(), at
	}
	done()
	return best
}

// fits reports whether w may follow in the row: of the same width, as the shorter last
// word, or, in decimal, of any width up to three.
func (r row) fits(text string, w number) bool {
	a, last, b := r.numbers[0].size(), r.numbers[len(r.numbers)-1].size(), w.size()
	switch {
	case w.prefixed != r.numbers[0].prefixed:
		return false
	case a == b && last == b:
		return true
	case a <= 3 && b <= 3 && (w.prefixed || r.decimal && allDecimal(text[w.from:w.to])):
		return true
	}
	return len(r.numbers) > 1 && b < a && last == a && b%2 == 0
}

// separator gives what stands between two numbers: its first sign, or a space; and
// whether the second has a minus.
func separator(s string) (mark byte, minus bool) {
	mark = ' '
	for i := range len(s) {
		switch c := s[i]; c {
		case ' ', '\t', '\r', '"', '\'', '(', ')', '[', ']', '{', '}':
		case '-':
			if i == len(s)-1 && i > 0 {
				return mark, true
			}
			return c, false
		default:
			if mark == ' ' {
				mark = c
			}
		}
	}
	return mark, false
}
