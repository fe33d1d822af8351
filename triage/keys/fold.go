package keys

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestFold is more than any compatibility decomposition takes, in bytes.
const longestFold = 64

// fold reads the character that s begins with, which is not ASCII, into put, as the ASCII
// that it looks like: its compatibility decomposition (UAX #15: full-width forms, letters
// of mathematics, blanks), straight for curly quotes, and nothing for what has no width
// (format characters, marks, default ignorable code points: UAX #44). changed is whether
// that can make a key of what was none; punctuation alone cannot. With latin, code points
// up to U+00FF stay.
func fold(s string, put []byte, latin bool) (size, used int, changed bool) {
	r, used := utf8.DecodeRuneInString(s)
	switch {
	case r >= 0x4e00 && r < 0xd800, latin && r <= 0xff: // ideographs, Hangul: most of a text that has any
	case unicode.In(r, unicode.Cf, unicode.Mn, unicode.Other_Default_Ignorable_Code_Point):
		return 0, used, true
	case r == '\u2028', r == '\u2029', r == '\u0085':
		put[0] = '\n'
		return 1, used, true
	case r == '\u2032', unicode.In(r, unicode.Pi, unicode.Pf), r == '\u201a', r == '\u201e':
		put[0] = '"'
		return 1, used, true
	default:
		d := norm.NFKC.PropertiesString(s).Decomposition()
		if len(d) == 0 || len(d) > len(put) || !isASCII(string(d)) {
			break
		}
		for _, c := range d {
			changed = changed || base64Byte[c] || c == '=' || c == ' '
		}
		return copy(put, d), used, changed
	}
	return copy(put, s[:used]), used, false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
