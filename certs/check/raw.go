package check

import (
	"encoding/asn1"
	"errors"
	"math/big"
	"net/netip"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// rawCert is a certificate read without judging it: what crypto/x509 refuses
// (negative serials, odd names) must still be shown to the person who sent it, and
// several rules need bytes that crypto/x509 does not keep.
type rawCert struct {
	version    int
	serial     []byte // contents of the INTEGER
	issuer     []byte
	subject    []byte
	spki       []byte
	keyAlg     string // OID
	sigAlg     string // OID
	notBefore  time.Time
	notAfter   time.Time
	extensions []rawExtension
}

type rawExtension struct {
	id       string
	critical bool
	value    []byte
}

// OIDs of RFC 5280 section 4.2 that rules ask for.
const (
	oidSKI               = "2.5.29.14"
	oidKeyUsage          = "2.5.29.15"
	oidSAN               = "2.5.29.17"
	oidBasic             = "2.5.29.19"
	oidNameConstraints   = "2.5.29.30"
	oidAKI               = "2.5.29.35"
	oidPolicyConstraints = "2.5.29.36"
	oidEKU               = "2.5.29.37"
)

var errRaw = errors.New("not the structure of a certificate")

// parseRaw reads the structure of RFC 5280 section 4.1 and nothing of its meaning.
func parseRaw(der []byte) (*rawCert, error) {
	in := cryptobyte.String(der)
	var cert, tbs, algorithm, validity, spki cryptobyte.String
	if !in.ReadASN1(&cert, cbasn1.SEQUENCE) || !in.Empty() || !cert.ReadASN1(&tbs, cbasn1.SEQUENCE) {
		return nil, errRaw
	}
	c := &rawCert{version: 1}
	var version cryptobyte.String
	var present bool
	if !tbs.ReadOptionalASN1(&version, &present, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return nil, errRaw
	}
	if present {
		if !version.ReadASN1Integer(&c.version) {
			return nil, errRaw
		}
		c.version++
	}
	var serial, issuer, subject, key cryptobyte.String
	if !tbs.ReadASN1(&serial, cbasn1.INTEGER) ||
		!tbs.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1(&validity, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&key, cbasn1.SEQUENCE) {
		return nil, errRaw
	}
	c.serial, c.issuer, c.subject, c.spki = serial, issuer, subject, key
	var ok bool
	if c.sigAlg, ok = readOID(&algorithm); !ok {
		return nil, errRaw
	}
	spki = key
	var keyAlg cryptobyte.String
	if !spki.ReadASN1(&spki, cbasn1.SEQUENCE) || !spki.ReadASN1(&keyAlg, cbasn1.SEQUENCE) {
		return nil, errRaw
	}
	if c.keyAlg, ok = readOID(&keyAlg); !ok {
		return nil, errRaw
	}
	c.notBefore, c.notAfter = readTime(&validity), readTime(&validity)
	c.extensions = readExtensions(tbs)
	return c, nil
}

// readExtensions takes the rest of a TBSCertificate: unique identifiers, extensions.
// What does not parse is left out.
func readExtensions(tbs cryptobyte.String) []rawExtension {
	var out []rawExtension
	for !tbs.Empty() {
		var v cryptobyte.String
		var tag cbasn1.Tag
		if !tbs.ReadAnyASN1(&v, &tag) {
			return out
		}
		if tag != cbasn1.Tag(3).Constructed().ContextSpecific() {
			continue
		}
		var list cryptobyte.String
		if !v.ReadASN1(&list, cbasn1.SEQUENCE) {
			return out
		}
		for !list.Empty() {
			var e, value cryptobyte.String
			x := rawExtension{}
			var ok bool
			if !list.ReadASN1(&e, cbasn1.SEQUENCE) {
				return out
			}
			if x.id, ok = readOID(&e); !ok || e.PeekASN1Tag(cbasn1.BOOLEAN) && !e.ReadASN1Boolean(&x.critical) ||
				!e.ReadASN1(&value, cbasn1.OCTET_STRING) {
				return out
			}
			x.value = value
			out = append(out, x)
		}
	}
	return out
}

// readTime gives the zero time for what is not a time.
func readTime(s *cryptobyte.String) time.Time {
	var v cryptobyte.String
	var tag cbasn1.Tag
	if !s.ReadAnyASN1(&v, &tag) {
		return time.Time{}
	}
	layouts := []string{"060102150405Z0700", "0601021504Z0700"}
	if tag == cbasn1.GeneralizedTime {
		layouts = []string{"20060102150405Z0700", "20060102150405.999Z0700"}
	}
	for _, layout := range layouts {
		t, err := time.Parse(layout, string(v))
		if err != nil {
			continue
		}
		if tag == cbasn1.UTCTime && t.Year() >= 2050 { // RFC 5280 section 4.1.2.5.1
			t = t.AddDate(-100, 0, 0)
		}
		return t.UTC()
	}
	return time.Time{}
}

func (c *rawCert) ext(id string) *rawExtension {
	for i := range c.extensions {
		if c.extensions[i].id == id {
			return &c.extensions[i]
		}
	}
	return nil
}

// value is what an extension holds; nothing reads from one that is not there.
func (c *rawCert) value(id string) cryptobyte.String {
	if e := c.ext(id); e != nil {
		return e.value
	}
	return nil
}

func (c *rawCert) serialNumber() *big.Int {
	n := new(big.Int).SetBytes(c.serial)
	if len(c.serial) > 0 && c.serial[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(c.serial))))
	}
	return n
}

