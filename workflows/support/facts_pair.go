package support

import (
	"slices"

	"countersign/certs/check"
)

// pairFacts compares the one request of a case with its certificates: by public key, and
// where that fits, by the names that were asked for.
func pairFacts(items []*check.Item) []Observation {
	csrs := requests(items)
	if len(csrs) != 1 {
		return nil
	}
	var out []Observation
	for _, f := range check.Match(items).Findings {
		o, _ := observed(f, csrs[0].Place.String())
		switch {
		case f.Rule == "match.no" || f.Rule == "match.none":
			o.Kind = "upload.csr-key-mismatch"
			out = append(out, o)
		case fits[f.Rule]:
			// The key of the running service may be another, and "match" in the words need
			// not speak of names.
			o.Kind, o.Supports = "pair.match", map[string]float64{"csr-public-key-mismatch": excluded, "key-cert-mismatch": -4, "name-mismatch": -3}
			if namesMet(csrs[0], items) {
				o.Supports["csr-san-mismatch"] = excluded
			}
			out = append(out, o)
		}
	}
	return out
}

// namesMet reports whether a certificate with the key of csr has every name that csr asks
// for.
func namesMet(csr *check.Item, items []*check.Item) bool {
	return slices.ContainsFunc(Certificates(items), func(it *check.Item) bool {
		if it.Cert == nil || csr.CSR == nil || it.SPKIHash() != csr.SPKIHash() {
			return false
		}
		for _, name := range csr.CSR.DNSNames {
			if !slices.Contains(it.Cert.DNSNames, name) {
				return false
			}
		}
		for _, ip := range csr.CSR.IPAddresses {
			if !slices.ContainsFunc(it.Cert.IPAddresses, ip.Equal) {
				return false
			}
		}
		return true
	})
}
