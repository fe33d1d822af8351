package check

import (
	"crypto/x509"
	"strconv"
	"strings"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// shape is what the outer structure of a DER value looks like.
type shape int

const (
	shapeUnknown shape = iota
	shapeCertificate
	shapeRequest
	shapeCRL
	shapePKCS7
	shapePKCS12
	shapeOCSP
	shapeOCSPRequest
	shapePublicKey
	shapePrivateKey
	shapeEncryptedKey
)

// shapeOf recognises a value by its structure alone; labels and file names lie.
func shapeOf(der []byte) shape {
	in := cryptobyte.String(der)
	var s cryptobyte.String
	if !in.ReadASN1(&s, cbasn1.SEQUENCE) {
		return shapeUnknown
	}
	switch {
	case s.PeekASN1Tag(cbasn1.OBJECT_IDENTIFIER):
		if oid, _ := readOID(&s); strings.HasPrefix(oid, "1.2.840.113549.1.7.") {
			return shapePKCS7
		}
	case s.PeekASN1Tag(cbasn1.ENUM):
		return shapeOCSP
	case s.PeekASN1Tag(cbasn1.INTEGER):
		return shapeOfInteger(s)
	case s.PeekASN1Tag(cbasn1.SEQUENCE):
		return shapeOfSequence(s)
	}
	return shapeUnknown
}

// shapeOfInteger: a version comes first in PFX and in private keys.
func shapeOfInteger(s cryptobyte.String) shape {
	var version cryptobyte.String
	if !s.ReadASN1(&version, cbasn1.INTEGER) {
		return shapeUnknown
	}
	switch {
	case s.PeekASN1Tag(cbasn1.INTEGER), s.PeekASN1Tag(cbasn1.OCTET_STRING):
		return shapePrivateKey
	case s.PeekASN1Tag(cbasn1.SEQUENCE):
		var first cryptobyte.String
		s.ReadASN1(&first, cbasn1.SEQUENCE)
		oid, _ := readOID(&first)
		if strings.HasPrefix(oid, "1.2.840.113549.1.7.") {
			return shapePKCS12
		}
		if s.PeekASN1Tag(cbasn1.OCTET_STRING) {
			return shapePrivateKey
		}
	}
	return shapeUnknown
}

func shapeOfSequence(s cryptobyte.String) shape {
	var first cryptobyte.String
	if !s.ReadASN1(&first, cbasn1.SEQUENCE) {
		return shapeUnknown
	}
	switch {
	case s.PeekASN1Tag(cbasn1.OCTET_STRING):
		return shapeEncryptedKey
	case s.PeekASN1Tag(cbasn1.BIT_STRING):
		return shapePublicKey
	case !s.PeekASN1Tag(cbasn1.SEQUENCE):
		if first.PeekASN1Tag(cbasn1.SEQUENCE) && s.Empty() {
			return shapeOCSPRequest
		}
		return shapeUnknown
	}
	return shapeOfTBS(first)
}

// shapeOfTBS tells the three signed structures apart by what follows the version.
func shapeOfTBS(tbs cryptobyte.String) shape {
	if tbs.PeekASN1Tag(cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return shapeCertificate
	}
	if tbs.PeekASN1Tag(cbasn1.INTEGER) {
		tbs.SkipASN1(cbasn1.INTEGER)
	}
	// CSR: name, key, [0]. Certificate v1: alg, name, validity... CRL: alg, name, time.
	var a, b cryptobyte.String
	if !tbs.ReadASN1(&a, cbasn1.SEQUENCE) || !tbs.ReadASN1(&b, cbasn1.SEQUENCE) {
		return shapeUnknown
	}
	switch {
	case tbs.PeekASN1Tag(cbasn1.UTCTime), tbs.PeekASN1Tag(cbasn1.GeneralizedTime):
		return shapeCRL
	case tbs.PeekASN1Tag(cbasn1.SEQUENCE):
		return shapeCertificate
	}
	return shapeRequest
}

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
				r.note("read.damaged", certs.Error, at, "Label", labelOr(label), "Detail", der2)
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

func labelOr(label string) string {
	if label == "" {
		return "DER"
	}
	return label
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
	if want := shapesOfLabel(label); want != nil && !contains(want, sh) && sh != shapeUnknown {
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
		r.note("read.unknown-der", certs.Error, at, "Label", labelOr(label))
	}
	return "der"
}

func contains(list []shape, s shape) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
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

func shapesOfLabel(label string) []shape {
	switch {
	case label == "":
		return nil
	case strings.Contains(label, "REQUEST"):
		return []shape{shapeRequest}
	case strings.Contains(label, "CERTIFICATE"):
		return []shape{shapeCertificate}
	case strings.Contains(label, "PRIVATE KEY"):
		return []shape{shapePrivateKey, shapeEncryptedKey}
	case strings.Contains(label, "PUBLIC KEY"):
		return []shape{shapePublicKey, shapePrivateKey}
	case strings.Contains(label, "PKCS7"), strings.Contains(label, "PKCS #7"), strings.Contains(label, "CMS"):
		return []shape{shapePKCS7}
	case strings.Contains(label, "CRL"):
		return []shape{shapeCRL}
	}
	return nil
}

// shapeName is the product's word for a shape; like file formats it is not translated.
func shapeName(s shape) string {
	return map[shape]string{shapeCertificate: "CERTIFICATE", shapeRequest: "CERTIFICATE REQUEST", shapeCRL: "X509 CRL",
		shapePKCS7: "PKCS7", shapePKCS12: "PKCS12", shapeOCSP: "OCSP RESPONSE", shapePublicKey: "PUBLIC KEY",
		shapePrivateKey: "PRIVATE KEY", shapeEncryptedKey: "ENCRYPTED PRIVATE KEY", shapeOCSPRequest: "OCSP REQUEST"}[s]
}

// labelled takes the PEM blocks that are not one DER value of ours, and reports
// whether it did.
func (r *reader) labelled(der []byte, at Place, label string, depth int) bool {
	switch label {
	case "OPENSSH PRIVATE KEY", "SSH2 PUBLIC KEY", "SSH2 ENCRYPTED PRIVATE KEY":
		r.note("read.foreign.ssh", certs.Error, at)
		return true
	case "PGP PUBLIC KEY BLOCK", "PGP PRIVATE KEY BLOCK", "PGP MESSAGE", "PGP SIGNATURE", "PGP SIGNED MESSAGE":
		r.note("read.foreign.pgp", certs.Error, at)
		return true
	case "EC PARAMETERS", "DH PARAMETERS":
		return true // stands before the key in OpenSSL's files, and holds nothing to say
	case "TRUSTED CERTIFICATE": // OpenSSL's own: a certificate, then its trust settings
		in := cryptobyte.String(der)
		var v cryptobyte.String
		if in.ReadASN1Element(&v, cbasn1.SEQUENCE) && shapeOf(v) == shapeCertificate {
			r.note("read.trusted-certificate", certs.Warning, at)
			r.certificate(v, at)
			return true
		}
	case "CERTIFICATE", "X509 CERTIFICATE":
		// A text or another PEM wrapped in a second armour, as "convert to Base64" tools do.
		if !looksDER(der) && depth < r.limits.Depth {
			if _, ok := findMarker(der); ok {
				r.note("read.twice", certs.Warning, at)
				r.any(der, at.into("base64"), depth+1)
				return true
			}
		}
	}
	return false
}

func (r *reader) certificate(der []byte, at Place) {
	it := &Item{Kind: Certificate, Place: at, DER: der}
	raw, err := parseRaw(der)
	if err != nil {
		r.note("read.damaged", certs.Error, at, "Label", "CERTIFICATE", "Detail", "structure is broken")
		return
	}
	it.raw, it.SPKI = raw, raw.spki
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		it.Refused = reason(err)
		it.Public = publicKeyOf(raw.spki)
		r.note("read.refused", certs.Error, at, "Title", it.Title(), "Detail", it.Refused)
	} else {
		it.Cert, it.Public = cert, cert.PublicKey
	}
	r.add(it)
}

func (r *reader) request(der []byte, at Place) {
	it := &Item{Kind: Request, Place: at, DER: der}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		it.Refused = reason(err)
		r.note("read.refused", certs.Error, at, "Title", "CSR", "Detail", it.Refused)
	} else {
		it.CSR, it.Public, it.SPKI = csr, csr.PublicKey, csr.RawSubjectPublicKeyInfo
	}
	r.add(it)
}

func (r *reader) crl(der []byte, at Place) {
	it := &Item{Kind: CRL, Place: at, DER: der}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		it.Refused = reason(err)
		r.note("read.refused", certs.Error, at, "Title", "CRL", "Detail", it.Refused)
	} else {
		it.List = list
	}
	r.add(it)
}

// reason is the library's own words without its prefix, short and on one line.
func reason(err error) string {
	s := strings.TrimPrefix(err.Error(), "x509: ")
	s = printable([]byte(s))
	if len(s) > 160 {
		s = s[:160] + "…"
	}
	return s
}
