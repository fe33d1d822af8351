package language

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// O=, OU:, /C=, S=; a colon only after capitals, since "c: " starts many things.
	dnAttr = lazy(`(?:^|[\s,;:/("'+|>*、。` + "`" + `])(CN|cn|Cn|OU|ou|Ou|ST|st|St|O|o|L|l|C|c|S|s|SAN|DC|E|emailAddress|subjectAltName)[ \t]*(=|:)`)
	// openssl.cnf: 0.organizationName_default = X
	cnfAttr = lazy(`(?im)^[ \t]*(?:\d\.)?(organizationName|organizationalUnitName|localityName|stateOrProvinceName|countryName)(?:_default)?[ \t]*=[ \t]*([^\n#]+)`)
	prompts = lazy(`(?i)\(2 letter|\(e\.?g|\bName \(|^(?:Country|Organization|Locality|State or Province|Organizational Unit) Name`)
)

var cnfNames = map[string]string{
	"organizationname": "O", "organizationalunitname": "OU", "localityname": "L", "stateorprovincename": "ST", "countryname": "C",
}

// findSubject reads O, OU, L, ST, C in every notation: a DN, pki csr arguments, an
// openssl config, labels in words. The value is kept as written; of several for one
// attribute the last counts.
func findSubject(rd *reading) {
	if rd.u.Intent == Diagnose || rd.u.Intent == Inspect {
		return // a subject in there is that of some certificate, not of one asked for
	}
	subjectWords(rd)
	subjectConfig(rd)
	subjectDN(rd)
	subjectBare(rd)
}

