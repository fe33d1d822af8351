package triage

import (
	"strings"
	"unicode/utf8"
)

var stopWords = wordSet(`
	the a an of to in is are was it its and or for on at be we i our my you this that with by as from has have been does do
	did will please hi help pls any so but they de la le el der die das que 的了 的
`)

// eachToken walks the words of v: Latin words less their ending, Chinese pairs of
// characters.
func eachToken(v *view, f func(tok string, start, end int)) {
	text := v.text
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			if !alnum(text[i]) {
				i++
				continue
			}
			j := i
			for j < len(text) && (alnum(text[j]) || text[j] == '.' && j+1 < len(text) && alnum(text[j+1])) {
				j++
			}
			word := string(text[i:j])
			if !stopWords[word] && len(word) < 40 {
				f(stem(word), i, j)
			}
			i = j
			continue
		}
		_, size := utf8.DecodeRune(text[i:])
		if next := i + size; next < len(text) && text[next] >= utf8.RuneSelf {
			_, more := utf8.DecodeRune(text[next:])
			f(string(text[i:next+more]), i, next+more)
		}
		i += size
	}
}

// stem cuts common English endings, so that renew, renewed and renewal meet.
func stem(w string) string {
	for _, end := range []string{"ations", "ation", "ings", "ing", "als", "al", "ies", "ed", "es", "s", "d", "e"} {
		if len(w) > len(end)+3 && strings.HasSuffix(w, end) {
			return w[:len(w)-len(end)]
		}
	}
	return w
}

// digits reports whether a word is a number: a day or an hour is not what a text is
// about, though some wordings hold the numbers of errors.
func digits(word string) bool {
	return word[0] <= '9' && strings.Trim(word, "0123456789.") == ""
}
