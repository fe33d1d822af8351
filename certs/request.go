package certs

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Attribute is one attribute of a distinguished name as it stands in the bytes.
type Attribute struct {
	Type   string `json:"type"` // CN, O, OU, L, ST, C or a dotted OID
	Value  string `json:"value"`
	String int    `json:"string"` // tag of the ASN.1 string type: 12 UTF8String, 19 PrintableString ...
	RDN    int    `json:"rdn"`    // number of the RDN it stands in; two with the same number are one multi-valued RDN
}

// PKCS10 is a certification request as its raw bytes have it: nothing dropped,
// nothing normalised. Go's own parser is used for the key and the signature alone.
type PKCS10 struct {
	Subject    []Attribute
	CommonName string // the first, if there is any
	Names      []Name // of all types, also those that no request may hold
	SANs       int    // number of SAN extensions; one at most is right
	EKU, KU    []string
	IsCA       bool
	Key        Key
	PublicKey  any
	SPKI       []byte // SubjectPublicKeyInfo, DER
	Signature  x509.SignatureAlgorithm
	Extensions []pkix.Extension // as they stand, repeated ones included
	Attributes []string         // dotted OIDs of the request's attributes
	request    *x509.CertificateRequest
}

// MaxRequest is the size beyond which nothing is read as a request, in bytes.
const MaxRequest = 64 << 10

var (
	oidExtensionRequest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}
	oidChallengePassword = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}
	oidSubjectKeyID      = asn1.ObjectIdentifier{2, 5, 29, 14}
)

var errRequest = errors.New("certs: not a PKCS #10 request in DER")