// subjectFields are the places of the attributes, by their short names.
func setSubject(rd *reading, attr, value string, s span) {
	value = cleanValue(value)
	if attr == "C" {
		value = countryValue(value)
	}
	if value == "" || utf8.RuneCountInString(value) > 128 {
		return
	}
	switch sub := &rd.u.Subject; attr {
	case "O":
		sub.O = value
	case "OU":
		sub.OU = value
	case "L":
		sub.L = value
	case "ST":
		sub.ST = value
	case "C":
		sub.C = value
	default:
		return
	}
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

var corporate = wordSet(`inc inc. ltd ltd. llc co co. corp corp. gmbh ag kg plc s.a. sa s.p.a. spa b.v. bv n.v. nv pty limited
	pte pte. pvt pvt. sdn sdn. bhd bhd. pty. l.p. lp llp kgaa e.v. s.r.l. srl sarl s.l. sl oy ab as a/s k.k. kk incorporated company corporation`)

// initials: "S.A.C."
var initials = lazy(`^(?:\pL\.){2,}$`)

func abbreviationEnd(v string) bool {
	words := strings.Fields(strings.ToLower(v))
	if len(words) > 1 && initials.MatchString(words[len(words)-1]) {
		return true
	}
	return len(words) > 1 && corporate[words[len(words)-1]]
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
	for _, r := range v {
		if unicode.IsDigit(r) {
			return ""
		}
	}
	return v
}

func subjectConfig(rd *reading) {
	for _, m := range cnfAttr.FindAllSubmatchIndex(rd.text, 32) {
		value := string(rd.text[m[4]:m[5]])
		if prompts.MatchString(value) || !rd.inScope(m[0]) {
			continue
		}
		setSubject(rd, cnfNames[strings.ToLower(string(rd.text[m[2]:m[3]]))], plain(rd.document, span{m[4], m[5]}), span{m[4], m[5]})
	}
}

// subjectDN reads runs of KEY=value and KEY:value.
func subjectDN(rd *reading) {
	ms := dnAttr.FindAllSubmatchIndex(rd.text, 200)
	for i, m := range ms {
		key, sep := string(rd.text[m[2]:m[3]]), rd.text[m[4]]
		attr := strings.ToUpper(key)
		if attr == "S" && sep == '=' {
			attr = "ST"
		}
		if sep == ':' && key != attr || attr == "S" || !rd.inScope(m[0]) || sep == '=' && key != attr && len(ms) < 2 {
			continue
		}
		next := len(rd.text)
		if i+1 < len(ms) {
			next = ms[i+1][2]
		}
		value := dnValue(rd.document, m[5], next, m[0] < len(rd.text) && rd.text[m[0]] == '/', i+1 < len(ms))
		if sep == ':' && attr == "C" && len(cleanValue(string(rd.text[value.start:value.end]))) != 2 {
			continue
		}
		setSubject(rd, attr, plain(rd.document, value), value)
	}
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
			if !corporate[strings.ToLower(strings.TrimRight(firstWord(string(b[end+1:limit])), ",;"))] {
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
	if !corporate[last] && !abbreviations[strings.TrimSuffix(last, ".")] {
		return true
	}
	// "Foo Inc. We need ...": a capital after the abbreviation starts a sentence.
	rest := strings.TrimLeft(string(d.text[p+1:min(len(d.text), p+12)]), " ")
	if corporate[strings.ToLower(strings.Trim(firstWord(rest), ",;"))] {
		return false
	}
	return rest == "" || unicode.IsUpper(rune(rest[0]))
}

func anySubject(d *document, s span) bool { return len(d.group("subj.O", s)) > 0 }

// quotedValue: company "Quill & Sons".
var quotedValue = lazy("^[ \\t]*[\"“「'`][\\p{L}0-9]")

var wordSep = lazy(`^[ \t*_` + "`" + `]*(?:\([A-Za-z一-龥 /]{1,24}\)[ \t*_` + "`" + `]*)?(?:[ \t]name[ \t]*|名称?)?(:|=|\||->|\bis\b|\bare\b|\bist\b|\best\b|\bes\b|è|\bshould be\b|\bshould read\b|\bwould be\b|是|为|填|写| -)[ \t*_"'` + "`" + `]*`)

// subjectWords reads labels in words: "Organisation is X", "城市：X", "city X".
func subjectWords(rd *reading) {
	for _, c := range rd.scoped("subj.O") {
		attr := c.name
		if rd.spokenOf(c.span) {
			continue
		}
		rest := rd.text[c.end:lineEnd(rd.text, c.end)]
		at := c.end
		m := wordSep.FindSubmatchIndex(rest)
		strict := true
		if m != nil {
			at += m[1]
			sep := string(rest[m[2]:m[3]])
			strict = !strings.Contains(":=|", sep)
		} else if q := quotedValue.FindIndex(rest); q != nil {
			at, strict = c.end+bytes.IndexAny(rest, "\"“「'`")+1, false
		} else if !listedLabel(rd.document, c, attr) {
			continue
		}
		value := span{at, valueEnd(rd.document, at, false, 0)}
		value.end = beforeNextLabel(rd.document, value)
		if quote := rd.text[at-1]; at > c.end && (quote == '"' || quote == '\'' || quote == '`') {
			for q := at + 1; q < lineEnd(rd.text, at); q++ {
				if rd.text[q] == quote && (quote != '\'' || q+1 == len(rd.text) || !wordByte(rd.text[q+1])) {
					value.end = q
					break
				}
			}
		}
		if value.start >= value.end || strict && !properNoun(rd.document, value) || notSubject(rd.document, attr, value) {
			continue
		}
		setSubject(rd, attr, plain(rd.document, value), value)
	}
}

// listedLabel: a label without a sign after it, as in "city Frankfurt, country DE":
// only after a comma or at the start, and before a name.
func listedLabel(d *document, c tagged, attr string) bool {
	p := c.start
	for p > 0 && (d.low[p-1] == ' ' || d.low[p-1] == '*' || d.low[p-1] == '-') {
		p--
	}
	first := p == 0 || strings.IndexByte("\n,;(|.!:", d.low[p-1]) >= 0 || hasAt(d.low, p-3, "、") || hasAt(d.low, max(p-3, 0), "。")
	if and := string(d.low[max(0, p-4):p]); strings.HasSuffix(and, " and") || strings.HasSuffix(and, " und") || strings.HasSuffix(and, " et") {
		first = true
	}
	if !first || c.end >= len(d.low) {
		return false
	}
	r, _ := utf8.DecodeRune(d.text[c.end:])
	if d.low[c.start] >= 0xE3 {
		if d.text[c.end] == ' ' && utf8.RuneCount(d.text[c.start:c.end]) > 1 {
			near := span{c.end, min(len(d.low), c.end+16)}
			if i := bytes.IndexAny(d.low[near.start:near.end], ",;\n"); i >= 0 {
				near.end = near.start + i
			}
			return !d.any("caword", near) && len(d.group("ca.public", near)) == 0 // "公司 AD CS"
		}
		return han(r) && (attr != "O" && attr != "OU" || utf8.RuneCount(d.text[c.start:c.end]) > 2) && utf8.RuneCount(d.text[c.start:c.end]) > 1
	}
	return d.text[c.end] == ' '
}

// beforeNextLabel ends a value where the next label in words begins.
func beforeNextLabel(d *document, v span) int {
	for _, g := range d.group("subj.O", v) {
		if g.start <= v.start {
			continue
		}
		before := d.low[g.start-1]
		rest := d.text[g.end:lineEnd(d.text, g.end)]
		if wordSep.Match(rest) && (before == ' ' || before == ',' || before >= 0x80) {
			end := g.start
			for _, w := range []string{" and", " und", " et", " y", ","} {
				if t := strings.TrimRight(string(d.low[v.start:end]), " "); strings.HasSuffix(t, w) {
					end = v.start + len(t) - len(w)
				}
			}
			return end
		}
	}
	return v.end
}

// properNoun: begins with a capital, a quotation mark or an ideograph.
func properNoun(d *document, v span) bool {
	s := strings.TrimLeft(string(d.text[v.start:v.end]), " \"'*")
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.Is(unicode.Han, r)
}

var states = wordSet(`active inactive failed failing down up ok open closed established unknown pending enabled disabled connected running stopped of`)

// notSubject: "state: Failed", "country: see above", a host as the value.
func notSubject(d *document, attr string, v span) bool {
	text := string(d.low[v.start:v.end])
	word := strings.Trim(firstWord(text), ".,!")
	if attr == "O" && (word == "ca" || word == "pki") && d.words(v) <= 2 {
		return true // "company CA"
	}
	if attr == "ST" && states[word] || inNames(d.names, v.start) {
		return true
	}
	if (attr == "O") && (d.any("ca.private", v) || len(d.group("ca.public", v)) > 0) && !strings.ContainsAny(text, " ") {
		return true
	}
	if attr == "O" && len(d.group("ca.public", v)) > 0 && d.any("cert", span{v.start, min(len(d.low), v.end+12)}) {
		return true
	}
	return d.words(v) > 12
}

// attrNext: "L=新竹市、C=TW": the next attribute follows the Chinese comma.
var attrNext = lazy(`(?i)^、 ?(?:o|ou|l|st|s|c|cn) ?[=:]`)
