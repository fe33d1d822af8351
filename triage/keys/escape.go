package keys

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// view is a text with its escapes undone, and where each byte came from.
type view struct {
	text string
	at   []int32 // of each byte of text, and of its end; nil: text is the source
}

// source gives the place in the source that a place in the view stands for.
func (v view) source(s Span) Span {
	if v.at == nil {
		return s
	}
	return Span{int(v.at[s.From]), int(v.at[s.To])}
}

// unescape undoes one layer of the escapes that text comes in: percent signs (RFC 3986),
// backslashes of JSON and of programs, quoted-printable (RFC 2045), character references
// of HTML, and NUL bytes as UTF-16 read wrongly has them; and writes what looks like
// ASCII, or like nothing, as that (fold). With latin, code points up to U+00FF are bytes,
// as where a program took bytes for characters; low reports whether there are any, of
// escapes or, in the source, of characters.
func (v view) unescape(latin bool) (next view, changed, low bool) {
	s := v.text
	printable := strings.Contains(s, "=3D") || strings.Contains(s, "=2D") || strings.Contains(s, "=0A")
	wide := strings.Count(s, "\x00") > len(s)/4
	if !printable && !wide && !strings.ContainsAny(s, "\\%") && !strings.Contains(s, "&#") && isASCII(s) || !wide && !utf8.ValidString(s) {
		return v, false, false
	}
	out := make([]byte, 0, len(s))
	at := make([]int32, 0, len(s)+1)
	origin := func(i int) int32 {
		if v.at == nil {
			return int32(i)
		}
		return v.at[i]
	}
	for i := 0; i < len(s); {
		var put [longestFold]byte
		size, used := 0, 0
		switch s[i] {
		case '\\', '%', '&':
			size, used = escaped(s[i:], put[:])
		case '=':
			if printable {
				size, used = escaped(s[i:], put[:])
			}
		case 0:
			if wide {
				used = 1
			}
		default:
			if s[i] >= utf8.RuneSelf {
				var folded bool
				size, used, folded = fold(s[i:], put[:], latin)
				changed = changed || folded
			}
		}
		if used == 0 {
			put[0], size, used = s[i], 1, 1
		} else if s[i] < utf8.RuneSelf {
			changed = true
		}
		if r, n := utf8.DecodeRune(put[:size]); n == 2 && n == size && r <= 0xff {
			low = low || s[i] < utf8.RuneSelf || v.at == nil
			if latin {
				put[0], size = byte(r), 1
			}
		}
		for _, c := range put[:size] {
			out, at = append(out, c), append(at, origin(i))
		}
		i += used
	}
	at = append(at, origin(len(s)))
	return view{string(out), at}, changed, low
}

// escaped reads the escape that s begins with into put: how many bytes it stands for, and
// how many it takes; 0 if it is none.
func escaped(s string, put []byte) (size, used int) {
	one := func(digits string, base int) bool {
		n, err := strconv.ParseUint(digits, base, 8)
		put[0] = byte(n)
		return err == nil && digits[0] != '+'
	}
	switch {
	case len(s) < 2:
		return 0, 0
	case s[0] == '%':
		if len(s) >= 3 && one(s[1:3], 16) {
			return 1, 3
		}
	case s[0] == '=':
		switch {
		case s[1] == '\n':
			return 0, 2
		case strings.HasPrefix(s, "=\r\n"):
			return 0, 3
		case len(s) >= 3 && strings.ToUpper(s[1:3]) == s[1:3] && one(s[1:3], 16):
			return 1, 3
		}
	case s[0] == '&':
		end := strings.IndexByte(s[:min(len(s), 9)], ';')
		if s[1] != '#' || end < 3 {
			return 0, 0
		}
		digits, base := s[2:end], 10
		if digits[0] == 'x' || digits[0] == 'X' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(digits, base, 16); err == nil {
			return utf8.EncodeRune(put, rune(n)), end + 1
		}
	case s[0] == '\\':
		return backslashed(s, put, one)
	}
	return 0, 0
}

func backslashed(s string, put []byte, one func(string, int) bool) (size, used int) {
	switch s[1] {
	case 'n', 'r', 't':
		put[0] = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t'}[s[1]]
		return 1, 2
	case '/', '"', '\'', '\\':
		put[0] = s[1]
		return 1, 2
	case '\n':
		return 0, 2
	case 'x':
		if len(s) >= 4 && one(s[2:4], 16) {
			return 1, 4
		}
	case 'u':
		if len(s) >= 6 {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
				return utf8.EncodeRune(put, rune(n)), 6
			}
		}
	case 'U': // Python
		if len(s) >= 10 {
			if n, err := strconv.ParseUint(s[2:10], 16, 21); err == nil {
				return utf8.EncodeRune(put, rune(n)), 10
			}
		}
	}
	if end := strings.IndexByte(s[:min(len(s), 10)], '}'); end > 3 && (s[1] == 'x' || s[1] == 'u') && s[2] == '{' { // Perl, Rust, ECMAScript
		if n, err := strconv.ParseUint(s[3:end], 16, 21); err == nil {
			return utf8.EncodeRune(put, rune(n)), end + 1
		}
	}
	n := 1
	for n < 4 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
		n++
	}
	if n > 1 && one(s[1:n], 8) {
		return 1, n
	}
	return 0, 0
}
