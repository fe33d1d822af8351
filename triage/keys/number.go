package keys

import "strings"

// number is one number as it is written.
type number struct {
	from, to int // of its digits
	prefixed bool
	minus    bool
}

func (w number) size() int { return w.to - w.from }

// The bounds of rows, in digits.
const (
	leastRow      = 16
	leastDigits   = 28 // of all rows of a dump
	longestOffset = 8
)

// row is a series of numbers on one line, of one width and separator: what is left of a
// line of a dump when its offset and its column of characters are taken away.
type row struct {
	numbers []number
	column  int  // where on its line it begins
	begins  bool // nothing but an offset and punctuation stands before it
	mark    byte // what separates the numbers
	decimal bool // no number has a letter
}

func (r row) size() int {
	n := 0
	for _, w := range r.numbers {
		n += w.size()
	}
	return n
}

func (r row) end() int { return r.numbers[len(r.numbers)-1].to }

// continues reports whether a short row is the last of a dump. What stands alone and
// shorter below a row of many is the offset of the end.
func (r row) continues(before row, rest string) bool {
	if r.numbers[0].size() == before.numbers[0].size() {
		return r.begins || r.column == before.column
	}
	return r.begins && len(before.numbers) == 1 && before.size() >= leastRow && r.size() < before.size() && strings.Trim(rest, " \t\r\"'};)],\\") == ""
}
