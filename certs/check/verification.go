package check

import (
	"time"

	"countersign/certs"
)

// Purpose is what a certificate is to be used for. Empty means any.
type Purpose string

// The purposes.
const (
	Server Purpose = "server"
	Client Purpose = "client"
)

// Verifier is the product that verifies, where it does so in its own way. Empty
// means RFC 5280 as OpenSSL and browsers apply it.
type Verifier string

// The verifiers.
//
// ExpresswayVerifier looks up an issuer by subject in its trusted CA list and stops
// at the first one that matches, right or wrong; tunnels want every intermediate in
// the list. CUCMVerifier keeps one certificate per common name in a trust store,
// the one with the newer notBefore, and takes no expired ones.
const (
	ExpresswayVerifier Verifier = "expressway"
	CUCMVerifier       Verifier = "cucm"
)

// VerifyOptions say against what, for what and when.
type VerifyOptions struct {
	Trust     []*Item   // the trust list, in its order
	Untrusted []*Item   // what the peer sends besides its own certificate
	Host      string    // name or address that was connected to; empty: not checked
	Purpose   Purpose   // empty: not checked
	Now       time.Time // required
	Verifier  Verifier
	// Strict makes every rule on top refuse, as a public CA or a browser would.
	// Without it, rules that the products do not enforce only warn.
	Strict bool
	// Revocation is evidence to check every certificate of the chain below the root
	// with; nil: revocation is not looked at. Its Now is taken from here.
	Revocation *RevocationOptions
}

// Verdict is the answer of Verify.
type Verdict struct {
	OK       bool            `json:"ok"`
	Reason   string          `json:"reason,omitempty"` // rule of the first error: "verify.missing-intermediate"
	At       string          `json:"at,omitempty"`     // title of the certificate where the chain breaks
	Time     time.Time       `json:"time"`
	Host     string          `json:"host,omitempty"`
	Purpose  Purpose         `json:"purpose,omitempty"`
	Findings []certs.Finding `json:"findings"`
	Chain    Chain           `json:"chain"`
}

// verification is one call of Verify.
type verification struct {
	opts     VerifyOptions
	store    *store
	leaf     *Item
	chosen   []*Item // leaf first
	complete bool    // chosen ends in an anchor
	states   map[*Item]NodeState
	out      Verdict
}

// say records a finding about a certificate.
func (v *verification) say(it *Item, rule string, s certs.Severity, source string, pairs ...string) {
	title, place := "", ""
	if it != nil {
		title, place = it.Title(), it.Place.String()
	}
	f := sourced(finding(rule, s, append(pairs, "Title", title, "Place", place)...), source)
	v.out.Findings = append(v.out.Findings, f)
	if s == certs.Error && v.out.Reason == "" {
		v.out.Reason, v.out.At = rule, title
	}
}

// The source documents that verdicts come from.
const (
	sourceS000 = "Configure and troubleshoot Collaboration Edge (MRA) certificates"
	sourceS001 = "Troubleshoot Expressway certificates"
	sourceS002 = "Renew Expressway certificates, step D"
)
