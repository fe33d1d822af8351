package check

import (
	"cmp"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const oidCommonName = "2.5.4.3"

func readOID(s *cryptobyte.String) (string, bool) {
	var oid asn1.ObjectIdentifier
	if !s.ReadASN1ObjectIdentifier(&oid) {
		return "", false
	}
	return oid.String(), true
}

// sequence gives what the SEQUENCE that der begins with holds.
func sequence(der []byte) (body cryptobyte.String, ok bool) {
	in := cryptobyte.String(der)
	return body, in.ReadASN1(&body, cbasn1.SEQUENCE)
}

// rdn is one attribute of a distinguished name in the order of its encoding.
type rdn struct {
	oid   string
	value string
	tag   cbasn1.Tag
	multi bool // shares its RDN with the one before
}

// readDN walks a Name (RFC 5280 section 4.1.2.4). What does not parse ends the walk.
func readDN(raw []byte) []rdn {
	list, ok := sequence(raw)
	if !ok {
		return nil
	}
	var out []rdn
	for !list.Empty() && len(out) < 256 {
		var set cryptobyte.String
		if !list.ReadASN1(&set, cbasn1.SET) {
			return out
		}
		for first := true; !set.Empty(); first = false {
			var seq, v cryptobyte.String
			a := rdn{multi: !first}
			if !set.ReadASN1(&seq, cbasn1.SEQUENCE) {
				return out
			}
			if a.oid, ok = readOID(&seq); !ok || !seq.ReadAnyASN1(&v, &a.tag) {
				return out
			}
			a.value = directoryString(a.tag, v)
			out = append(out, a)
		}
	}
	return out
}

func directoryString(tag cbasn1.Tag, v []byte) string {
	switch tag {
	case 30: // BMPString
		u := make([]uint16, 0, len(v)/2)
		for i := 0; i+1 < len(v); i += 2 {
			u = append(u, uint16(v[i])<<8|uint16(v[i+1]))
		}
		return printable([]byte(string(utf16.Decode(u))))
	case 20: // TeletexString, in practice Latin-1
		r := make([]rune, len(v))
		for i, b := range v {
			r[i] = rune(b)
		}
		return printable([]byte(string(r)))
	case 12, 18, 19, 22, 26:
		return printable(v)
	}
	return "#" + hex.EncodeToString(v)
}

// shortNames are the attribute names of RFC 4514 section 3 and those that OpenSSL
// prints, which people compare with.
var shortNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L",
	"2.5.4.8": "ST", "2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title",
	"2.5.4.17": "postalCode", "2.5.4.42": "GN", "2.5.4.97": "organizationIdentifier",
	"1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
}

// dnString writes a Name as OpenSSL and Expressway's decoded view do, in encoding
// order: "C=GB, O=Example, CN=expe1.example.com".
func dnString(raw []byte) string {
	var out strings.Builder
	for i, a := range readDN(raw) {
		switch {
		case i == 0:
		case a.multi:
			out.WriteString(" + ")
		default:
			out.WriteString(", ")
		}
		out.WriteString(cmp.Or(shortNames[a.oid], a.oid) + "=")
		if strings.ContainsAny(a.value, ",+\"\\<>;=") {
			out.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.value) + `"`)
		} else {
			out.WriteString(a.value)
		}
	}
	return out.String()
}

// commonName is the last CN, which is the most specific one in encoding order.
func commonName(raw []byte) string {
	cn := ""
	for _, a := range readDN(raw) {
		if a.oid == oidCommonName {
			cn = a.value
		}
	}
	return cn
}

// dnKey is a form of a Name that is equal for names equal under RFC 5280 section
// 7.1: case and inner white space do not count, nor does the string type.
func dnKey(raw []byte) string {
	var out strings.Builder
	for _, a := range readDN(raw) {
		fmt.Fprintf(&out, "%t/%s=%s\x00", a.multi, a.oid, strings.ToLower(strings.Join(strings.Fields(a.value), " ")))
	}
	return out.String()
}

func emptyDN(raw []byte) bool { return len(raw) <= 2 }

func hexColon(b []byte) string {
	return strings.ReplaceAll(fmt.Sprintf("% X", b), " ", ":")
}

func showable(r rune) bool {
	return r == ' ' || (unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r))
}

func escapeRune(r rune) string { return fmt.Sprintf(`\u%04X`, r) }

// printable keeps what can be shown on one line and escapes the rest, so that a name
// cannot forge a line of ours.
func printable(b []byte) string {
	s := strings.ToValidUTF8(string(b), "�")
	if !strings.ContainsFunc(s, func(r rune) bool { return !showable(r) }) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		if showable(r) {
			out.WriteRune(r)
		} else {
			out.WriteString(escapeRune(r))
		}
	}
	return out.String()
}
