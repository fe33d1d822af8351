package language

import (
	"strings"
	"sync"
)

// replyWords are the words that are a reply by themselves (lexicon/replies/*.lex): by the
// tag up to its dot, what each of them means, the rest of the tag. Nothing is folded:
// they are short, and stand there in both scripts.
var replyWords = sync.OnceValue(func() map[string]map[string]string {
	words := map[string]map[string]string{}
	for tag, phrases := range lexiconLines("lexicon/replies") {
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
