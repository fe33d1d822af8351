package language

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordByte: ASCII letters and digits.
func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func hostByte(c byte) bool { return wordByte(c) || c == '-' || c == '_' || c == '.' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// hostRune is the length of the letter at i if it can be part of a host name
// outside ASCII; scripts without spaces between words cannot be delimited that way.
func hostRune(b []byte, i int) int {
	if b[i] < utf8.RuneSelf {
		return 0
	}
	r, n := utf8.DecodeRune(b[i:])
	if unicode.IsLetter(r) && !han(r) {
		return n
	}
	return 0
}

// han reports whether r is written without spaces between words.
func han(r rune) bool {
	return r >= 0x3005 && r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF
}

// hasHan reports whether an ideograph is in b.
func hasHan(b []byte) bool {
	return slices.ContainsFunc(b, func(c byte) bool { return c >= 0xE3 && c <= 0xE9 })
}

func asciiLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func asciiOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func alphabetic(r rune) bool {
	if r < utf8.RuneSelf {
		return wordByte(byte(r))
	}
	return r < 0x2E80 && unicode.IsLetter(r)
}

// joined: the letters or digits before and after p are of one word. Ideographs and
// kana, which run on without blanks, join nothing.
func joined(low []byte, p int) bool {
	if p <= 0 || p >= len(low) {
		return false
	}
	before, _ := utf8.DecodeLastRune(low[:p])
	after, _ := utf8.DecodeRune(low[p:])
	return alphabetic(before) && alphabetic(after)
}

func gapByte(c byte) bool { return c == ' ' || c == '-' || c == '_' || c == '*' || c == '\t' }

func hasAt(b []byte, i int, s string) bool {
	return i+len(s) <= len(b) && string(b[i:i+len(s)]) == s
}

// commonLen is how many bytes two texts begin with in common.
func commonLen(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// holdsAny: one of the words is in text.
func holdsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// endsInAny: text ends in one of the words.
func endsInAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(text, w) })
}

// wordSet are words apart from any language: services, endings of files.
func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
