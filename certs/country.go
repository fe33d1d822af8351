package certs

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// dissolved countries have several successors, so that no code replaces theirs (ISO 3166-3).
var dissolved = []string{"AN", "CS", "NT", "SU", "YU"}

// isCountry reports whether an upper-case code is one of ISO 3166-1. What CLDR knows beside
// them (UK, XK, Ascension) has no number of the UN, or stands for another code.
func isCountry(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && r.String() == code && r.IsCountry() && r.Canonicalize() == r &&
		r.M49() > 0 && r.M49() < 900 && !slices.Contains(dissolved, code)
}

// countries are the codes of ISO 3166-1, in order.
var countries = sync.OnceValue(func() (all []string) {
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if code := string([]rune{a, b}); isCountry(code) {
				all = append(all, code)
			}
		}
	}
	return all
})

// partsOf are names that people give for the country: none of CLDR's own. The parts of the
// United Kingdom are ISO 3166-2:GB.
var partsOf = map[string]string{
	"england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "great britain": "GB", "britain": "GB",
	"英格兰": "GB", "苏格兰": "GB", "威尔士": "GB", "英格蘭": "GB", "蘇格蘭": "GB", "威爾斯": "GB", "america": "US", "美國": "US", "holland": "NL",
}

// maxNear bounds what is offered in the place of a code.
const maxNear = 3

// NearestCountries gives the codes of ISO 3166-1 that were probably meant, the likeliest
// first: "UK", "England" and "GBR" are GB. It is empty for a code, and for what is like none.
func NearestCountries(said string) []string {
	said = strings.TrimSpace(said)
	if said == "" || len(said) > 100 || isCountry(said) {
		return nil
	}
	if r, err := language.ParseRegion(strings.NewReplacer(".", "", " ", "").Replace(said)); err == nil && isCountry(r.Canonicalize().String()) {
		return []string{r.Canonicalize().String()} // UK, three letters, a number, a code of before
	}
	lower := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(said), "the "), ".")
	if code, ok := partsOf[lower]; ok {
		return []string{code}
	}
	type near struct {
		code string
		far  int
	}
	var found []near
	for _, code := range countries() {
		far := 100
		for _, names := range []display.Namer{display.English.Regions(), display.SimplifiedChinese.Regions(), display.TraditionalChinese.Regions()} {
			name := strings.ToLower(names.Name(language.MustParseRegion(code)))
			switch n := levenshtein.ComputeDistance(lower, name); {
			case n == 0:
				return []string{code}
			case strings.HasPrefix(name, lower):
				far = min(far, 1)
			case n <= 2 && n < len([]rune(lower))/2:
				far = min(far, 1+n)
			}
		}
		if len(lower) == 2 && far > 10 && levenshtein.ComputeDistance(lower, strings.ToLower(code)) == 1 {
			far = 11 // one slip
			if code[0]|0x20 == lower[0] {
				far = 10
			}
		}
		if far < 100 {
			found = append(found, near{code, far})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	if len(found) > 0 && found[0].far < 10 { // names are likelier than codes
		found = slices.DeleteFunc(found, func(n near) bool { return n.far >= 10 })
	}
	var out []string
	for _, n := range found[:min(len(found), maxNear)] {
		out = append(out, n.code)
	}
	return out
}
