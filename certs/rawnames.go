package certs

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Tags of the GeneralName choice (RFC 5280 section 4.2.1.6).
const (
	tagOther      = 0
	tagEmail      = 1
	tagDNS        = 2
	tagX400       = 3
	tagDirectory  = 4
	tagEDIParty   = 5
	tagURI        = 6
	tagIP         = 7
	tagRegistered = 8
)

// Name types that are read but never asked for. Go's x509 drops them in silence.
const (
	OtherName    NameType = "other" // value: OID and the hex of what follows
	X400Name     NameType = "x400"
	Directory    NameType = "directory"
	EDIParty     NameType = "edi"
	RegisteredID NameType = "rid"
)

var oidSRVName = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 7} // RFC 4985

// Askable reports whether a request of this product may hold names of the type.
func (t NameType) Askable() bool {
	return slices.Contains([]NameType{DNS, IP, Email, URI, SRV}, t)
}

// maxGeneralNames bounds one extension; real ones have at most a few hundred.
const maxGeneralNames = 20000

func errDER(what string) error { return fmt.Errorf("certs: the %s is not well-formed DER", what) }

// ParseNames walks the value of a subject (or issuer) alternative name extension
// and gives every name in it, also those of types that no request may hold; ask
// NameType.Askable. Values are as they stand: compare them with NormalName. It
// fails for malformed DER, for IP addresses that are none, and for strings that are
// not IA5 or hold control characters.
func ParseNames(ext []byte) ([]Name, error) {
	in := cryptobyte.String(ext)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, errDER("list of names")
	}
	var names []Name
	for !seq.Empty() {
		if len(names) >= maxGeneralNames {
			return nil, fmt.Errorf("certs: more than %d names", maxGeneralNames)
		}
		var value cryptobyte.String
		var tag cbasn1.Tag
		if !seq.ReadAnyASN1(&value, &tag) {
			return nil, errDER("list of names")
		}
		n, err := generalName(tag, value)
		if err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, nil
}

func generalName(tag cbasn1.Tag, value cryptobyte.String) (Name, error) {
	const class, constructed = 0x80, 0x20
	if uint8(tag)&0xC0 != class {
		return Name{}, errDER("list of names")
	}
	primitive := uint8(tag)&constructed == 0
	switch number := uint8(tag) & 0x1F; number {
	case tagEmail, tagDNS, tagURI:
		n := Name{Type: map[uint8]NameType{tagEmail: Email, tagDNS: DNS, tagURI: URI}[number], Value: string(value)}
		if !primitive || !printableIA5(value) {
			return Name{}, fmt.Errorf("certs: a name of type %s holds characters that it may not", n.Type)
		}
		return n, nil
	case tagIP:
		a, ok := netip.AddrFromSlice(value)
		if !primitive || !ok {
			return Name{}, fmt.Errorf("certs: an IP address of %d bytes", len(value))
		}
		return Name{Type: IP, Value: a.String()}, nil
	case tagOther:
		return otherName(value)
	case tagX400, tagDirectory, tagEDIParty, tagRegistered:
		kind := map[uint8]NameType{tagX400: X400Name, tagDirectory: Directory, tagEDIParty: EDIParty, tagRegistered: RegisteredID}[number]
		return Name{Type: kind, Value: hex.EncodeToString(value[:min(len(value), 64)])}, nil
	default:
		return Name{}, fmt.Errorf("certs: a name with the unknown tag %d", number)
	}
}

func otherName(value cryptobyte.String) (Name, error) {
	var oid asn1.ObjectIdentifier
	var inner cryptobyte.String
	if !value.ReadASN1ObjectIdentifier(&oid) || !value.ReadASN1(&inner, cbasn1.Tag(0).ContextSpecific().Constructed()) || !value.Empty() {
		return Name{}, errDER("otherName")
	}
	if oid.Equal(oidSRVName) {
		var s cryptobyte.String
		if !inner.ReadASN1(&s, cbasn1.IA5String) || !inner.Empty() || !printableIA5(s) {
			return Name{}, errDER("SRVName")
		}
		return Name{Type: SRV, Value: string(s)}, nil
	}
	return Name{Type: OtherName, Value: oid.String() + " " + hex.EncodeToString(inner[:min(len(inner), 64)])}, nil
}

// printableIA5 refuses NUL and other control characters, which readers cut or hide
// differently, and everything that is not ASCII.
func printableIA5(s []byte) bool {
	return !slices.ContainsFunc(s, func(c byte) bool { return c < 0x20 || c > 0x7E })
}

func ipBytes(s string) ([]byte, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return nil, fmt.Errorf("certs: %q is no IP address", clip(s))
	}
	return a.Unmap().AsSlice(), nil
}

// NormalName gives the form in which names are compared: lower case and without a
// trailing dot where DNS knows no difference; reasons and sources left out.
func NormalName(n Name) Name {
	v := n.Value
	switch n.Type {
	case DNS, SRV:
		v = trimDot(lower(v))
	case Email:
		if at := strings.LastIndexByte(v, '@'); at >= 0 {
			v = v[:at] + lower(v[at:])
		}
	}
	return Name{Type: n.Type, Value: v}
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func trimDot(s string) string {
	if len(s) > 1 && s[len(s)-1] == '.' {
		return s[:len(s)-1]
	}
	return s
}
