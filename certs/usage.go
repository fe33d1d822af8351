package certs

import (
	"encoding/asn1"
	"slices"
)

// Extended key usages by the field's own spelling (RFC 5280 section 4.2.1.12 and
// the id-kp arc that RFC 4945 obsoletes for IPsec but CUCM still writes).
var ekuOIDs = []struct {
	id  string
	oid asn1.ObjectIdentifier
}{
	{"serverAuth", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}},
	{"clientAuth", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}},
	{"codeSigning", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3}},
	{"emailProtection", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}},
	{"ipsecEndSystem", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 5}},
	{"timeStamping", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}},
	{"OCSPSigning", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}},
	{"anyExtendedKeyUsage", asn1.ObjectIdentifier{2, 5, 29, 37, 0}},
}

// Key usages in the order of their bits (RFC 5280 section 4.2.1.3).
var kuBits = []string{"digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment",
	"keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}

func isEKU(id string) bool { _, ok := ekuOID(id); return ok }
func isKU(id string) bool  { return slices.Contains(kuBits, id) }

func ekuOID(id string) (asn1.ObjectIdentifier, bool) {
	for _, e := range ekuOIDs {
		if e.id == id {
			return e.oid, true
		}
	}
	return nil, false
}

// EKUName gives the spelling of an extended key usage, or the dotted OID when it is
// none of those that profiles know.
func EKUName(oid asn1.ObjectIdentifier) string {
	for _, e := range ekuOIDs {
		if e.oid.Equal(oid) {
			return e.id
		}
	}
	return oid.String()
}

// ParseEKU reads the value of an extended key usage extension.
func ParseEKU(ext []byte) ([]string, error) {
	var oids []asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(ext, &oids); err != nil || len(rest) > 0 || len(oids) == 0 {
		return nil, errDER("extended key usage")
	}
	ids := make([]string, 0, len(oids))
	for _, oid := range oids {
		ids = append(ids, EKUName(oid))
	}
	return ids, nil
}

// ParseKU reads the value of a key usage extension.
func ParseKU(ext []byte) ([]string, error) {
	var bits asn1.BitString
	if rest, err := asn1.Unmarshal(ext, &bits); err != nil || len(rest) > 0 || bits.BitLength > 16 {
		return nil, errDER("key usage")
	}
	var ids []string
	for i, id := range kuBits {
		if bits.At(i) != 0 {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func marshalKU(ids []string) ([]byte, error) {
	var raw [2]byte
	last := -1
	for i, id := range kuBits {
		if slices.Contains(ids, id) {
			raw[i/8] |= 0x80 >> (i % 8)
			last = i
		}
	}
	// DER: trailing zero bits of a named bit list are left out (X.690 section 11.2.2)
	return asn1.Marshal(asn1.BitString{Bytes: raw[:last/8+1], BitLength: last + 1})
}

func usageIDs(us []Usage) []string {
	ids := make([]string, 0, len(us))
	for _, u := range us {
		ids = append(ids, u.ID)
	}
	return ids
}
