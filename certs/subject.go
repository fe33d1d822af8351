package certs

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCommonName is ub-common-name of RFC 5280 appendix A.1.
const maxCommonName = 64

// Upper bounds of RFC 5280 appendix A.1.
var subjectLimits = []struct {
	field string
	limit int
}{{"O", 64}, {"OU", 64}, {"L", 128}, {"ST", 128}}

// part is the attribute of that id; nil for those that a Subject does not have.
func (s *Subject) part(id string) *string {
	return map[string]*string{"O": &s.O, "OU": &s.OU, "L": &s.L, "ST": &s.ST, "C": &s.C}[id]
}

// CheckSubject says what is wrong with a distinguished name: lengths, characters
// that are not seen, a country that ISO 3166-1 does not have.
func CheckSubject(s Subject) []Finding {
	const source = "RFC 5280 appendix A.1"
	var all []Finding
	for _, part := range subjectLimits {
		v := *s.part(part.field)
		field := "subject." + part.field
		if n := utf8.RuneCountInString(v); n > part.limit {
			all = append(all, Finding{Rule: "subject/length", Severity: Error, Field: field, Source: source,
				Text: T("certs.subject.length", "Field", part.field, "Length", strconv.Itoa(n), "Limit", strconv.Itoa(part.limit))})
		}
		if !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			all = append(all, Finding{Rule: "subject/hidden", Severity: Error, Field: field, Source: source,
				Text: T("certs.subject.hidden", "Field", part.field)})
		}
		if v != "" && strings.TrimSpace(v) != v {
			all = append(all, Finding{Rule: "subject/space", Severity: Error, Field: field, Source: source,
				Text: T("certs.subject.space", "Field", part.field)})
		}
	}
	if s.C != "" && !isCountry(s.C) {
		f := Finding{Rule: "subject/country", Severity: Error, Field: "subject.C", Source: source + " (X520countryName); ISO 3166-1",
			Text: T("certs.subject.country", "Country", clip(s.C)), Offers: NearestCountries(s.C)}
		if len(f.Offers) > 0 {
			f.Text = T("certs.subject.country_near", "Country", clip(s.C), "Near", strings.Join(f.Offers, " "))
		}
		all = append(all, f)
	}
	return all
}
