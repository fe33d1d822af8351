package language

import (
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// NearestSlash is the command that a word after /cert was probably meant to be: one slip or
// two away, by insertions, deletions and replacements; "" for none.
func NearestSlash(word string) string {
	return nearest("slash", word, func(n, of int) bool { return n < 3 && n < of })
}

// nearest is the word of a kind to which the fewest steps lead, of several the one that begins
// alike, if the number of them is near enough for the runes that it has.
func nearest(kind, word string, near func(steps, of int) bool) string {
	word = strings.ToLower(word)
	best, at := "", 2*len(word)+2
	for _, known := range slices.Sorted(maps.Keys(wholeWords()[kind])) {
		n := levenshtein.ComputeDistance(word, known)
		far := 2 * n
		if word != "" && known[0] == word[0] {
			far--
		}
		if far < at && near(n, len([]rune(known))) {
			best, at = known, far
		}
	}
	return best
}
