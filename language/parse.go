package language

import (
	"countersign/certs"
)

// Parse says what a text asks for. It never fails, does no I/O, and gives the same
// answer for the same text. Safe for concurrent use.
func Parse(text string) Understanding { return parse(text, false, "") }

// ParseReply is Parse for what is written while a certificate is being asked for: a
// reply that names no wish of its own ("sorry, the host is X", "make it ECDSA") speaks
// of that certificate, which is for product; empty where that is not known yet.
func ParseReply(text, product string) Understanding { return parse(text, true, product) }

func parse(text string, reply bool, product string) (u Understanding) {
	d := newDocument(text)
	d.reply = reply
	u = Understanding{
		FQDNs: []string{}, Domains: []string{}, SANs: []string{}, Features: []certs.Feature{},
		PEM: d.pem, Truncated: d.truncated,
	}
	u.Intent, u.Ordered = findIntent(d)
	u.RequestID = requestSpoken(d)
	if reply && u.Intent == Help && politeMake.Match(d.low) {
		u.Intent = Request // "can you make it RSA 4096?"
	}
	if u.Intent == Other {
		if !reply || u.Ordered {
			return u
		}
		u.Intent = Request
		defer func() { u.Intent = Other }()
	}
	rd := &reading{document: d, u: &u, given: product}
	findProduct(rd)
	assignRoles(rd)
	findTopology(rd)
	findKey(rd)
	findCA(rd)
	findSubject(rd)
	findEnvironment(rd)
	findFeatures(rd)
	findOwnCSR(rd)
	u.Versions = versions(rd)
	sortEvidence(rd)
	return u
}
