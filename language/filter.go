package language

import "strings"

// Filters takes the words that say which requests to list (mine, team, all, open, issued,
// expiring, in each language) off the front of text, and gives what they mean. rest is what is
// looked for in names. meant is the word that rest, if it is one, was probably meant to be; "" for
// none.
func Filters(text string) (means []string, rest, meant string) {
	rest = strings.TrimSpace(text)
	for rest != "" {
		words := strings.Fields(rest)
		word := words[0]
		what, known := wholeWords()["filter"][strings.ToLower(word)]
		switch {
		case !known && len(words) > 1:
			return means, rest, ""
		case !known:
			return means, rest, nearest("filter", word, func(n, of int) bool { return n < 3 && 2*n <= of })
		}
		means = append(means, what)
		rest = strings.TrimSpace(strings.TrimPrefix(rest, word))
	}
	return means, rest, ""
}