// ReadPKCS10 reads a request. It fails for what is not well-formed; what is well-formed but
// wrong is for CheckCSR to say. The self-signature is not yet verified: Verify does.
func ReadPKCS10(der []byte) (*PKCS10, error) {
	if len(der) > MaxRequest {
		return nil, errors.New("certs: the request is too large")
	}
	r := &PKCS10{}
	if err := r.info(der); err != nil {
		return nil, err
	}
	// Go's message may quote the input; ours do not.
	var err error
	if r.PublicKey, err = x509.ParsePKIXPublicKey(r.SPKI); err != nil {
		return nil, errRequest
	}
	r.Key = KeyOf(r.PublicKey)
	if csr, err := x509.ParseCertificateRequest(der); err == nil {
		r.request, r.Signature = csr, csr.SignatureAlgorithm
	}
	if i := slices.IndexFunc(r.Subject, func(a Attribute) bool { return a.Type == "CN" }); i >= 0 {
		r.CommonName = r.Subject[i].Value
	}
	for _, e := range r.Extensions {
		if err := r.extension(e); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Verify checks the request's signature by its own key, which proves that whoever
// made it holds the key.
// It fails too for a request that Go's parser refuses though its form is whole, such
// as one with an extension that stands twice.
func (r *PKCS10) Verify() error {
	if r.request == nil || huge(r.PublicKey) {
		return errRequest
	}
	return r.request.CheckSignature()
}

// info walks the request (RFC 2986 section 4): what is signed, the signature's
// algorithm, the signature; and in what is signed version, subject, key, attributes.
func (r *PKCS10) info(der []byte) error {
	in := cryptobyte.String(der)
	var outer, info, subject, spki, attrs cryptobyte.String
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1(&info, cbasn1.SEQUENCE) ||
		!outer.SkipASN1(cbasn1.SEQUENCE) || !outer.SkipASN1(cbasn1.BIT_STRING) || !outer.Empty() {
		return errRequest
	}
	if !info.SkipASN1(cbasn1.INTEGER) || !info.ReadASN1Element(&subject, cbasn1.SEQUENCE) || !info.ReadASN1Element(&spki, cbasn1.SEQUENCE) {
		return errRequest
	}
	r.SPKI = spki
	var err error
	if r.Subject, err = readDN(subject); err != nil {
		return err
	}
	var present bool
	if !info.ReadOptionalASN1(&attrs, &present, cbasn1.Tag(0).ContextSpecific().Constructed()) || !info.Empty() {
		return errRequest
	}
	for !attrs.Empty() {
		var attr, values cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !attrs.ReadASN1(&attr, cbasn1.SEQUENCE) || !attr.ReadASN1ObjectIdentifier(&oid) || !attr.ReadASN1(&values, cbasn1.SET) || !attr.Empty() {
			return errRequest
		}
		r.Attributes = append(r.Attributes, oid.String())
		if len(r.Attributes) > 100 {
			return errRequest
		}
		for oid.Equal(oidExtensionRequest) && !values.Empty() {
			var list cryptobyte.String
			if !values.ReadASN1(&list, cbasn1.SEQUENCE) {
				return errRequest
			}
			if err := r.extensionList(list); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *PKCS10) extensionList(list cryptobyte.String) error {
	for !list.Empty() {
		var ext, value cryptobyte.String
		var e pkix.Extension
		if !list.ReadASN1(&ext, cbasn1.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&e.Id) {
			return errRequest
		}
		if ext.PeekASN1Tag(cbasn1.BOOLEAN) && !ext.ReadASN1Boolean(&e.Critical) {
			return errRequest
		}
		if !ext.ReadASN1(&value, cbasn1.OCTET_STRING) || !ext.Empty() {
			return errRequest
		}
		e.Value = value
		r.Extensions = append(r.Extensions, e)
		if len(r.Extensions) > 100 {
			return errRequest
		}
	}
	return nil
}

func (r *PKCS10) extension(e pkix.Extension) (err error) {
	switch {
	case e.Id.Equal(oidSAN):
		r.SANs++
		r.Names, err = parsed(r.Names, e.Value, ParseNames)
	case e.Id.Equal(oidExtKeyUsage):
		r.EKU, err = parsed(r.EKU, e.Value, ParseEKU)
	case e.Id.Equal(oidKeyUsage):
		r.KU, err = parsed(r.KU, e.Value, ParseKU)
	case e.Id.Equal(oidBasicConstraints):
		var ca bool
		ca, err = parseBasicConstraints(e.Value)
		r.IsCA = r.IsCA || ca
	}
	return err
}

// parsed adds to a list what one more extension holds.
func parsed[E any](list []E, ext []byte, parse func([]byte) ([]E, error)) ([]E, error) {
	more, err := parse(ext)
	return append(list, more...), err
}

func parseBasicConstraints(value []byte) (ca bool, err error) {
	in := cryptobyte.String(value)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() {
		return false, errDER("basic constraints")
	}
	if seq.PeekASN1Tag(cbasn1.BOOLEAN) && !seq.ReadASN1Boolean(&ca) {
		return false, errDER("basic constraints")
	}
	return ca, nil
}

var attributeNames = []struct {
	name string
	oid  asn1.ObjectIdentifier
}{
	{"CN", oidCommonName}, {"C", oidCountry}, {"L", oidLocality}, {"ST", oidState}, {"O", oidOrganization}, {"OU", oidUnit},
}

// readDN walks a distinguished name without losing repeated or joined attributes,
// as Go's pkix.Name does.
func readDN(der []byte) ([]Attribute, error) {
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, errDER("distinguished name")
	}
	var all []Attribute
	for rdn := 0; !seq.Empty(); rdn++ {
		var set cryptobyte.String
		if !seq.ReadASN1(&set, cbasn1.SET) {
			return nil, errDER("distinguished name")
		}
		for !set.Empty() {
			var pair, value cryptobyte.String
			var oid asn1.ObjectIdentifier
			var tag cbasn1.Tag
			if !set.ReadASN1(&pair, cbasn1.SEQUENCE) || !pair.ReadASN1ObjectIdentifier(&oid) || !pair.ReadAnyASN1(&value, &tag) || !pair.Empty() {
				return nil, errDER("distinguished name")
			}
			a := Attribute{Type: oid.String(), String: int(tag), RDN: rdn, Value: stringOf(int(tag), value)}
			for _, known := range attributeNames {
				if known.oid.Equal(oid) {
					a.Type = known.name
				}
			}
			if all = append(all, a); len(all) > 100 {
				return nil, errDER("distinguished name")
			}
		}
	}
	return all, nil
}

// Tags of the string types that a distinguished name may hold.
const (
	tagUTF8      = 12
	tagPrintable = 19
	tagIA5       = 22
	tagBMP       = 30
)

func stringOf(tag int, raw []byte) string {
	if tag == tagBMP && len(raw)%2 == 0 {
		units := make([]uint16, 0, len(raw)/2)
		for i := 0; i < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		return string(utf16.Decode(units))
	}
	return strings.ToValidUTF8(string(raw), "�")
}

// oddString reports an attribute whose string type or content readers take
// differently: T61, BMP and Universal strings, PrintableString with other
// characters, UTF8String that is none, and control characters anywhere.
func oddString(a Attribute) bool {
	switch a.String {
	case tagUTF8:
		return !utf8.ValidString(a.Value) || strings.ContainsRune(a.Value, utf8.RuneError) || hasControl(a.Value)
	case tagPrintable:
		return strings.ContainsFunc(a.Value, func(r rune) bool { return !printable(r) })
	case tagIA5:
		return slices.Contains([]string{"CN", "O", "OU", "L", "ST", "C"}, a.Type) || !printableIA5([]byte(a.Value))
	}
	return true
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 || r >= 0x7F && r < 0xA0 || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r == 0xFEFF
	})
}

// printable is the alphabet of PrintableString (X.680 section 41.4).
func printable(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(" '()+,-./:=?", r)
}

// samePublicKey compares two SubjectPublicKeyInfo; a difference in the parameters'
// encoding does not make another key.
func samePublicKey(a, b any, rawA, rawB []byte) bool {
	if bytes.Equal(rawA, rawB) {
		return true
	}
	x, err := x509.MarshalPKIXPublicKey(a)
	y, err2 := x509.MarshalPKIXPublicKey(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
