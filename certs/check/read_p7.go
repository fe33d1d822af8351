package check

import (
	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// OIDs of RFC 5652.
const (
	oidData         = "1.2.840.113549.1.7.1"
	oidSignedData   = "1.2.840.113549.1.7.2"
	oidEnveloped    = "1.2.840.113549.1.7.3"
	oidEncrypted    = "1.2.840.113549.1.7.6"
	contextZero     = cbasn1.Tag(0x80 | 0x20)
	contextOne      = cbasn1.Tag(0x80 | 0x20 | 1)
	contextZeroPrim = cbasn1.Tag(0x80)
)

// pkcs7 takes certificates and CRLs out of a SignedData (RFC 5652 section 5.1). It
// walks the set itself, so that one certificate that is odd does not hide the rest.
func (r *reader) pkcs7(der []byte, at Place, depth int) {
	if depth >= r.limits.Depth {
		r.note("read.too-deep", certs.Error, at)
		return
	}
	in := cryptobyte.String(der)
	var info, content cryptobyte.String
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) {
		return
	}
	oid, _ := readOID(&info)
	info.ReadASN1(&content, contextZero)
	switch oid {
	case oidData:
		var inner cryptobyte.String
		if content.ReadASN1(&inner, cbasn1.OCTET_STRING) && len(inner) > 0 {
			r.any(inner, at, depth+1)
		}
		return
	case oidSignedData:
	case oidEnveloped, oidEncrypted:
		r.note("read.p7-encrypted", certs.Error, at)
		return
	default:
		r.note("read.unknown-der", certs.Error, at, "Label", "PKCS7")
		return
	}
	var sd, digests, encap, set, crls cryptobyte.String
	var version int
	var hasCerts, hasCRLs bool
	if !content.ReadASN1(&sd, cbasn1.SEQUENCE) || !sd.ReadASN1Integer(&version) ||
		!sd.ReadASN1(&digests, cbasn1.SET) || !sd.ReadASN1(&encap, cbasn1.SEQUENCE) ||
		!sd.ReadOptionalASN1(&set, &hasCerts, contextZero) || !sd.ReadOptionalASN1(&crls, &hasCRLs, contextOne) {
		r.note("read.damaged", certs.Error, at, "Label", "PKCS7", "Detail", "structure is broken")
		return
	}
	if !hasCerts && !hasCRLs {
		r.note("read.p7-empty", certs.Error, at)
		return
	}
	for _, list := range []cryptobyte.String{set, crls} {
		for !list.Empty() && !r.full {
			var element cryptobyte.String
			var tag cbasn1.Tag
			if !list.ReadAnyASN1Element(&element, &tag) {
				r.note("read.damaged", certs.Error, at, "Label", "PKCS7", "Detail", "structure is broken")
				return
			}
			if tag == cbasn1.SEQUENCE { // others are attribute certificates and the like
				r.one(element, at, "", depth+1)
			}
		}
	}
}
