package triage

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// form is one way to write a word: key is what it begins with, rest what follows an
// ending of any letters, in turn.
type form struct {
	rest  []string
	open  bool // ends with any ending
	means string
}

// glossary is what words become. Its forms are found by what they begin with: by the
// first bytes the lengths of the keys that begin so, the longest first, and by key the
// forms.
type glossary struct {
	forms   map[string][]form
	lengths map[[keyHead]byte][]int
}

// keyHead is the length of the shortest key.
const keyHead = 3

func newGlossary() *glossary {
	return &glossary{forms: map[string][]form{}, lengths: map[[keyHead]byte][]int{}}
}

// add keeps the first meaning of a word.
func (g *glossary) add(word, means string) {
	if len(g.forms[word]) == 0 {
		g.addForm(word, form{means: means})
	}
}

func (g *glossary) addForm(key string, f form) {
	if len(key) < keyHead {
		return
	}
	g.forms[key] = append(g.forms[key], f)
	head := [keyHead]byte([]byte(key[:keyHead]))
	if list := g.lengths[head]; !slices.Contains(list, len(key)) {
		g.lengths[head] = append(list, len(key))
		slices.SortFunc(g.lengths[head], func(a, b int) int { return b - a })
	}
}

// longest gives the longest form that text begins with, as its length, and what it
// means. A form in Latin script ends with a word.
func (g *glossary) longest(text []byte) (int, string) {
	if len(text) < keyHead {
		return 0, ""
	}
	best, means := 0, ""
	for _, n := range g.lengths[[keyHead]byte(text[:keyHead])] {
		if n > len(text) {
			continue
		}
		for _, f := range g.forms[string(text[:n])] {
			end := f.length(text, n)
			if end > best && (end == len(text) || !alnum(text[end]) || !alnum(text[end-1])) {
				best, means = end, f.means
			}
		}
	}
	return best, means
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
