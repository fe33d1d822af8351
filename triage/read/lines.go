package read

import "strings"

// line is one line of a text, without its end; longer ones are read up to longestLine.
type line struct {
	start int
	text  string
}

// longestLine bounds what the readers of one line look at. A line of a log that is longer
// has its verdict in the front.
const longestLine = 8 << 10

func (l line) end() int { return l.start + len(l.text) }

// trimmed gives the words of the line and the span they have in the text.
func (l line) trimmed() (string, Span) {
	s := strings.TrimSpace(l.text)
	start := l.start + strings.Index(l.text, s)
	return s, Span{start, start + len(s)}
}

func split(text string) []line {
	lines := make([]line, 0, 1+strings.Count(text, "\n"))
	for start := 0; start < len(text); {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			end = len(text) - start
		}
		lines = append(lines, line{start, strings.TrimSuffix(text[start:start+end], "\r")})
		start += end + 1
	}
	return lines
}

// front is the part of a line that readers look at.
func (l line) front() string { return l.text[:min(len(l.text), longestLine)] }

// number reads the decimal number that s begins with, and how many bytes it has; no
// number that counts here is longer than nine digits.
func number(s string) (n, length int) {
	for length < len(s) && length < 9 && isDigit(s[length]) {
		n = n*10 + int(s[length]-'0')
		length++
	}
	return n, length
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// shaped tells whether s begins with a shape: 9 stands for a digit, h for a hex digit, A
// for a letter, every other byte for itself.
func shaped(s, shape string) bool {
	if len(s) < len(shape) {
		return false
	}
	for i := range len(shape) {
		c := s[i]
		switch shape[i] {
		case '9':
			if !isDigit(c) {
				return false
			}
		case 'h':
			if !isHex(c) {
				return false
			}
		case 'A':
			if c|0x20 < 'a' || c|0x20 > 'z' {
				return false
			}
		default:
			if c != shape[i] {
				return false
			}
		}
	}
	return true
}

func containsAny(s string, marks []string) bool {
	for _, m := range marks {
		if strings.Contains(s, m) {
			return true
		}
	}
	return false
}

// token is a word of a line in lower case.
type token struct {
	text       string
	start, end int
}

// words cuts a line at everything that is no letter or digit.
func words(s string, from, most int) []token {
	var out []token
	for i := from; i < len(s) && len(out) < most; {
		if !isWord(s[i]) {
			i++
			continue
		}
		start := i
		for i < len(s) && isWord(s[i]) {
			i++
		}
		out = append(out, token{strings.ToLower(s[start:i]), start, i})
	}
	return out
}
