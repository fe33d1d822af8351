package language

import (
	"strings"
	"testing"
)

// TestWholeWords: a word means one thing of its kind, whatever the language.
func TestWholeWords(t *testing.T) {
	words := map[string]string{}
	for tag, phrases := range lexiconLines("lexicon/whole") {
		kind, _, _ := strings.Cut(tag, ".")
		for _, p := range phrases {
			if was := words[kind+" "+p]; p == "" || was != "" {
				t.Errorf("%s: %q is empty or means %s as well", tag, p, was)
			}
			words[kind+" "+p] = tag
		}
	}
}
