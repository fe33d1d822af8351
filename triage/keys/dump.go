package keys

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// inRows finds the private keys in rows that follow each other.
func inRows(text string, rows []row, holds func([]byte) bool) []Span {
	rows = trimmed(rows)
	size := 0
	var numbers []number
	for _, r := range rows {
		size += r.size()
		numbers = append(numbers, r.numbers...)
	}
	if size < leastDigits {
		return nil
	}
	out := labelled(text, rows)
	tried := [][]byte{}
	for _, n := range notations {
		b, at := n.bytes(text, numbers)
		if b == nil || slices.ContainsFunc(tried, func(o []byte) bool { return string(o) == string(b) }) {
			continue
		}
		tried = append(tried, b)
		// Of a key itself the place is known, of what lies deeper that it is in there.
		if from, to, ok := structure(b); ok {
			i, _ := slices.BinarySearch(at, from+1)
			k, _ := slices.BinarySearch(at, to)
			return append(out, Span{numbers[max(0, i-1)].from, column(text, rows, numbers[max(i, k)-1].to)})
		}
		if holds(b) {
			return append(out, Span{numbers[0].from, column(text, rows, numbers[len(numbers)-1].to)})
		}
	}
	return out
}

// trimmed takes away what got into rows out of the column of characters, where it looked
// like another number: the rows of a dump but the last are equally long.
func trimmed(rows []row) []row {
	if len(rows) < 3 {
		return rows
	}
	least := len(rows[0].numbers)
	for _, r := range rows[:len(rows)-1] {
		if r.column != rows[0].column {
			return rows
		}
		least = min(least, len(r.numbers))
	}
	for i := range rows {
		if more := len(rows[i].numbers) - least; least >= 4 && more > 0 && more <= 2 {
			rows[i].numbers = rows[i].numbers[:least]
		}
	}
	return rows
}

// column gives the end of the last row that is taken: beside the numbers of a dump the
// same bytes stand as characters.
func column(text string, rows []row, to int) int {
	rest, _, _ := strings.Cut(text[to:], "\n")
	if len(rows) == 1 || len(rest) > longestColumn {
		return to
	}
	return to + len(rest)
}

const longestColumn = 100

// labelled finds the rows that are called a private key, with those that go on with them.
func labelled(text string, rows []row) []Span {
	var out []Span
	for i := 0; i < len(rows); i++ {
		if i > 0 && rows[i].begins && adjacent(text, rows[i-1], rows[i]) {
			continue // the line before is no label
		}
		what, _ := labelOf(text, rows[i].numbers[0].from)
		if what == nothing {
			continue
		}
		last, size := i, rows[i].size()
		for last+1 < len(rows) && rows[last+1].begins && adjacent(text, rows[last], rows[last+1]) {
			last++
			size += rows[last].size()
		}
		if size/2 >= shortestKey && (what == private || scalarLength(size/2)) {
			out = append(out, Span{rows[i].numbers[0].from, column(text, rows[i:last+1], rows[last].end())})
			i = last
		}
	}
	return out
}

// adjacent reports whether two rows stand on lines that follow each other.
func adjacent(text string, a, b row) bool {
	return strings.Count(text[a.end():b.numbers[0].from], "\n") == 1
}

// notation is a way to write bytes as numbers.
type notation struct {
	width int // digits of each number, in hexadecimal at most; 0 for any
	base  int
	size  int  // bytes of each number, 0 as many as its digits say
	turns bool // the lowest byte stands first in memory
}

// notations: hexadecimal in pairs or in one piece, in words that a machine of the usual
// byte order prints (hexdump, od -x, xxd -e); bytes in decimal, octal (od -b) and
// binary (xxd -b), words in decimal (od -d) and in octal (od).
var notations = []notation{
	{base: 16}, {base: 16, width: 16, turns: true},
	{base: 10, size: 1}, {base: 10, width: 5, size: 2, turns: true}, {base: 8, width: 3, size: 1}, {base: 8, width: 6, size: 2, turns: true}, {base: 2, width: 8, size: 1},
}

// bytes reads numbers, and gives where each begins in the result; nil if they are not
// written so.
func (n notation) bytes(text string, numbers []number) (out []byte, at []int) {
	at = make([]int, len(numbers))
	for i, w := range numbers {
		digits := text[w.from:w.to]
		at[i] = len(out)
		if n.width > 0 && w.size() < n.width && n.base != 16 {
			continue // what stood among the characters
		}
		if n.width > 0 && w.size() != n.width && (w.size() > n.width || w.size()%2 != 0) {
			return nil, nil
		}
		if n.base == 16 {
			if w.size()%2 != 0 {
				switch {
				case w.prefixed:
				case w.size() == 1:
					continue // what stood among the characters
				default:
					return nil, nil
				}
				digits = "0" + digits
			}
			out, _ = hex.AppendDecode(out, []byte(digits)) //nolint:errcheck // its digits are made sure of
		} else {
			if w.size() > 8 {
				return nil, nil
			}
			v, err := strconv.ParseUint(digits, n.base, 32)
			if err != nil || v >= 1<<(8*n.size) {
				return nil, nil
			}
			if w.minus { // Java's bytes have a sign
				v = -v
			}
			for k := n.size - 1; k >= 0; k-- {
				out = append(out, byte(v>>(8*k)))
			}
		}
		if n.turns {
			slices.Reverse(out[at[i]:])
		}
	}
	return out, at
}

// cells finds keys in what od -c prints: a cell of four columns for each byte, with its
// character, its escape or its octal value.
func cells(text string, holds func([]byte) bool) []Span {
	if !strings.Contains(text, `  \0`) && !strings.Contains(text, `  \n`) {
		return nil
	}
	var out []Span
	var b []byte
	from, to := 0, 0
	flush := func() {
		if holds(b) {
			out = append(out, Span{from, to})
		}
		b = b[:0]
	}
	at := 0
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\r\n")
		if got := cellsOf(body); got != nil {
			if len(b) == 0 {
				from = at
			}
			b, to = append(b, got...), at+len(body)
		} else {
			flush()
		}
		at += len(line)
	}
	flush()
	return out
}

// cellsOf reads a line of od -c after its offset; nil if it is none.
func cellsOf(line string) []byte {
	offset := strings.IndexByte(line, ' ')
	if offset < 6 || offset > 8 || !allHex(line[:offset]) || (len(line)-offset)%4 != 0 {
		return nil
	}
	var out []byte
	for line = line[offset:]; line != ""; line = line[4:] {
		cell := strings.TrimLeft(line[:4], " ")
		switch {
		case line[0] != ' ':
			return nil
		case cell == "":
			out = append(out, ' ')
		case len(cell) == 1:
			out = append(out, cell[0])
		case cell == `\0`:
			out = append(out, 0)
		case cell[0] == '\\' && len(cell) == 2:
			i := strings.IndexByte("abtnvfr", cell[1])
			if i < 0 {
				return nil
			}
			out = append(out, byte(7+i))
		default:
			v, err := strconv.ParseUint(cell, 8, 8)
			if err != nil {
				return nil
			}
			out = append(out, byte(v))
		}
	}
	return out
}
