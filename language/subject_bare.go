package language

import (
	"slices"
	"unicode/utf8"
)

// bareAttr: "O Delta Mills Ltd, C GB": two or more of them in one line, since one
// letter alone means many things.
var bareAttr = lazy(`(?m)(?:^|[,;(]|\band|\bwith)[ \t]*(OU|ST|O|L|C)[ \t]+["\p{Lu}\p{Han}]`)

// quotedAttr: OU must read "Unified Comms".
var quotedAttr = lazy(`(?:^|[\s,;(])(OU|ST|O|L|C)[ \t]+(?:(?:(?:must|should|shall|has to|needs to)(?:[ \t]+now)?[ \t]+(?:be|read|say)|is(?:[ \t]+now)?|now|reads|als|=)[ \t]+)?"([^"\n]{1,100})"`)

// changedAttr: O changed from "Foo GmbH" to "Foo AG".
var changedAttr = lazy(`(?:^|[\s,;(])(?:[Cc]hang(?:e|ing)|[Uu]pdat(?:e|ing)|[Ss]witch|[Mm]ove)[ \t]+(?:the[ \t]+)?(O|OU|L|ST|C)[ \t]+from[ \t]+"?[^"\n]{1,80}?"?[ \t]+to[ \t]+(?:"([^"\n]{1,80})"|(\p{Lu}[^",;\n.]{0,80}))|(?:^|[\s,;(])(O|OU|L|ST|C)[ \t]+(?:has[ \t]+|was[ \t]+|is[ \t]+)?(?:changed|changes|moved|renamed|updated)[ \t]+from[ \t]+"?[^"\n]{1,80}?"?[ \t]+to[ \t]+(?:"([^"\n]{1,80})"|(\p{Lu}[^",;\n]{0,80}))`)

// cityCountry: "org Teal Energy AS, unit Telephony, Bergen, NO": the place stands bare
// behind what is labelled.
var cityCountry = lazy(`(?:\b(?:[Oo]rg(?:ani[sz]ation)?|[Cc]ompany|[Uu]nit|[Dd]ept|[Dd]epartment|OU|O)\b|公司|组织|組織|部门|部門)[ \t]*[:= ][ \t]*"?[^",;.\n]{1,60}"?, *(\p{Lu}[\p{L} .'-]{1,40}), *([A-Z]{2})[ \t]*(?:[.;)\n]| -|$)`)

// subjectBare reads runs of attributes without a sign between name and value.
func subjectBare(rd *reading) {
	for _, m := range quotedAttr.FindAllSubmatchIndex(rd.text, 20) {
		if v := (span{m[4], m[5]}); rd.inScope(v.start) {
			setSubject(rd, string(rd.text[m[2]:m[3]]), plain(rd.document, v), v)
		}
	}
	for _, m := range changedAttr.FindAllSubmatchIndex(rd.text, 20) {
		if m[2] < 0 {
			m = slices.Concat(m[:2], m[8:])
		}
		v := span{m[4], m[5]}
		if v.start < 0 {
			v = span{m[6], m[7]}
		}
		if rd.inScope(v.start) {
			setSubject(rd, string(rd.text[m[2]:m[3]]), plain(rd.document, v), v)
		}
	}
	if m := cityCountry.FindSubmatchIndex(rd.text); m != nil && rd.inScope(m[2]) && rd.u.Subject.L == "" && rd.u.Subject.C == "" {
		setSubject(rd, "L", plain(rd.document, span{m[2], m[3]}), span{m[2], m[3]})
		setSubject(rd, "C", plain(rd.document, span{m[4], m[5]}), span{m[4], m[5]})
	}
	ms := bareAttr.FindAllSubmatchIndex(rd.text, 50)
	for i, m := range ms {
		line := lineStart(rd.text, m[2])
		beside := i > 0 && lineStart(rd.text, ms[i-1][2]) == line || i+1 < len(ms) && lineStart(rd.text, ms[i+1][2]) == line
		if !beside || !rd.inScope(m[2]) {
			continue
		}
		from := m[1] - 1
		for !utf8.RuneStart(rd.text[from]) {
			from--
		}
		v := span{from, valueEnd(rd.document, from, false, 0)}
		attr := string(rd.text[m[2]:m[3]])
		if attr == "C" && len(cleanValue(string(rd.text[v.start:v.end]))) != 2 {
			continue
		}
		setSubject(rd, attr, plain(rd.document, v), v)
	}
}
