package language

import (
	"bytes"
	"strings"
)

// sentence is a stretch that labels and negations do not leave.
type sentence struct {
	span
	line   int
	quoted bool
	code   bool
}

// abbreviations whose dot ends no sentence.
const abbreviations wordList = "abbreviations"

// splitSentences cuts at line ends and sentence ends; dots inside names, versions
// and abbreviations are none.
func splitSentences(low []byte, names []name, b blocks) (out []sentence) {
	line, start, n := 0, 0, 0
	cut := func(end, next int) {
		if len(bytes.TrimSpace(low[start:end])) > 0 {
			s := sentence{span: span{start, end}, line: line}
			s.quoted = inside(b.quotes, start)
			mid := start + len(low[start:end]) - len(bytes.TrimLeft(low[start:end], " \t`"))
			s.code = inside(b.code, min(mid, end-1))
			out = append(out, s)
		}
		start = next
	}
	for i := 0; i < len(low); i++ {
		for n < len(names) && names[n].end <= i {
			n++
		}
		if n < len(names) && names[n].has(i) {
			i = names[n].end - 1
			continue
		}
		switch c := low[i]; {
		case c == '\n':
			cut(i, i+1)
			line++
		case c == ';' && nameFollows(low, names, i+1, n):
			// "a.example; b.example" is a list.
		case c == '?' && rhetorical.Match(low[i+1:min(len(low), i+12)]):
			// "ECDSA? no, stay on RSA"
		case c == '!' || c == '?' || c == ';':
			cut(i+1, i+1)
		case c == '.' && endsSentence(low, i):
			cut(i+1, i+1)
		case c == ' ' && i+2 < len(low) && digit(low[i+1]) && low[i+2] == ')':
			cut(i, i)
		case hasAt(low, i, "。"):
			cut(i+3, i+3)
			i += 2
		}
	}
	cut(len(low), len(low))
	return out
}

// rhetorical: the writer answers the question.
var rhetorical = lazy(`^\s*(?:no|nope|nein|non|nee|não)\b|^\s*(?:不|算了)`)

// nameFollows: nothing but spaces stands between i and the next name.
func nameFollows(low []byte, names []name, i, n int) bool {
	for n < len(names) && names[n].start < i {
		n++
	}
	return n < len(names) && strings.TrimSpace(string(low[i:min(len(low), names[n].start)])) == "" && names[n].start-i < 4
}

// endsSentence: the dot at i does.
func endsSentence(low []byte, i int) bool {
	if i+1 < len(low) && low[i+1] != ' ' && low[i+1] != '"' && low[i+1] != ')' && low[i+1] != '\n' {
		return false
	}
	w := i
	for w > 0 && (wordByte(low[w-1]) || low[w-1] == '.') {
		w--
	}
	word := string(low[w:i])
	if abbreviations.has(word) {
		// "ca. 20 boxes", but "by our CA. Thanks"
		rest := bytes.TrimLeft(low[i+1:min(len(low), i+8)], " ")
		return word == "ca" && (len(rest) == 0 || !digit(rest[0]))
	}
	// "1. first item"
	digits := strings.Trim(word, "0123456789") == ""
	return !(digits && word != "" && len(bytes.TrimLeft(low[lineStart(low, w):w], " \t>")) == 0)
}
