package artefact

import (
	"slices"
	"strings"
	"time"

	"countersign/triage"
	"countersign/triage/read"
)

// chainEntry is one line pair of "Certificate chain" in the output of openssl s_client.
type chainEntry struct {
	line            int
	subject, issuer string
	until           time.Time
}

// clientOutput reads what openssl s_client printed: whom the server presented, whom it
// would accept, what it came to. The verdict in words ("verify error:num=20") is left
// to the knowledge base; here is what only structure shows.
func clientOutput(name, text string, now time.Time) []Observation {
	var list []Observation
	add := func(line int, kind string, weights supports, key string, pairs ...string) {
		list = append(list, Observation{Kind: kind, Source: name, Line: line, Text: triage.T(key, pairs...), Supports: weights})
	}
	chain := readClientOutput(text)
	if len(chain) == 0 {
		return nil
	}
	facts := read.Facts(text)
	code, at := "", 0
	if i := slices.IndexFunc(facts, func(f read.Fact) bool { return f.Program == "openssl" && strings.HasPrefix(f.Kind, "verify.") }); i >= 0 {
		code, at = facts[i].Value, 1+strings.Count(text[:facts[i].Start], "\n")
	}
	verified := code == "0"
	leaf := chain[0]
	self := squeeze(leaf.subject) == squeeze(leaf.issuer)
	switch {
	case self && !verified:
		add(leaf.line, "tls.self-signed-leaf", supports{"self-signed-cert": 5}, "artefact.client.self_signed", "Subject", leaf.subject)
	case len(chain) == 1 && !self && !verified && (code == "" || code == "20" || code == "21"):
		add(leaf.line, "chain.leaf-only", supports{"missing-intermediate": 7}, "artefact.client.leaf_only", "Subject", leaf.subject, "Issuer", leaf.issuer)
	}
	if top := chain[len(chain)-1]; len(chain) > 1 && !verified && linked(chain) && unknownIssuer[code] {
		// What was sent is whole as far as it goes: what is above it is for the verifier to have.
		add(top.line, "chain.root-unknown", supports{"untrusted-ca": 10, "missing-intermediate": -6}, "artefact.client.root_unknown", "Subject", top.subject, "Issuer", top.issuer)
	}
	for i, e := range chain {
		if !now.IsZero() && !e.until.IsZero() && now.After(e.until) {
			kind, key := "cert.expired", "artefact.dump.expired"
			if i > 0 {
				kind, key = "chain.expired", "artefact.client.ca_expired"
			}
			add(e.line, kind, supports{"expired": 9}, key, "Subject", e.subject, "Until", e.until.Format(time.DateTime), "Leaf", leaf.subject)
		}
		if i+1 == len(chain) || squeeze(e.issuer) == squeeze(chain[i+1].subject) || squeeze(e.issuer) == squeeze(e.subject) {
			continue
		}
		elsewhere := slices.ContainsFunc(chain, func(o chainEntry) bool { return squeeze(o.subject) == squeeze(e.issuer) })
		w := 1.0
		if verified {
			w = 0.3
		}
		if elsewhere {
			add(e.line, "bundle.wrong-order", supports{"wrong-bundle-order": 7 * w}, "artefact.client.order", "Subject", e.subject, "Issuer", e.issuer)
		} else {
			add(e.line, "tls.chain-incomplete", supports{"missing-intermediate": 8 * w}, "artefact.client.gap", "Subject", e.subject, "Issuer", e.issuer)
		}
		break
	}
	if verified {
		weights := supports{"expired": -9, "not-yet-valid": -9, "self-signed-cert": -6, "untrusted-ca": -3}
		if len(chain) > 1 && linked(chain) {
			weights["missing-intermediate"] = -6
		}
		if strings.Contains(text, "\nVerified peername: ") { // -verify_hostname was given, and met
			weights["name-mismatch"] = -9
		}
		if slices.ContainsFunc(facts, refusal) {
			weights = nil // of another connection, or the peer refused the client
		}
		add(at, "tls.verified", weights, "artefact.client.verified")
	}
	return list
}

// unknownIssuer are the results of a verification that found no issuer, or a root that is
// not trusted (openssl-verification-options(1), x509_vfy.h: 2, 19, 20).
var unknownIssuer = map[string]bool{"2": true, "19": true, "20": true}

// linked reports whether each certificate of a chain is followed by its issuer.
func linked(chain []chainEntry) bool {
	for i := range len(chain) - 1 {
		if squeeze(chain[i].issuer) != squeeze(chain[i+1].subject) {
			return false
		}
	}
	return true
}

// refusal reports whether a fact says that a certificate was refused.
func refusal(f read.Fact) bool {
	return strings.HasPrefix(f.Kind, "verify.") && f.Kind != "verify.ok" || strings.HasPrefix(f.Kind, "alert.received.")
}

// maxEntries bounds the chain that is read.
const maxEntries = 50

func readClientOutput(text string) (chain []chainEntry) {
	no, inside := 0, false
	for line := range strings.Lines(text) {
		no++
		line = strings.TrimRight(line, "\r\n")
		s := strings.TrimSpace(line)
		switch {
		case s == "Certificate chain":
			if chain != nil {
				return chain // another connection follows
			}
			inside = true
		case !inside:
		case s == "---" || s == "Server certificate":
			inside = false
		case len(s) > 2 && s[0] >= '0' && s[0] <= '9' && strings.Contains(s[:min(len(s), 6)], " s:"):
			if len(chain) < maxEntries {
				_, dn, _ := strings.Cut(s, "s:")
				chain = append(chain, chainEntry{line: no, subject: Printable(strings.TrimSpace(dn))})
			}
		case strings.HasPrefix(s, "i:") && len(chain) > 0:
			chain[len(chain)-1].issuer = Printable(strings.TrimSpace(s[2:]))
		case strings.HasPrefix(s, "v:NotBefore") && len(chain) > 0:
			if _, until, ok := strings.Cut(s, "NotAfter: "); ok {
				chain[len(chain)-1].until = date(until)
			}
		}
	}
	return chain
}
