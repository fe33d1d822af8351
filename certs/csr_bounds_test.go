package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"strings"
	"testing"
)

// TestCSRSubjectBounds: what a request says of its subject is held to the bounds of RFC 5280
// appendix A.1, also where the plan leaves it open and it would be adopted.
func TestCSRSubjectBounds(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := func(n int) []string { return []string{strings.Repeat("华", n)} }
	for name, c := range map[string]struct {
		dn   pkix.Name
		rule string // that it must be found by; "" none
	}{
		"O 64":          {pkix.Name{Organization: x(64)}, ""},
		"O 65":          {pkix.Name{Organization: x(65)}, "csr/length"},
		"OU 64":         {pkix.Name{OrganizationalUnit: x(64)}, ""},
		"OU 65":         {pkix.Name{OrganizationalUnit: x(65)}, "csr/length"},
		"L 128":         {pkix.Name{Locality: x(128)}, ""},
		"L 129":         {pkix.Name{Locality: x(129)}, "csr/length"},
		"ST 128":        {pkix.Name{Province: x(128)}, ""},
		"ST 129":        {pkix.Name{Province: x(129)}, "csr/length"},
		"CN 65":         {pkix.Name{CommonName: x(65)[0]}, "csr/length"},
		"C of two":      {pkix.Name{Country: []string{"CN"}}, ""},
		"C of three":    {pkix.Name{Country: []string{"CHN"}}, "csr/country"},
		"C small":       {pkix.Name{Country: []string{"cn"}}, "csr/country"},
		"space at edge": {pkix.Name{Organization: []string{"Acme "}}, "csr/space"},
		"unseen":        {pkix.Name{Organization: []string{"Ac\u200bme"}}, "csr/hidden"},
		"second O long": {pkix.Name{Organization: []string{"Acme", x(65)[0]}}, "csr/length"},
	} {
		s := Spec{CommonName: "a.example.org", Names: []Name{{Type: DNS, Value: "a.example.org"}}}
		if c.dn.CommonName == "" {
			c.dn.CommonName = s.CommonName
		} else {
			s.CommonName = c.dn.CommonName // even a plan that has it
		}
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: c.dn, DNSNames: []string{"a.example.org"}}, key)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = Adopt(s, der); err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, f := range CheckCSR(s, der) {
			if f.Severity == Error {
				rules = append(rules, f.Rule)
			}
		}
		if c.rule == "" && len(rules) > 0 || c.rule != "" && !slices.Contains(rules, c.rule) {
			t.Errorf("%s: %v, want %q", name, rules, c.rule)
		}
	}
}
