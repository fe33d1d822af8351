package keys

import (
	"encoding/base32"
	"encoding/base64"
	"strings"
)

// The pieces that one run of base64 may consist of: lines, or strings of a program.
const (
	longPiece   = 16 // characters that no word has
	leastGroup  = 3  // characters of each of equal groups
	leastGroups = 3
	wholePiece  = 40 // of a line that goes on after some other beginning, as those of a log do
	leastBase64 = 20 // characters in all
	longestGap  = 16
	longestHead = 160 // of a line of a log, before its piece
)

// base64s finds runs of base64, over lines, quotes and equal groups, that hold a private
// key.
func base64s(text string, holds func([]byte) bool) []Span {
	var out []Span
	look := func(chain []Span) {
		if from, ok := base64Key(text, chain, holds); ok {
			out = append(out, Span{from, chain[len(chain)-1].To})
		}
	}
	var group []Span
	flush := func() {
		if len(group) >= leastGroups {
			look(group)
		}
		group = group[:0]
	}
	for at := 0; at < len(text); {
		p, ok := nextPiece(text, at)
		if !ok {
			break
		}
		if at = p.To; p.To-p.From < longPiece {
			joins := len(group) > 0 && grouped(text, group, p)
			if !joins {
				flush()
			}
			if joins || p.To-p.From >= leastGroup {
				group = append(group, p)
			}
			if joins && (p.To-p.From < group[0].To-group[0].From || text[p.To-1] == '=') {
				flush()
			}
			continue
		}
		flush()
		chain := []Span{p}
		for {
			next, ok := follows(text, chain)
			if !ok {
				break
			}
			chain = append(chain, next)
		}
		at = chain[len(chain)-1].To
		look(chain)
	}
	flush()
	return out
}

// grouped reports whether a short piece goes on with groups of the same length, or is the
// shorter last one of several.
func grouped(text string, group []Span, p Span) bool {
	size, before, last := p.To-p.From, group[0].To-group[0].From, group[len(group)-1]
	if size > before || size < before && len(group) < 2 || p.From-last.To > longestGap {
		return false
	}
	if !strings.Contains(text[last.To:p.From], "\n") {
		return true
	}
	return size == before && len(group) >= leastGroups && !alone(text, last) || alone(text, p)
}

// nextPiece gives the next stretch of base64 characters with its padding.
func nextPiece(text string, at int) (Span, bool) {
	for at < len(text) && !base64Byte[text[at]] {
		at++
	}
	from := at
	for at < len(text) && base64Byte[text[at]] {
		at++
	}
	for n := 0; n < 6 && at < len(text) && text[at] == '='; n++ {
		at++
	}
	return Span{from, at}, at > from
}

// alone reports whether nothing but punctuation stands beside a piece on its line.
func alone(text string, p Span) bool {
	for i := p.From - 1; i >= 0 && text[i] != '\n'; i-- {
		if alnum(text[i]) {
			return false
		}
	}
	return endsLine(text, p)
}

func endsLine(text string, p Span) bool {
	for i := p.To; i < len(text) && text[i] != '\n'; i++ {
		if base64Byte[text[i]] || i-p.To > longestGap {
			return false
		}
	}
	return true
}

// follows gives the piece that goes on with a run: after no more than punctuation, or on
// the next line after the same beginning as on this one.
func follows(text string, chain []Span) (Span, bool) {
	last := chain[len(chain)-1]
	next, ok := nextPiece(text, last.To)
	for ok && next.To-next.From < 3 && strings.Trim(text[next.From:next.To], "+-/_=") == "" {
		next, ok = nextPiece(text, next.To) // a plus between strings
	}
	if !ok {
		return next, false
	}
	size, before, padded := next.To-next.From, last.To-last.From, text[last.To-1] == '='
	if next.From-last.To <= longestGap {
		switch {
		case size >= longPiece:
			return next, true
		case padded:
		case size == before && alone(text, next):
			return next, true
		case size < before && before%4 == 0 && size%4 == 0 && (before >= longPiece || len(chain) > 2) && endsLine(text, next):
			// the last, shorter one, on a line of its own or after its equals
			return next, alone(text, next) || !strings.Contains(text[last.To:next.From], "\n")
		}
	}
	if padded || before < wholePiece || !endsLine(text, last) {
		return next, false
	}
	return afterHead(text, last)
}

