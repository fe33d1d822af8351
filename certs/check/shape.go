package check

import (
	"strings"

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
	s, ok := sequence(der)
	if !ok {
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
