package language

import (
	"maps"
	"slices"
	"strings"
)

// NearestSlash is the command that a word after /cert was probably meant to be: one slip or
// two away, by insertions, deletions and replacements; "" for none.
func NearestSlash(word string) string {
	word = strings.ToLower(word)
	best, at := "", 3
	for _, known := range slices.Sorted(maps.Keys(wholeWords()["slash"])) {
		if n := slips([]rune(word), []rune(known)); n < at && n < len([]rune(known)) {
			best, at = known, n
		}
	}
	return best
}

// slips is the edit distance of Levenshtein.
func slips(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
