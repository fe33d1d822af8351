package language

import (
	"strings"
	"sync"
)

// wholeWords are the words that are compared whole (lexicon/whole/*.lex): by the tag up
// to its dot, what each of them means, the rest of the tag. Nothing is folded: what is
// compared with text of people as it comes stands there in both scripts.
var wholeWords = sync.OnceValue(func() map[string]map[string]string {
	words := map[string]map[string]string{}
	for tag, phrases := range lexiconLines("lexicon/whole") {
		kind, meaning, _ := strings.Cut(tag, ".")
		if words[kind] == nil {
			words[kind] = map[string]string{}
		}
		for _, p := range phrases {
			words[kind][p] = meaning
		}
	}
	return words
})

// wordList is the name of a set of them.
type wordList string

// has panics on a set that no file has: that is a mistake in code.
func (l wordList) has(word string) bool {
	words, known := wholeWords()[string(l)]
	if !known {
		panic("language: no words for " + string(l))
	}
	_, ok := words[word]
	return ok
}
