package check

import (
	"time"

	"countersign/certs"
)

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
