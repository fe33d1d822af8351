package triage

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// view is a text as the matcher reads it, with the way back: byte i of text came from
// source[from[i]:to[i]]. Cases, widths, quotes, dashes, separators, Slack and HTML
// escapes, invisible characters, line breaks and the two Chinese scripts are folded,
// so that one wording in the knowledge base meets all its spellings.
type view struct {
	text     []byte
	from, to []int32
}

func (v *view) put(s string, from, to int) {
	for i := 0; i < len(s); i++ {
		v.text = append(v.text, s[i])
		v.from = append(v.from, int32(from))
		v.to = append(v.to, int32(to))
	}
}

// gap adds a separator unless one is there, or the last character is Chinese, where
// blanks carry no meaning.
func (v *view) gap(from, to int) {
	if !endsInHan(v.text) {
		v.space(from, to)
	}
}

// dropGap takes back a trailing separator before a Chinese character.
func (v *view) dropGap() {
	if n := len(v.text); n > 0 && v.text[n-1] == ' ' {
		v.text, v.from, v.to = v.text[:n-1], v.from[:n-1], v.to[:n-1]
	}
}

func endsInHan(b []byte) bool {
	if len(b) < 3 || b[len(b)-1] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeLastRune(b)
	return isHan(r)
}

func isHan(r rune) bool { return r >= 0x2E80 && (unicode.Is(unicode.Han, r)) }

// span gives the source range of text[start:end].
func (v *view) span(start, end int) (int, int) {
	return int(v.from[start]), int(v.to[end-1])
}

var entities = []struct{ name, is string }{
	{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "'"}, {"&#39;", "'"}, {"&#34;", "'"}, {"&apos;", "'"}, {"&nbsp;", " "},
}

// newView gives an empty view with room for n bytes and some.
func newView(n int) *view {
	n += n / 8
	return &view{text: make([]byte, 0, n), from: make([]int32, 0, n), to: make([]int32, 0, n)}
}

// normalise makes the view of source. Its cost is linear.
func normalise(source string) *view {
	v := newView(len(source))
	for i := 0; i < len(source); {
		c := source[i]
		if c < utf8.RuneSelf {
			i = v.ascii(source, i)
			continue
		}
		r, size := utf8.DecodeRuneInString(source[i:])
		if isHan(r) {
			i = v.han(source, i)
			continue
		}
		if n := placeholder(source[i:]); n > 0 {
			v.gap(i, i+n)
			i += n
			continue
		}
		v.wide(r, i, i+size)
		i += size
	}
	v.dropGap()
	return v
}

// placeholder gives the length of what stands for a secret at the start of s: it is
// no text of the person's.
func placeholder(s string) int {
	if !strings.HasPrefix(s, redactedOpen) {
		return 0
	}
	end := strings.Index(s[:min(len(s), 80)], redactedClose)
	if end < 0 {
		return 0
	}
	return end + len(redactedClose)
}

