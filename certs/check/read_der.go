package check

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// binary reads one DER or BER value after the other and names the form of the first.
// label is the PEM label it came with, "" for none.
func (r *reader) binary(der []byte, at Place, label string, depth int) string {
	format := ""
	for first := true; len(der) > 0 && !r.full; first = false {
		value, rest, der2 := r.value(der, at)
		if value == nil {
			if !first && len(strings.Trim(string(der), "\r\n\x00 \x1a")) == 0 {
				return format // line ends or padding after the value
			}
			if first {
				r.note("read.damaged", certs.Error, at, "Label", cmp.Or(label, "DER"), "Detail", der2)
			} else {
				r.note("read.trailing", certs.Warning, at, "Count", strconv.Itoa(len(der)))
			}
			return format
		}
		f := r.one(value, at, label, depth)
		if first {
			format = f
		}
		der = rest
	}
	return format
}

// value cuts off the first value, as DER. Without one it says why in detail.
func (r *reader) value(der []byte, at Place) (value, rest []byte, detail string) {
	in := cryptobyte.String(der)
	var v cryptobyte.String
	if in.ReadASN1Element(&v, cbasn1.SEQUENCE) && shapeOf(v) != shapeUnknown {
		return v, in, ""
	}
	if len(der) == 0 || der[0] != 0x30 {
		return nil, nil, "no ASN.1 SEQUENCE"
	}
	whole, have, ok := derLength(der)
	if ok && have < whole {
		r.note("read.short", certs.Error, at, "Have", strconv.Itoa(have), "Whole", strconv.Itoa(whole))
		return nil, nil, "ends early"
	}
	fixed, rest, err := berToDER(der)
	if err != nil {
		return nil, nil, "structure is broken"
	}
	if len(v) > 0 && string(fixed) == string(v) { // it was DER all along, of an unknown shape
		return v, in, ""
	}
	r.note("read.ber", certs.Info, at)
	return fixed, rest, ""
}

// one reads one DER value by its shape.
func (r *reader) one(der []byte, at Place, label string, depth int) string {
	sh := shapeOf(der)
	if want := shapesOfLabel(label); want != nil && !slices.Contains(want, sh) && sh != shapeUnknown {
		r.note("read.wrong-label", certs.Warning, at, "Label", label, "Is", shapeName(sh))
	}
	switch sh {
	case shapeCertificate:
		r.certificate(der, at)
	case shapeRequest:
		r.request(der, at)
	case shapeCRL:
		r.crl(der, at)
	case shapePKCS7:
		r.pkcs7(der, at.into("p7b"), depth)
		return "p7b"
	case shapePKCS12:
		r.pkcs12(der, at.into("p12"), depth)
		return "p12"
	case shapeOCSP:
		r.add(&Item{Kind: OCSPResponse, Place: at, DER: der})
	case shapePublicKey:
		r.publicKey(der, at)
	case shapePrivateKey:
		r.privateKey(der, at)
	case shapeEncryptedKey:
		r.encryptedKey(der, at)
	case shapeOCSPRequest:
		r.note("read.ocsp-request", certs.Error, at)
	default:
		r.note("read.unknown-der", certs.Error, at, "Label", cmp.Or(label, "DER"))
	}
	return "der"
}

// probe reports whether bare base64 decoded to something of ours.
func (r *reader) probe(der []byte) bool {
	in := cryptobyte.String(der)
	var v cryptobyte.String
	if in.ReadASN1Element(&v, cbasn1.SEQUENCE) {
		return shapeOf(v) != shapeUnknown
	}
	fixed, _, err := berToDER(der)
	return err == nil && shapeOf(fixed) != shapeUnknown
}
