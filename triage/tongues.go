package triage

import (
	_ "embed" // the table is a file of its own
	"strings"
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