// ascii folds the character at source[i] and gives the index after what it read.
func (v *view) ascii(source string, i int) int {
	c := source[i]
	switch c {
	case '&':
		for _, e := range entities {
			if strings.HasPrefix(source[i:], e.name) {
				if class, letter := foldClass(e.is[0]); letter {
					v.put(e.is, i, i+len(e.name))
				} else if class == gapClass {
					v.gap(i, i+len(e.name))
				}
				return i + len(e.name)
			}
		}
	case '<':
		if n := slackLink(source[i:]); n > 0 {
			v.gap(i, i+n)
			return i + n
		}
	case 0x1b:
		if n := ansiEscape(source[i:]); n > 0 {
			return i + n
		}
	case '.':
		// The full stop of a sentence separates; a dot inside a name belongs to it.
		if i+1 == len(source) || source[i+1] <= ' ' || source[i+1] == '"' || source[i+1] == '.' {
			v.gap(i, i+1)
			return i + 1
		}
	case '\\':
		// Logs quote line breaks and quotes: \n, \", \t.
		if i+1 < len(source) && strings.IndexByte(`nrt"'`, source[i+1]) >= 0 &&
			(i+2 == len(source) || source[i+1] == '"' || source[i+1] == '\'' || !isLower(source[i+2])) {
			v.gap(i, i+2)
			return i + 2
		}
	}
	class, letter := foldClass(c)
	switch {
	case letter && c > ' ':
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		v.put(string(rune(c)), i, i+1)
	case letter || class == gapClass:
		v.gap(i, i+1)
	}
	return i + 1
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

func alnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// slackLink gives the length of the hidden part of a Slack link, "<https://x|" or
// "<@U123>", or 0. What people read, the label, stays text.
func slackLink(s string) int {
	if !strings.HasPrefix(s, "<http") && !strings.HasPrefix(s, "<mailto:") && !strings.HasPrefix(s, "<@") && !strings.HasPrefix(s, "<#") {
		return 0
	}
	for i := 1; i < len(s) && i < 2048; i++ {
		switch s[i] {
		case '|':
			return i + 1
		case '>', '\n':
			if s[1] == '@' || s[1] == '#' {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// ansiEscape gives the length of a terminal colour sequence at the start of s.
func ansiEscape(s string) int {
	if len(s) < 2 || s[1] != '[' {
		return 1
	}
	for i := 2; i < len(s) && i < 32; i++ {
		if s[i] >= 0x40 && s[i] <= 0x7e {
			return i + 1
		}
	}
	return 1
}

// han folds the Chinese word or character at source[i] and gives the index after it.
func (v *view) han(source string, i int) int {
	ends, n := [longestTerm]int{}, 0
	for at := i; n < longestTerm && at < len(source); n++ {
		r, size := utf8.DecodeRuneInString(source[at:])
		if !isHan(r) {
			break
		}
		at += size
		ends[n] = at
	}
	v.dropGap()
	for k := n; k >= 2; k-- {
		if to, ok := terms[source[i:ends[k-1]]]; ok {
			v.put(to, i, ends[k-1])
			return ends[k-1]
		}
	}
	r, size := utf8.DecodeRuneInString(source[i:])
	if s, ok := simplified[r]; ok {
		r = s
	}
	v.put(string(r), i, i+size)
	return i + size
}

// wide folds a character beyond ASCII.
func (v *view) wide(r rune, from, to int) {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms
		v.narrow(byte(r-0xFEE0), from, to)
	case strings.ContainsRune("‘’‚‛“”„‟«»‹›′″´", r):
		// quotes are passed over, as in ASCII
	case invisible(r):
	case unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) || r == utf8.RuneError:
		v.gap(from, to)
	default:
		r = unicode.ToLower(r)
		v.put(cmp.Or(accents[r], string(r)), from, to)
	}
}

func (v *view) narrow(c byte, from, to int) {
	class, letter := foldClass(c)
	switch {
	case c == '.':
		v.gap(from, to)
	case letter:
		v.put(strings.ToLower(string(rune(c))), from, to)
	case class == gapClass:
		v.gap(from, to)
	}
}

// invisible reports characters that people cannot see and matching must not: zero
// width, soft hyphen, direction marks, byte order mark, variation selectors.
func invisible(r rune) bool {
	return r == 0x00AD || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E ||
		r >= 0x2060 && r <= 0x2064 || r >= 0xFE00 && r <= 0xFE0F || r == 0xFEFF
}

// accents maps letters with marks to plain ones, so that "certificat expiré" is met
// with and without them.
var accents = map[rune]string{
	'à': "a", 'á': "a", 'â': "a", 'ã': "a", 'ä': "a", 'å': "a", 'ç': "c", 'č': "c", 'ć': "c",
	'è': "e", 'é': "e", 'ê': "e", 'ë': "e", 'ě': "e", 'ę': "e", 'ì': "i", 'í': "i", 'î': "i", 'ï': "i",
	'ñ': "n", 'ń': "n", 'ò': "o", 'ó': "o", 'ô': "o", 'õ': "o", 'ö': "o", 'ø': "o", 'ő': "o",
	'ù': "u", 'ú': "u", 'û': "u", 'ü': "u", 'ű': "u", 'ý': "y", 'ÿ': "y", 'š': "s", 'ś': "s", 'ž': "z", 'ż': "z", 'ź': "z",
	'ł': "l", 'ř': "r", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ğ': "g", 'ё': "е", 'ş': "s", 'ı': "i",
}

// fold is the matcher's reading of a wording of the knowledge base.
func fold(s string) string { return string(normalise(s).text) }
