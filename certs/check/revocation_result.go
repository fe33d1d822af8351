package check

import (
	"strconv"
	"time"

	"countersign/certs"
)

// RevocationStatus is what is known about a certificate's revocation, in the words of
// the CUCM administration guide, "Certificate revocation through OCSP".
type RevocationStatus string

// The statuses. Good means not revoked and nothing more: it proves neither that the
// certificate was ever issued nor that it is within its validity. Revoked is
// permanent or on hold. Unknown: the responder does not know the certificate, or
// nothing usable was given.
const (
	RevocationGood    RevocationStatus = "good"
	RevocationRevoked RevocationStatus = "revoked"
	RevocationUnknown RevocationStatus = "unknown"
)

// RevocationOptions are the evidence, and how strictly to take it.
type RevocationOptions struct {
	OCSP           []*Item   // responses; each may answer for several certificates
	CRLs           []*Item   //
	Responders     []*Item   // designated OCSP signing certificates, as uploaded to tomcat-trust
	Now            time.Time // required
	CommonCriteria bool      // Common Criteria mode: Unknown fails too
}

// RevocationResult is the answer of Revocation.
type RevocationResult struct {
	Status     RevocationStatus `json:"status"`
	OK         bool             `json:"ok"`               // the connection would succeed
	By         string           `json:"by,omitempty"`     // ocsp, crl
	Model      string           `json:"model,omitempty"`  // who signed: issuer, delegated, trusted-responder
	At         time.Time        `json:"at,omitzero"`      // when it was revoked
	Reason     string           `json:"reason,omitempty"` // RFC 5280 section 5.3.1: keyCompromise, certificateHold...
	ThisUpdate time.Time        `json:"this_update,omitzero"`
	NextUpdate time.Time        `json:"next_update,omitzero"`
	Place      Place            `json:"place,omitzero"` // of the evidence
	Findings   []certs.Finding  `json:"findings"`
}

// sourceS004 is where the statuses and the Common Criteria rule come from.
const sourceS004 = "CUCM administration guide, Certificate revocation through OCSP"

type revocation struct {
	cert, issuer *Item
	opts         RevocationOptions
	out          RevocationResult
	known        bool // some evidence was usable
}

func (r *revocation) say(rule string, s certs.Severity, at Place, pairs ...string) {
	title := ""
	if r.cert != nil {
		title = r.cert.Title()
	}
	r.out.Findings = append(r.out.Findings, sourced(finding(rule, s, append(pairs, "Title", title, "Place", at.String())...), sourceS004))
}

// clockSkew is how far in the future a thisUpdate may lie.
const clockSkew = 5 * time.Minute

// fresh checks the validity of a piece of evidence.
func (r *revocation) fresh(this, next time.Time, at Place) bool {
	switch {
	case this.After(r.opts.Now.Add(clockSkew)):
		r.say("revocation.future", certs.Warning, at, "From", this.Format(time.RFC3339))
	case !next.IsZero() && next.Before(r.opts.Now):
		r.say("revocation.stale", certs.Warning, at, "Until", next.Format(time.RFC3339))
	default:
		return true
	}
	return false
}

// newer takes a piece of evidence, unless it is no newer than what was taken before.
func (r *revocation) newer(by, model string, at Place, this, next time.Time) bool {
	if r.known && !this.After(r.out.ThisUpdate) {
		return false
	}
	r.known = true
	r.out.By, r.out.Model, r.out.Place, r.out.ThisUpdate, r.out.NextUpdate = by, model, at, this, next
	return true
}

// reasonName is the CRLReason of RFC 5280 section 5.3.1.
func reasonName(code int) string {
	names := []string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
		"certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}
	if code >= 0 && code < len(names) && names[code] != "" {
		return names[code]
	}
	return strconv.Itoa(code)
}
