package certs

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidLocality     = asn1.ObjectIdentifier{2, 5, 4, 7}
	oidState        = asn1.ObjectIdentifier{2, 5, 4, 8}
	oidOrganization = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidUnit         = asn1.ObjectIdentifier{2, 5, 4, 11}

	oidSAN              = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidExtKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// CSR makes the PKCS #10 request (DER) for s, signed by key: the subject in the
// order C, ST, L, O, OU, CN, the names in the order of s, key usage critical, and
// nothing else. RSA and ECDSA keys held in memory give the same bytes each time.
// It fails when s has findings of severity Error or the key is not of s's kind.
func CSR(s Spec, key crypto.Signer) ([]byte, error) {
	for _, f := range s.Findings {
		if f.Severity == Error {
			return nil, fmt.Errorf("certs: no request for %s: %s is not settled", s.Profile, f.Rule)
		}
	}
	if key == nil {
		return nil, errors.New("certs: no key to sign the request with")
	}
	if got := KeyOf(key.Public()); s.Key != (Key{}) && got != s.Key {
		return nil, fmt.Errorf("certs: %s wants a key of type %s, got %s", s.Profile, s.Key, got)
	}
	subject, err := asn1.Marshal(distinguishedName(s))
	if err != nil {
		return nil, fmt.Errorf("certs: subject: %w", err)
	}
	extensions, err := Extensions(s)
	if err != nil {
		return nil, err
	}
	// Without a source of randomness ECDSA signs deterministically (RFC 6979).
	der, err := x509.CreateCertificateRequest(nil, &x509.CertificateRequest{RawSubject: subject, ExtraExtensions: extensions}, key)
	if err != nil {
		return nil, fmt.Errorf("certs: sign the request for %s: %w", s.Profile, err)
	}
	return der, nil
}

// distinguishedName keeps to the usual order from the country down, one attribute
// a RDN.
func distinguishedName(s Spec) pkix.RDNSequence {
	var dn pkix.RDNSequence
	add := func(oid asn1.ObjectIdentifier, v string) {
		if v != "" {
			dn = append(dn, pkix.RelativeDistinguishedNameSET{{Type: oid, Value: v}})
		}
	}
	add(oidCountry, s.Subject.C)
	add(oidState, s.Subject.ST)
	add(oidLocality, s.Subject.L)
	add(oidOrganization, s.Subject.O)
	add(oidUnit, s.Subject.OU)
	add(oidCommonName, s.CommonName)
	return dn
}

// Extensions gives the extensions that a request for s carries, for those who build
// the request or the certificate elsewhere: SAN, key usage, extended key usage and,
// for a CA, basic constraints.
func Extensions(s Spec) ([]pkix.Extension, error) {
	var all []pkix.Extension
	if s.IsCA {
		all = append(all, pkix.Extension{Id: oidBasicConstraints, Critical: true, Value: []byte{0x30, 0x03, 0x01, 0x01, 0xFF}})
	}
	if len(s.Names) > 0 {
		san, err := MarshalNames(s.Names)
		if err != nil {
			return nil, err
		}
		// critical when it is the only name (RFC 5280 section 4.2.1.6)
		all = append(all, pkix.Extension{Id: oidSAN, Critical: len(distinguishedName(s)) == 0, Value: san})
	}
	if len(s.KU) > 0 {
		for _, u := range s.KU {
			if !isKU(u.ID) {
				return nil, fmt.Errorf("certs: %q is no key usage", clip(u.ID))
			}
		}
		ku, err := marshalKU(usageIDs(s.KU))
		if err != nil {
			return nil, fmt.Errorf("certs: key usage: %w", err)
		}
		all = append(all, pkix.Extension{Id: oidKeyUsage, Critical: true, Value: ku})
	}
	if len(s.EKU) > 0 {
		oids := make([]asn1.ObjectIdentifier, 0, len(s.EKU))
		for _, u := range s.EKU {
			oid, ok := ekuOID(u.ID)
			if !ok {
				return nil, fmt.Errorf("certs: %q is no extended key usage", clip(u.ID))
			}
			if !slices.ContainsFunc(oids, oid.Equal) {
				oids = append(oids, oid)
			}
		}
		eku, err := asn1.Marshal(oids)
		if err != nil {
			return nil, fmt.Errorf("certs: extended key usage: %w", err)
		}
		all = append(all, pkix.Extension{Id: oidExtKeyUsage, Value: eku})
	}
	return all, nil
}

// MarshalNames writes a subject alternative name extension's value, names in the
// given order.
func MarshalNames(names []Name) ([]byte, error) {
	var b cryptobyte.Builder
	var bad error
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, n := range names {
			if err := addName(b, n); err != nil && bad == nil {
				bad = err
			}
		}
	})
	if bad != nil {
		return nil, bad
	}
	return b.Bytes()
}

func addName(b *cryptobyte.Builder, n Name) error {
	if n.Type != IP && (!ascii(n.Value) || n.Value == "") {
		return fmt.Errorf("certs: the name %q is not in the form of a request", clip(n.Value))
	}
	switch n.Type {
	case DNS:
		addString(b, tagDNS, n.Value)
	case Email:
		addString(b, tagEmail, n.Value)
	case URI:
		addString(b, tagURI, n.Value)
	case IP:
		ip, err := ipBytes(n.Value)
		if err != nil {
			return err
		}
		b.AddASN1(cbasn1.Tag(tagIP).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(ip) })
	case SRV:
		b.AddASN1(cbasn1.Tag(tagOther).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidSRVName)
			b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(n.Value)) })
			})
		})
	default:
		return fmt.Errorf("certs: names of type %q cannot be asked for", clip(string(n.Type)))
	}
	return nil
}

func addString(b *cryptobyte.Builder, tag uint8, v string) {
	b.AddASN1(cbasn1.Tag(tag).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(v)) })
}