func (c *rawCert) title() string {
	var dns []string
	for _, n := range c.names() {
		dns = append(dns, n.Value)
	}
	return titleOf(c.subject, dns)
}

func titleOf(subject []byte, names []string) string {
	if cn := commonName(subject); cn != "" {
		return cn
	}
	if s := dnString(subject); s != "" {
		return s
	}
	if len(names) > 0 {
		return names[0]
	}
	return "(no name)"
}

// AltName is one entry of a subject alternative name, of whatever type.
type AltName struct {
	Type  string `json:"type"` // dns, ip, email, uri, srv, upn, dn, rid, other, x400, edi
	Value string `json:"value"`
}

// names reads the SAN from its bytes, in order, unknown types included, because a
// name that a tool drops silently is a name nobody approved.
func (c *rawCert) names() []AltName {
	list, ok := sequence(c.value(oidSAN))
	if !ok {
		return nil
	}
	var out []AltName
	for !list.Empty() {
		var v cryptobyte.String
		var tag cbasn1.Tag
		if !list.ReadAnyASN1(&v, &tag) {
			break
		}
		out = append(out, altName(uint8(tag)&0x1f, v))
	}
	return out
}

// altName reads one GeneralName (RFC 5280 section 4.2.1.6) by its tag number.
func altName(tag uint8, v cryptobyte.String) AltName {
	switch tag {
	case 0:
		return otherName(v)
	case 1, 2, 6:
		return AltName{map[uint8]string{1: "email", 2: "dns", 6: "uri"}[tag], printable(v)}
	case 3, 5:
		return AltName{map[uint8]string{3: "x400", 5: "edi"}[tag], hexColon(v)}
	case 4:
		return AltName{"dn", dnString(v)}
	case 7:
		if a, ok := netip.AddrFromSlice(v); ok {
			return AltName{"ip", a.String()}
		}
		return AltName{"ip", hexColon(v)}
	case 8:
		var oid asn1.ObjectIdentifier
		der := append([]byte{6, byte(len(v))}, v...)
		if _, err := asn1.Unmarshal(der, &oid); err == nil {
			return AltName{"rid", oid.String()}
		}
		return AltName{"rid", hexColon(v)}
	}
	return AltName{"other", hexColon(v)}
}

func otherName(v cryptobyte.String) AltName {
	id, ok := readOID(&v)
	var wrapped, inner cryptobyte.String
	var tag cbasn1.Tag
	if !ok || !v.ReadASN1(&wrapped, cbasn1.Tag(0).Constructed().ContextSpecific()) || !wrapped.ReadAnyASN1(&inner, &tag) {
		return AltName{"other", id}
	}
	switch id {
	case "1.3.6.1.5.5.7.8.7": // RFC 4985 SRVName
		return AltName{"srv", printable(inner)}
	case "1.3.6.1.5.5.7.8.5": // RFC 6120 XmppAddr
		return AltName{"xmpp", printable(inner)}
	case "1.3.6.1.4.1.311.20.2.3": // Microsoft user principal name
		return AltName{"upn", printable(inner)}
	}
	return AltName{"other", id + ":" + hexColon(inner)}
}
