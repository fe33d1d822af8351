package check

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// ocsp weighs one response (RFC 6960). A later response replaces an earlier one.
func (r *revocation) ocsp(it *Item) {
	var failed ocsp.ResponseError
	resp, err := ocsp.ParseResponseForCert(it.DER, r.cert.Cert, nil)
	switch {
	case errors.As(err, &failed):
		r.say("revocation.ocsp-error", certs.Warning, it.Place, "Status", failed.Status.String())
		return
	case err != nil && !answers(it.DER, r.cert.Cert.SerialNumber):
		r.say("revocation.ocsp-other", certs.Info, it.Place)
		return
	case err != nil:
		r.say("revocation.ocsp-unreadable", certs.Warning, it.Place, "Detail", reason(err))
		return
	}
	if !r.sameIssuer(it.DER) {
		r.say("revocation.ocsp-other", certs.Info, it.Place)
		return
	}
	model := r.signer(resp, it.Place)
	if model == "" || !r.fresh(resp.ThisUpdate, resp.NextUpdate, it.Place) ||
		!r.newer("ocsp", model, it.Place, resp.ThisUpdate, resp.NextUpdate) {
		return
	}
	switch resp.Status {
	case ocsp.Good:
		r.out.Status = RevocationGood
	case ocsp.Revoked:
		r.out.Status, r.out.At, r.out.Reason = RevocationRevoked, resp.RevokedAt, reasonName(resp.RevocationReason)
	default:
		r.out.Status = RevocationUnknown
	}
}

// signer checks who signed a response: the issuer itself or somebody it delegated to
// (delegated trust model), else one of the designated responders (trusted responder
// model), in CUCM's order. Empty: nobody who may.
func (r *revocation) signer(resp *ocsp.Response, at Place) string {
	if resp.CheckSignatureFrom(r.issuer.Cert) == nil {
		return "issuer"
	}
	if c := resp.Certificate; c != nil {
		switch {
		case r.issuer.Cert.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil:
		case !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning): // RFC 6960 section 4.2.2.2: id-kp-OCSPSigning is a must
			r.say("revocation.delegate-usage", certs.Warning, at, "Responder", c.Subject.CommonName)
		case r.opts.Now.After(c.NotAfter) || r.opts.Now.Before(c.NotBefore):
			r.say("revocation.delegate-expired", certs.Warning, at, "Responder", c.Subject.CommonName)
		default:
			return "delegated"
		}
	}
	for _, it := range r.opts.Responders {
		if it.Cert != nil && resp.CheckSignatureFrom(it.Cert) == nil {
			if r.opts.Now.After(it.Cert.NotAfter) || r.opts.Now.Before(it.Cert.NotBefore) {
				r.say("revocation.delegate-expired", certs.Warning, at, "Responder", it.Title())
				continue
			}
			return "trusted-responder"
		}
	}
	r.say("revocation.ocsp-signer", certs.Warning, at)
	return ""
}

// certID is the identity of a certificate in a response, which the library matches
// by serial number alone.
type certID struct {
	hash      crypto.Hash
	name, key []byte
	serial    *big.Int
}

// certIDs lists what a response answers for. What does not parse ends the list.
func certIDs(der []byte) []certID {
	in := cryptobyte.String(der)
	var resp, wrapped, rb, octets, basic, data, list cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&resp, cbasn1.SEQUENCE) || !resp.SkipASN1(cbasn1.ENUM) || !resp.ReadASN1(&wrapped, contextZero) ||
		!wrapped.ReadASN1(&rb, cbasn1.SEQUENCE) || !rb.ReadASN1ObjectIdentifier(&oid) || !rb.ReadASN1(&octets, cbasn1.OCTET_STRING) ||
		!octets.ReadASN1(&basic, cbasn1.SEQUENCE) || !basic.ReadASN1(&data, cbasn1.SEQUENCE) ||
		!data.SkipOptionalASN1(contextZero) {
		return nil
	}
	var responder cryptobyte.String
	var tag cbasn1.Tag
	if !data.ReadAnyASN1(&responder, &tag) || !data.SkipASN1(cbasn1.GeneralizedTime) || !data.ReadASN1(&list, cbasn1.SEQUENCE) {
		return nil
	}
	var out []certID
	for !list.Empty() {
		var single, id, alg, name, key cryptobyte.String
		c := certID{serial: new(big.Int)}
		if !list.ReadASN1(&single, cbasn1.SEQUENCE) || !single.ReadASN1(&id, cbasn1.SEQUENCE) ||
			!id.ReadASN1(&alg, cbasn1.SEQUENCE) || !id.ReadASN1(&name, cbasn1.OCTET_STRING) ||
			!id.ReadASN1(&key, cbasn1.OCTET_STRING) || !id.ReadASN1Integer(c.serial) {
			return out
		}
		hash, _ := readOID(&alg)
		c.hash = map[string]crypto.Hash{"1.3.14.3.2.26": crypto.SHA1, "2.16.840.1.101.3.4.2.1": crypto.SHA256,
			"2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512}[hash]
		c.name, c.key = name, key
		out = append(out, c)
	}
	return out
}

func answers(der []byte, serial *big.Int) bool {
	return slices.ContainsFunc(certIDs(der), func(id certID) bool { return id.serial.Cmp(serial) == 0 })
}

// sameIssuer: the response speaks of this issuer's certificate of that serial number.
func (r *revocation) sameIssuer(der []byte) bool {
	var spki struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(r.issuer.raw.spki, &spki); err != nil {
		return false
	}
	for _, id := range certIDs(der) {
		if id.serial.Cmp(r.cert.Cert.SerialNumber) != 0 || !id.hash.Available() {
			continue
		}
		name, public := id.hash.New(), id.hash.New()
		name.Write(r.issuer.raw.subject)
		public.Write(spki.Key.RightAlign())
		if bytes.Equal(name.Sum(nil), id.name) && bytes.Equal(public.Sum(nil), id.key) {
			return true
		}
	}
	return false
}
