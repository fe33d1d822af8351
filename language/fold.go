package language

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// fold makes the text that words are looked up in: lower case, Traditional
// characters as Simplified ones. It keeps every byte offset, so a letter whose
// lower case has another length stays as it is.
func fold(b []byte) []byte {
	out := make([]byte, len(b))
	copy(out, b)
	for i := 0; i < len(out); {
		c := out[i]
		if c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				out[i] = c + 'a' - 'A'
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(out[i:])
		m := foldRune(r)
		if m != r && utf8.RuneLen(m) == n {
			utf8.EncodeRune(out[i:], m)
		}
		i += n
	}
	return out
}

func foldRune(r rune) rune {
	if r >= 0x4E00 && r <= 0x9FFF {
		if s, ok := simplified()[r]; ok {
			return s
		}
		return r
	}
	return unicode.ToLower(r)
}

// hanPairs: Traditional (and Taiwan variant) forms, each followed by its Simplified
// form, for the characters that certificate talk and everyday requests use. Words
// that differ by more than script (憑證, 伺服器, 叢集) are in the lexicon.
//
//go:embed lexicon/han.txt
var hanPairs string

// simplified is hanPairs as a map, built on first use.
var simplified = sync.OnceValue(func() map[rune]rune {
	m := make(map[rune]rune, len(hanPairs)/6)
	runes := []rune(strings.ReplaceAll(hanPairs, "\n", ""))
	for i := 0; i+1 < len(runes); i += 2 {
		if runes[i] != runes[i+1] {
			m[runes[i]] = runes[i+1]
		}
	}
	return m
})

// lower is strings.ToLower for names: what ToLower would lengthen it keeps, as fold
// does, so that names stay findable in the text.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		l := unicode.ToLower(r)
		if utf8.RuneLen(l) != utf8.RuneLen(r) {
			return r
		}
		return l
	}, s)
}