// afterHead finds the piece of the next line where that line begins as the one of last
// does, but for digits: a time, a number.
func afterHead(text string, last Span) (Span, bool) {
	start := strings.LastIndexByte(text[max(0, last.From-longestHead):last.From], '\n') + 1 + max(0, last.From-longestHead)
	line := strings.IndexByte(text[last.To:min(len(text), last.To+longestGap+1)], '\n')
	head := text[start:last.From]
	if line < 0 || len(head) >= longestHead || last.To+line+1+len(head) >= len(text) {
		return Span{}, false
	}
	line += last.To + 1
	for i := range len(head) {
		a, b := head[i], text[line+i]
		if a != b && !(isDigit(a) && isDigit(b)) {
			return Span{}, false
		}
	}
	next, ok := nextPiece(text, line+len(head))
	return next, ok && next.From == line+len(head) && endsLine(text, next)
}

// base64Key decodes a run, and reports whether it holds a key and where that begins.
func base64Key(text string, chain []Span, holds func([]byte) bool) (from int, ok bool) {
	size := 0
	for _, p := range chain {
		size += p.To - p.From
	}
	if size < leastBase64 {
		return 0, false
	}
	clean := make([]byte, 0, size)
	for _, p := range chain {
		clean = append(clean, text[p.From:p.To]...)
	}
	first := chain[0].From
	raw := decode64(clean)
	if scalarLength(len(raw)) && len(chain) == 1 && mixed(clean) {
		what, words := labelOf(text, first)
		if what == private || what == aKey && algorithm.MatchString(words) {
			return first, true
		}
	}
	if holds(raw) {
		return first, true
	}
	// The run may begin with something else: the path before it, the sign of a difference.
	for skip := 1; skip < 4 && size > wholePiece; skip++ {
		if b := decode64(clean[skip:]); shallow(b) {
			return first, true
		}
	}
	if c := text[first]; c == '+' || c == '-' { // every line of a difference has one
		clean = clean[:0]
		for _, p := range chain {
			clean = append(clean, strings.TrimLeft(text[p.From:p.To], "+-")...)
		}
		return first, shallow(decode64(clean))
	}
	if strings.Trim(string(clean), base32Alphabet+"=") == "" {
		b, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(string(clean), "=")) //nolint:errcheck // what comes is looked at
		return first, shallow(b)
	}
	return 0, false
}

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// shallow reports whether bytes are a private key themselves, or have one in armour.
func shallow(b []byte) bool {
	_, _, ok := structure(b)
	return ok || pgpSecret(b) > 0 || len(armours(string(b))) > 0
}

// mixed tells what is random from words, paths and names.
func mixed(b []byte) bool {
	upper, lower, digit, slash := false, false, false, 0
	for _, c := range b {
		switch {
		case isDigit(c):
			digit = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case c >= 'a' && c <= 'z':
			lower = true
		case c == '/':
			slash++
		}
	}
	return upper && lower && digit && slash < 5
}

// decode64 decodes base64 and base64url, each stretch up to its padding by itself, as
// far as it comes.
func decode64(b []byte) []byte {
	out := make([]byte, 0, base64.RawStdEncoding.DecodedLen(len(b)))
	part := make([]byte, 0, len(b))
	flush := func() {
		if len(part)%4 == 1 {
			part = part[:len(part)-1]
		}
		out, _ = base64.RawStdEncoding.AppendDecode(out, part) //nolint:errcheck // its alphabet is made sure of
		part = part[:0]
	}
	for _, c := range b {
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		case '=':
			flush()
			continue
		}
		part = append(part, c)
	}
	flush()
	return out
}
