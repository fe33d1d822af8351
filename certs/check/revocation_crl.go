package check

import (
	"bytes"
	"crypto/x509"
	"math/big"
	"slices"
	"time"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// OIDs of CRL extensions, RFC 5280 section 5.2.
const (
	oidCRLNumber   = "2.5.29.20"
	oidDeltaCRL    = "2.5.29.27"
	oidIssuingDist = "2.5.29.28"
)

// covers reports whether a CRL speaks for the certificate: not a delta, no scope that
// leaves it out, no critical extension that is unknown (RFC 5280 sections 5.2.4, 5.2.5).
func (r *revocation) covers(list *x509.RevocationList, at Place) bool {
	for _, e := range list.Extensions {
		switch id := e.Id.String(); {
		case id == oidDeltaCRL:
			r.say("revocation.delta", certs.Warning, at)
			return false
		case id == oidIssuingDist:
			if !r.inScope(e.Value) {
				r.say("revocation.scope", certs.Warning, at)
				return false
			}
		case e.Critical && id != oidAKI && id != oidCRLNumber:
			r.say("revocation.critical", certs.Warning, at, "OID", id)
			return false
		}
	}
	return true
}

// inScope reads an IssuingDistributionPoint. Partial reasons and indirect CRLs are
// out of scope altogether: half an answer must not pass for a whole one.
func (r *revocation) inScope(value []byte) bool {
	idp, ok := sequence(value)
	if !ok {
		return false
	}
	isCA, _ := r.cert.raw.basic()
	for !idp.Empty() {
		var v cryptobyte.String
		var tag cbasn1.Tag
		if !idp.ReadAnyASN1(&v, &tag) {
			return false
		}
		set := len(v) == 1 && v[0] != 0
		switch uint8(tag) & 0x1f {
		case 0:
			if !r.samePoint(v) {
				return false
			}
		case 1: // onlyContainsUserCerts
			if set && isCA {
				return false
			}
		case 2: // onlyContainsCACerts
			if set && !isCA {
				return false
			}
		default: // onlySomeReasons, indirectCRL, onlyContainsAttributeCerts
			if uint8(tag)&0x1f == 3 || set {
				return false
			}
		}
	}
	return true
}

// samePoint: a CRL that names its distribution point counts for certificates that
// point to it (RFC 5280 section 6.3.3 (b)(2)(i)). Only URIs are compared; a
// certificate without distribution points takes any.
func (r *revocation) samePoint(v cryptobyte.String) bool {
	var full cryptobyte.String
	if len(r.cert.Cert.CRLDistributionPoints) == 0 {
		return r.cert.raw.ext("2.5.29.31") == nil
	}
	if !v.ReadASN1(&full, contextZero) {
		return false
	}
	for !full.Empty() {
		var name cryptobyte.String
		var tag cbasn1.Tag
		if !full.ReadAnyASN1(&name, &tag) {
			return false
		}
		if uint8(tag)&0x1f == 6 && slices.Contains(r.cert.Cert.CRLDistributionPoints, string(name)) {
			return true
		}
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
		if !r.fresh(list.ThisUpdate, list.NextUpdate, it.Place) || !r.covers(list, it.Place) ||
			!r.newer("crl", "issuer", it.Place, list.ThisUpdate, list.NextUpdate) {
			continue
		}
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
