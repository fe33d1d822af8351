package check

import (
	"bytes"
	"crypto/x509"
	"math/big"
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

// Revocation says whether cert was revoked by issuer, from OCSP responses and CRLs
// that are given. OCSP is asked first, as CUCM does; CRLs when no response is usable
// (Let's Encrypt gives no OCSP at all). Evidence that cannot be used is a finding
// and otherwise ignored.
func Revocation(cert, issuer *Item, opts RevocationOptions) RevocationResult {
	r := &revocation{cert: cert, issuer: issuer, opts: opts}
	r.out = RevocationResult{Status: RevocationUnknown, Findings: []certs.Finding{}}
	if cert == nil || issuer == nil || cert.Cert == nil || issuer.Cert == nil {
		r.say("revocation.no-issuer", certs.Error, Place{})
	} else {
		for _, it := range opts.OCSP {
			r.ocsp(it)
		}
		if !r.known {
			r.crls()
		}
		if !r.known && len(opts.OCSP)+len(opts.CRLs) == 0 {
			r.say("revocation.nothing", certs.Warning, Place{})
		}
	}
	r.judge()
	return r.out
}

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

// judge applies the Common Criteria rule and says the status.
func (r *revocation) judge() {
	date := r.out.At.Format(time.DateOnly)
	switch r.out.Status {
	case RevocationGood:
		r.out.OK = true
		r.say("revocation.good", certs.Info, r.out.Place)
	case RevocationRevoked:
		if r.out.Reason == "certificateHold" {
			r.say("revocation.on-hold", certs.Error, r.out.Place, "Date", date)
		} else {
			r.say("revocation.revoked", certs.Error, r.out.Place, "Date", date, "Reason", r.out.Reason)
		}
	default:
		r.out.OK = !r.opts.CommonCriteria
		if r.opts.CommonCriteria {
			r.say("revocation.unknown-fails", certs.Error, r.out.Place)
		} else {
			r.say("revocation.unknown-passes", certs.Warning, r.out.Place)
		}
	}
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

// crls looks for the newest CRL that covers the certificate.
func (r *revocation) crls() {
	for _, it := range r.opts.CRLs {
		list := it.List
		if list == nil || !bytes.Equal(list.RawIssuer, r.issuer.raw.subject) {
			continue
		}
		if err := list.CheckSignatureFrom(r.issuer.Cert); err != nil {
			r.say("revocation.crl-signature", certs.Warning, it.Place)
			continue
		}
		if !r.fresh(list.ThisUpdate, list.NextUpdate, it.Place) || !r.covers(list, it.Place) {
			continue
		}
		if r.known && !list.ThisUpdate.After(r.out.ThisUpdate) {
			continue
		}
		r.known = true
		r.out.By, r.out.Model, r.out.Place = "crl", "issuer", it.Place
		r.out.ThisUpdate, r.out.NextUpdate = list.ThisUpdate, list.NextUpdate
		r.out.Status, r.out.Reason, r.out.At = RevocationGood, "", time.Time{}
		if e := entry(list, r.cert.Cert.SerialNumber); e != nil && e.ReasonCode != 8 { // removeFromCRL
			r.out.Status, r.out.At, r.out.Reason = RevocationRevoked, e.RevocationTime, reasonName(e.ReasonCode)
		}
	}
	if !r.known && len(r.opts.CRLs) > 0 {
		r.say("revocation.no-crl", certs.Warning, Place{}, "Issuer", r.issuer.Title())
	}
}

func entry(list *x509.RevocationList, serial *big.Int) *x509.RevocationListEntry {
	for i := range list.RevokedCertificateEntries {
		if e := &list.RevokedCertificateEntries[i]; e.SerialNumber.Cmp(serial) == 0 {
			return e
		}
	}
	return nil
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
