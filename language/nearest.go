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
	word = strings.ToLower(word)
	best, at := "", 3
	for _, known := range slices.Sorted(maps.Keys(wholeWords()["slash"])) {
		if n := levenshtein.ComputeDistance(word, known); n < at && n < len([]rune(known)) {
			best, at = known, n
		}
	}
	return best
}
