package read

import (
	"regexp"
	"strings"
)

// problemType is the type of an ACME problem document (RFC 8555 section 6.7), in JSON or
// in a client's text; its detail follows in the same object or sentence.
var (
	problemType   = regexp.MustCompile(`acme:error:([A-Za-z]{2,40})`)
	problemDetail = regexp.MustCompile(`"detail"\s{0,20}:\s{0,20}"([^"\n]{1,300})`)
)

// problems reads ACME problem documents. A compound problem only wraps its subproblems
// (section 6.7.1), so it is told only when they are not there.
func problems(text string, lines []line) []Fact {
	if !strings.Contains(text, "acme:error:") {
		return nil
	}
	var facts, compound []Fact
	for i, l := range lines {
		if len(facts) >= mostFacts {
			break
		}
		s := l.front()
		if !strings.Contains(s, "acme:error:") {
			continue
		}
		for _, at := range problemType.FindAllStringSubmatchIndex(s, 16) {
			name := s[at[2]:at[3]]
			f := Fact{Kind: "acme." + kebab(name), Start: l.start + at[0], End: l.start + at[1], Depth: -1, Program: "acme"}
			f.Value = detail(s[at[1]:])
			if f.Value == "" && i+1 < len(lines) {
				f.Value = detail(lines[i+1].front())
			}
			if name == "compound" {
				compound = append(compound, f)
			} else {
				facts = append(facts, f)
			}
		}
	}
	if len(facts) == 0 {
		return compound
	}
	return facts
}

// detail finds the detail that belongs to the type just read, before any other type.
func detail(s string) string {
	s, _, _ = strings.Cut(s, "acme:error:")
	if m := problemDetail.FindStringSubmatch(s[:min(len(s), 600)]); m != nil {
		return m[1]
	}
	return ""
}

// kebab writes rateLimited as rate-limited, badCSR as bad-csr.
func kebab(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		upper := 'A' <= c && c <= 'Z'
		if upper && i > 0 && ('a' <= s[i-1] && s[i-1] <= 'z' || i+1 < len(s) && 'a' <= s[i+1] && s[i+1] <= 'z') {
			b.WriteByte('-')
		}
		b.WriteByte(c)
	}
	return strings.ToLower(b.String())
}
