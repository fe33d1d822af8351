package certs

import (
	"slices"
	"testing"
)

// TestCountries: ISO 3166-1 has 249 codes. What people write for a country that is none
// of them is offered as one.
func TestCountries(t *testing.T) {
	if n := len(countries()); n != 249 {
		t.Errorf("%d codes", n)
	}
	for _, code := range []string{"UK", "EU", "XK", "AN", "SU", "ZZ", "gb", "GBR", ""} {
		if isCountry(code) {
			t.Errorf("%q is a country code", code)
		}
	}
	for said, want := range map[string][]string{
		"UK": {"GB"}, "uk": {"GB"}, "England": {"GB"}, "The United Kingdom": {"GB"}, "U K": {"GB"}, "英国": {"GB"}, "英國": {"GB"}, "gb": {"GB"},
		"GBR": {"GB"}, "USA": {"US"}, "Germany": {"DE"}, "Germny": {"DE"}, "DD": {"DE"}, "中国": {"CN"}, "台灣": {"TW"},
		"JA": {"JM", "JP"}, "Neth": {"NL"}, "GB": nil, "": nil, "somewhere far away": nil, "EU": {"EC", "EE", "EG"},
	} {
		if got := NearestCountries(said); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", said, got, want)
		}
	}
	if f := CheckSubject(Subject{C: "UK"}); len(f) != 1 || !slices.Equal(f[0].Offers, []string{"GB"}) || f[0].Text.Args["Near"] != "GB" {
		t.Errorf("UK: %+v", f)
	}
}
