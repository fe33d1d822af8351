package language

import (
	"strings"
	"testing"
)

// TestReplyWords: a word means one thing of its kind, whatever the language.
func TestReplyWords(t *testing.T) {
	words := map[string]string{}
	for tag, phrases := range lexiconLines("lexicon/replies") {
		kind, _, _ := strings.Cut(tag, ".")
		if !strings.Contains("command field slash bare", kind) {
			t.Errorf("%s: no such kind", tag)
		}
		for _, p := range phrases {
			if was := words[kind+" "+p]; p == "" || was != "" {
				t.Errorf("%s: %q is empty or means %s as well", tag, p, was)
			}
			words[kind+" "+p] = tag
		}
	}
}
