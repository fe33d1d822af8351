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
	first = first || endsInAny(string(d.low[max(0, p-4):p]), " and", " und", " et")
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

// states of a program, which are none of a country.
const states wordList = "states"

// notSubject: "state: Failed", "country: see above", a host as the value.
func notSubject(d *document, attr string, v span) bool {
	text := string(d.low[v.start:v.end])
	word := strings.Trim(firstWord(text), ".,!")
	if attr == "O" && (word == "ca" || word == "pki") && d.words(v) <= 2 {
		return true // "company CA"
	}
	if attr == "ST" && states.has(word) || inNames(d.names, v.start) {
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
