package artefact

import (
	"bytes"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"iter"
	"strings"
	"unicode"

	"golang.org/x/crypto/cryptobyte"
)

// The handshake messages that are read (RFC 5246, section 7.4; RFC 8446, section 4).
const (
	helloClient              = 1
	helloServer              = 2
	msgCertificate           = 11
	msgCertificateAsk        = 13
	extServerName            = 0
	extALPN                  = 16
	extVersions              = 43
	maxOffered               = 100 // cipher suites, protocols, versions of one hello
	maxChain                 = 20  // certificates of one message
	maxCANames               = 200
	longestName              = 300 // bytes of a name that is shown
	tls13             uint16 = tls.VersionTLS13
)

// helloRetry is the random of a ServerHello that only asks for another ClientHello
// (RFC 8446, section 4.1.3).
var helloRetry = []byte{
	0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
	0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
}

// message reads one handshake message. A message that does not parse is left out.
func (t *recordLayer) message(kind byte, body []byte) {
	s := cryptobyte.String(body)
	switch kind {
	case helloClient:
		if h := readHello(s); h != nil {
			h.Packet = t.packet
			t.hello = h
		}
	case helloServer:
		if a, is13 := readAnswer(s); a != nil {
			a.Packet = t.packet
			t.answer, t.tls13 = a, is13
		}
	case msgCertificate:
		if t.presented == nil {
			if der, ok := readChain(s); ok {
				t.presented = &Presented{Packet: t.packet, At: t.at, DER: der}
			}
		}
	case msgCertificateAsk:
		if t.asked == nil {
			if t.asked = readAsked(s, t.answer); t.asked != nil {
				t.asked.Packet = t.packet
			}
		}
	}
}

func readHello(s cryptobyte.String) *Hello {
	var legacy uint16
	var session, ciphers, compression cryptobyte.String
	if !s.ReadUint16(&legacy) || !s.Skip(32) || !s.ReadUint8LengthPrefixed(&session) ||
		!s.ReadUint16LengthPrefixed(&ciphers) || !s.ReadUint8LengthPrefixed(&compression) {
		return nil
	}
	h := &Hello{}
	var versions []uint16
	for id := uint16(0); ciphers.ReadUint16(&id) && len(h.Ciphers) < maxOffered; {
		if !grease(id) && id != 0x00ff && id != 0x5600 { // signalling values: RFC 5746, RFC 7507
			h.Ciphers = append(h.Ciphers, CipherName(id))
		}
	}
	for id, ext := range extensions(s) {
		switch id {
		case extServerName:
			var list, name cryptobyte.String
			var kind uint8
			if ext.ReadUint16LengthPrefixed(&list) && list.ReadUint8(&kind) && kind == 0 && list.ReadUint16LengthPrefixed(&name) {
				h.ServerName = Printable(string(name))
			}
		case extALPN:
			h.ALPN = readALPN(ext)
		case extVersions:
			var list cryptobyte.String
			ext.ReadUint8LengthPrefixed(&list)
			for v := uint16(0); list.ReadUint16(&v) && len(versions) < maxOffered; {
				if !grease(v) {
					versions = append(versions, v)
				}
			}
		}
	}
	if versions == nil {
		// Without the extension everything up to the version is on offer; below TLS 1.0
		// nobody goes any more.
		for v := min(legacy, tls.VersionTLS12); v >= tls.VersionTLS10; v-- {
			versions = append(versions, v)
		}
		if len(versions) == 0 {
			versions = append(versions, legacy)
		}
	}
	for _, v := range versions {
		h.Versions = append(h.Versions, tls.VersionName(v))
	}
	return h
}

func readAnswer(s cryptobyte.String) (*Answer, bool) {
	var version, cipher uint16
	var random []byte
	var session cryptobyte.String
	if !s.ReadUint16(&version) || !s.ReadBytes(&random, 32) || !s.ReadUint8LengthPrefixed(&session) ||
		!s.ReadUint16(&cipher) || !s.Skip(1) || bytes.Equal(random, helloRetry) {
		return nil, false
	}
	a := &Answer{Cipher: CipherName(cipher)}
	for id, ext := range extensions(s) {
		switch id {
		case extVersions:
			ext.ReadUint16(&version)
		case extALPN:
			if list := readALPN(ext); len(list) > 0 {
				a.ALPN = list[0]
			}
		}
	}
	a.Version = tls.VersionName(version)
	return a, version >= tls13
}

// extensions are those at the end of a hello, up to one that is damaged.
func extensions(s cryptobyte.String) iter.Seq2[uint16, cryptobyte.String] {
	return func(yield func(uint16, cryptobyte.String) bool) {
		var exts, ext cryptobyte.String
		s.ReadUint16LengthPrefixed(&exts)
		for id := uint16(0); exts.ReadUint16(&id) && exts.ReadUint16LengthPrefixed(&ext); {
			if !yield(id, ext) {
				return
			}
		}
	}
}

func readALPN(ext cryptobyte.String) (out []string) {
	var list, name cryptobyte.String
	ext.ReadUint16LengthPrefixed(&list)
	for list.ReadUint8LengthPrefixed(&name) && len(out) < maxOffered {
		out = append(out, Printable(string(name)))
	}
	return out
}

func readChain(s cryptobyte.String) ([][]byte, bool) {
	var list, one cryptobyte.String
	if !s.ReadUint24LengthPrefixed(&list) || !s.Empty() {
		return nil, false
	}
	var out [][]byte
	for !list.Empty() {
		if !list.ReadUint24LengthPrefixed(&one) {
			return out, len(out) > 0
		}
		if len(one) > 0 && len(out) < maxChain {
			out = append(out, bytes.Clone(one))
		}
	}
	return out, true
}

func readAsked(s cryptobyte.String, chosen *Answer) *Asked {
	var kinds, algorithms, list, one cryptobyte.String
	if !s.ReadUint8LengthPrefixed(&kinds) {
		return nil
	}
	if (chosen == nil || chosen.Version == "TLS 1.2") && !s.ReadUint16LengthPrefixed(&algorithms) {
		return nil
	}
	if !s.ReadUint16LengthPrefixed(&list) {
		return nil
	}
	a := &Asked{}
	for list.ReadUint16LengthPrefixed(&one) {
		if len(a.CAs) < maxCANames {
			a.CAs = append(a.CAs, DistinguishedName(one))
		} else {
			a.More++
		}
	}
	return a
}

// DistinguishedName writes a name in DER in the way of RFC 4514, fit to be shown.
func DistinguishedName(der []byte) string {
	var rdn pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &rdn); err != nil || len(rest) > 0 {
		return fmt.Sprintf("#%x", der[:min(len(der), 40)])
	}
	return Printable(rdn.String())
}

// grease are values that clients send to keep servers tolerant (RFC 8701).
func grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// CipherName is the name of a cipher suite in the IANA registry, or its number.
func CipherName(id uint16) string { return tls.CipherSuiteName(id) }

// Printable makes text from a hostile source fit to be shown on one line: valid, without
// control characters, at most 300 bytes.
func Printable(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, s)
	if len(s) > longestName {
		s = strings.ToValidUTF8(s[:longestName], "") + "…"
	}
	return s
}
