package triage

import (
	_ "embed" // the table is a file of its own
	"strings"
	"unicode/utf8"
)

// People report in the language of their screen. The words of the trade in the
// languages that the knowledge base has no wordings in are read as the English ones,
// so that what it knows in English is met in them too: "la clave privada no
// corresponde con el certificado" is also read as "la private key does not match con
// el certificate". Only words that English has no other use for are listed.
//
// A line is the English words, then what stands for them; a star stands for any
// ending. Longer ones win.
//
//go:embed tongues.txt
var tongues string

// form is one way to write a word: key is what it begins with, rest what follows an
// ending of any letters, in turn.
type form struct {
	rest  []string
	open  bool // ends with any ending
	means string
}

// addTongues adds table to the readings of g.
func (g *glossary) addTongues(table string) {
	for line := range strings.Lines(table) {
		means, forms, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		for written := range strings.FieldsSeq(forms) {
			parts := strings.Split(strings.ReplaceAll(written, "_", " "), "*")
			f := form{means: means}
			for _, part := range parts[1:] {
				if f.open = part == ""; !f.open {
					f.rest = append(f.rest, " "+fold(part))
				}
			}
			g.addForm(fold(parts[0]), f)
		}
	}
}

// length gives how far f reaches in text, of which its key is the first n bytes, or 0.
func (f form) length(text []byte, n int) int {
	for _, part := range f.rest {
		n += ending(text[n:])
		if !strings.HasPrefix(string(text[n:min(len(text), n+len(part))]), part) {
			return 0
		}
		n += len(part)
	}
	if f.open {
		return n + ending(text[n:])
	}
	return n
}

// ending gives the length of the letters that text begins with, in Latin or Cyrillic.
func ending(text []byte) int {
	n := 0
	for n < len(text) && (alnum(text[n]) || text[n] >= 0xD0 && text[n] <= 0xD3 && n+1 < len(text)) {
		if text[n] >= utf8.RuneSelf {
			n++
		}
		n++
	}
	return min(n, len(text))
}
