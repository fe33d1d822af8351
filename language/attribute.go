package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// setSubject files an attribute by its short name, its value as written.
func setSubject(rd *reading, attr, value string, s span) {
	value = cleanValue(value)
	if attr == "C" {
		value = countryValue(value)
	}
	if value == "" || utf8.RuneCountInString(value) > 128 {
		return
	}
	sub := &rd.u.Subject
	field := map[string]*string{"O": &sub.O, "OU": &sub.OU, "L": &sub.L, "ST": &sub.ST, "C": &sub.C}[attr]
	if field == nil {
		return
	}
	*field = value
	rd.note("subject."+attr, value, s)
}

// plain is the text as the writer sees it, without the width forms folded.
func plain(d *document, s span) string {
	start, end := d.origin(s)
	if start >= end {
		return string(d.text[s.start:s.end])
	}
	raw := d.raw[start:end]
	if strings.ContainsAny(raw, "&<") || !utf8.ValidString(raw) {
		return string(d.text[s.start:s.end])
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.Zs, r) || unicode.IsControl(r):
			return ' '
		}
		return r
	}, raw)
}

func cleanValue(v string) string {
	v = strings.TrimSpace(v)
	v = strings.Trim(v, " \t*_`|\"'“”「」《》«»")
	v = strings.TrimRight(v, " ,;、，；。")
	if strings.HasSuffix(v, ".") && !abbreviationEnd(v) {
		v = strings.TrimSuffix(v, ".")
	}
	if strings.Count(v, "(") < strings.Count(v, ")") {
		v = strings.TrimSuffix(v, ")")
	}
	return strings.TrimSpace(strings.ReplaceAll(v, `\,`, ","))
}

// corporate are legal forms of companies, which end a name.
const corporate wordList = "corporate"

// initials: "S.A.C."
var initials = lazy(`^(?:\pL\.){2,}$`)

func abbreviationEnd(v string) bool {
	words := strings.Fields(strings.ToLower(v))
	if len(words) > 1 && initials.MatchString(words[len(words)-1]) {
		return true
	}
	return len(words) > 1 && corporate.has(words[len(words)-1])
}

// countryValue: two letters, or the words of a country as written; nothing that
// looks like a host or a sentence.
func countryValue(v string) string {
	if strings.ContainsAny(v, "./:@=") {
		return ""
	}
	words := strings.Fields(v)
	if len(words) == 0 {
		return ""
	}
	if len(words[0]) == 2 && len(words) > 1 {
		return words[0]
	}
	if len(words) > 4 || utf8.RuneCountInString(v) > 32 {
		return ""
	}
	if strings.ContainsFunc(v, unicode.IsDigit) {
		return ""
	}
	return v
}

// dnValue is the value that starts at p: quoted, or up to the next attribute, or to
// where such a value ends.
func dnValue(d *document, p, next int, slash, more bool) span {
	b := d.text
	for p < len(b) && (b[p] == ' ' || b[p] == '\t') {
		p++
	}
	if p < len(b) && (b[p] == '"' || b[p] == '\'') {
		for e := p + 1; e < len(b) && b[e] != '\n'; e++ {
			if b[e] == b[p] && (b[p] == '"' || e+1 == len(b) || !wordByte(b[e+1])) {
				return span{p + 1, e}
			}
		}
	}
	end := valueEnd(d, p, more && next > p, next)
	if slash {
		for e := p; e < end; e++ {
			if b[e] == '"' || b[e] == '\'' || b[e] == '/' && e == next-1 {
				return span{p, e}
			}
		}
	}
	return span{p, max(p, end)}
}

// valueEnd: where an unquoted value ends: before the next attribute if that follows
// at once, else at a comma (not one before "Inc."), bracket, line or sentence end.
func valueEnd(d *document, p int, bounded bool, next int) int {
	b := d.text
	limit := min(len(b), p+160)
	end := p
	for end < limit {
		if bounded && end >= next-1 {
			return min(end, next-1)
		}
		c := b[end]
		switch {
		case c == '\n' || c == ';' || c == '|' || c == '\t':
			return end
		case c == ' ' && nextField.Match(b[end:limit]):
			return end
		case c == ' ' && (hasAt(b, end, " - ") || hasAt(b, end, " – ") || hasAt(b, end, " — ")):
			return end // the sentence goes on
		case c == '\\' && end+1 < limit && b[end+1] == ',':
			end++
		case c == ',':
			if !corporate.has(strings.ToLower(strings.TrimRight(firstWord(string(b[end+1:limit])), ",;"))) {
				return end
			}
		case c == ')' && strings.Count(string(b[p:end]), "(") == 0:
			return end
		case (c == '.' || c == '!' || c == '?') && valueStops(d, p, end):
			return end
		case hasAt(b, end, "。") || hasAt(b, end, "、") && (anySubject(d, span{end, min(len(b), end+24)}) || attrNext.Match(b[end:min(len(b), end+12)])):
			return end
		}
		end++
	}
	for end < len(b) && !utf8.RuneStart(b[end]) {
		end++
	}
	return end
}

// nextField: "l=Leeds ca=internal": the next field of a line of fields.
var nextField = lazy(`^ +[A-Za-z][A-Za-z_]{0,15}=[^ ]`)

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// valueStops: the dot at p ends the value, not an abbreviation or an initial.
func valueStops(d *document, from, p int) bool {
	if p+1 < len(d.text) && d.text[p+1] != ' ' && d.text[p+1] != '\n' {
		return false
	}
	if d.text[p] != '.' {
		return true
	}
	words := strings.Fields(strings.ToLower(string(d.text[from : p+1])))
	if len(words) == 0 {
		return true
	}
	last := words[len(words)-1]
	if len(last) == 2 { // "J."
		return false
	}
	if !corporate.has(last) && !abbreviations.has(strings.TrimSuffix(last, ".")) {
		return true
	}
	// "Foo Inc. We need ...": a capital after the abbreviation starts a sentence.
	rest := strings.TrimLeft(string(d.text[p+1:min(len(d.text), p+12)]), " ")
	if corporate.has(strings.ToLower(strings.Trim(firstWord(rest), ",;"))) {
		return false
	}
	return rest == "" || unicode.IsUpper(rune(rest[0]))
}

// attrNext: "L=新竹市、C=TW": the next attribute follows the Chinese comma.
var attrNext = lazy(`(?i)^、 ?(?:o|ou|l|st|s|c|cn) ?[=:]`)

func anySubject(d *document, s span) bool { return len(d.group("subj.O", s)) > 0 }
