package triage

import "strings"

const (
	shapeTrait   = "form:"
	longestOpens = 20 // bytes of a word that a text begins with
	manyLines    = 5
)

// shape gives traits of the form of a text: the words that it begins with, the characters
// that it ends with, and whether it asks. Words tell what a text is about; whether it
// asks, orders or tells of a failure shows in these. Their names have no blank, which is
// what tells pairs of words.
func shape(text string) []string {
	var lines []string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '。' }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	var out []string
	add := func(is bool, name string) {
		if is {
			out = append(out, shapeTrait+name)
		}
	}
	first, last := lines[0], lines[len(lines)-1]
	add(asks(first), "asks-first")
	add(asks(last), "asks-last")
	add(strings.ContainsAny(text, "?？"), "asks")
	add(len(lines) == 1, "one-line")
	add(len(lines) > manyLines, "many-lines")
	opens := strings.Fields(strings.ToLower(first))
	if len(opens[0]) < longestOpens {
		add(true, "first:"+opens[0])
		add(len(opens) > 1 && len(opens[1]) < longestOpens, "first:"+strings.Join(opens[:min(2, len(opens))], ":"))
	}
	ends := []rune(strings.TrimRight(last, "?？!！. "))
	add(len(ends) > 0, "last:"+string(ends[max(0, len(ends)-1):]))
	add(len(ends) > 1, "last:"+strings.ReplaceAll(string(ends[max(0, len(ends)-2):]), " ", ""))
	return out
}

func asks(line string) bool { return strings.HasSuffix(line, "?") || strings.HasSuffix(line, "？") }
