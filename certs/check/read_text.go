package check

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// toUTF8 undoes byte order marks and UTF-16, which Windows editors and PowerShell
// redirection write.
func toUTF8(data []byte) []byte {
	big := bytes.HasPrefix(data, []byte{0xfe, 0xff})
	switch {
	case big || bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		data = data[2:]
	case len(data) > 20 && data[0] != 0 && data[1] == 0 && data[3] == 0 && data[5] == 0:
		// little-endian without a byte order mark
	case len(data) > 20 && data[0] == 0 && data[2] == 0 && data[4] == 0 && data[1] != 0:
		big = true
	default:
		return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		a, b := uint16(data[2*i]), uint16(data[2*i+1])
		if big {
			units[i] = a<<8 | b
		} else {
			units[i] = b<<8 | a
		}
	}
	return []byte(string(utf16.Decode(units)))
}

// block is one PEM block while it is being collected.
type block struct {
	label   string
	line    int
	body    []byte // base64 characters and what stood between them
	headers string // Proc-Type and DEK-Info of RFC 1421
	odd     bool   // the BEGIN line is not as RFC 7468 has it
	loose   bool   // base64 without a BEGIN line
}

// textScan walks lines, collecting blocks between BEGIN and END and runs of bare
// base64 outside of them.
type textScan struct {
	r     *reader
	at    Place
	depth int
	cur   *block
	found string
}

// text reads everything that is not binary: PEM in any state of repair, base64
// without armour, and mail or chat around it. Line numbers count from 1.
func (r *reader) text(src []byte, at Place, depth int) string {
	s := &textScan{r: r, at: at, depth: depth}
	line := 0
	for len(src) > 0 && !r.full {
		line++
		var l []byte
		if i := bytes.IndexAny(src, "\r\n"); i >= 0 {
			l = src[:i]
			if src[i] == '\r' && i+1 < len(src) && src[i+1] == '\n' {
				i++
			}
			src = src[i+1:]
		} else {
			l, src = src, nil
		}
		s.line(l, line)
	}
	s.end(line, nil)
	return cmp.Or(s.found, "text")
}

func (s *textScan) line(l []byte, n int) {
	for {
		m, ok := findMarker(l)
		if !ok {
			s.content(l, n)
			return
		}
		s.content(l[:m.start], n)
		switch {
		case m.begin:
			s.end(n-1, nil)
			s.cur = &block{label: m.label, line: n, odd: m.odd}
		case s.cur == nil:
			s.r.note("read.end-without-begin", certs.Error, s.place(n, n), "Label", m.label)
		default:
			s.end(n, &m)
		}
		l = l[m.end:]
	}
}

func (s *textScan) place(from, to int) Place {
	p := s.at
	if p.Line == 0 { // line numbers of something decoded would mislead
		p.Line, p.EndLine = from, to
	}
	return p
}

// content takes a line, or part of one, that is no marker.
func (s *textScan) content(l []byte, n int) {
	if s.cur != nil && !s.cur.loose {
		if i := bytes.IndexByte(l, ':'); i > 0 && i < 20 && isHeaderName(l[:i]) {
			s.cur.headers += string(l) + "\n"
			return
		}
		s.cur.body = append(append(s.cur.body, l...), '\n')
		return
	}
	t := bytes.Trim(l, " \t>\"',;|")
	switch {
	case isBase64Line(t):
		s.bare(t, n)
	case len(t) > 0:
		s.tokens(l, n)
	}
}

// bare takes a line of nothing but base64: the start of a run if it is long, or more
// of one.
func (s *textScan) bare(t []byte, n int) {
	if s.cur == nil && len(t) < 32 {
		return
	}
	if s.cur == nil {
		s.cur = &block{line: n, loose: true}
	}
	s.cur.body = append(append(s.cur.body, t...), '\n')
}

// tokens looks for base64 between other things, as in JSON (x5c) and XML (SAML
// metadata): a run may end in the line, start in it, or both.
func (s *textScan) tokens(l []byte, n int) {
	if s.cur == nil && len(l) < 64 {
		return
	}
	between := func(r rune) bool { return strings.ContainsRune("<>\"'[]{},;:|() \t", r) }
	if s.cur != nil { // the end of a run, up to whatever closes it
		if i := bytes.IndexFunc(l, between); i > 0 && isBase64Line(l[:i]) && l[i] == '<' {
			s.bare(l[:i], n)
			l = l[i:]
		}
		s.end(n, nil)
	}
	for len(l) > 0 {
		i := bytes.IndexFunc(l, between)
		if i < 0 {
			i = len(l)
		}
		if i >= 60 && isBase64Line(l[:i]) && bytes.HasPrefix(l, []byte("MI")) {
			s.bare(l[:i], n)
			if i < len(l) {
				s.end(n, nil)
			}
		}
		l = l[min(i+1, len(l)):]
	}
}

func isHeaderName(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c != '-' && (c < 'A' || c > 'z' || (c > 'Z' && c < 'a')) })
}

// end closes the current block at line n; m is its END marker, nil when there is none.
func (s *textScan) end(n int, m *marker) {
	b := s.cur
	s.cur = nil
	if b == nil {
		return
	}
	defer clear(b.body)
	at := s.place(b.line, max(n, b.line))
	cleaned := cleanBase64(b.body)
	defer clear(cleaned.chars)
	der := decodeBase64(cleaned.chars)
	defer s.r.wipeKeys(len(s.r.items), strings.Contains(b.label, "PRIVATE KEY"), der)
	if b.loose {
		s.loose(der, at, m)
		return
	}
	s.found = "pem"
	r := s.r
	if len(cleaned.chars) == 0 {
		r.note("read.empty-block", certs.Error, at, "Label", b.label)
		return
	}
	if b.odd || (m != nil && m.odd) {
		r.note("read.odd-armour", certs.Warning, at, "Label", b.label)
	}
	whole, have, ok := derLength(der)
	if m == nil {
		if ok && have >= whole {
			r.note("read.no-end", certs.Warning, at, "Label", b.label)
			der = der[:whole]
		} else {
			r.note("read.cut", certs.Error, at, "Label", b.label)
			return
		}
	} else if m.label != b.label {
		r.note("read.label-mismatch", certs.Warning, at, "Begin", b.label, "End", m.label)
	}
	if cleaned.junk != "" {
		r.note("read.junk", certs.Warning, at, "Text", cleaned.junk)
	}
	if strings.Contains(b.headers, "ENCRYPTED") {
		r.legacyKey(b.label, b.headers, der, at)
		return
	}
	if s.r.labelled(der, at, b.label, s.depth) {
		return
	}
	r.binary(der, at, b.label, s.depth)
}

// loose handles base64 without a BEGIN line: bare DER, or a file that was encoded
// for mail. Anything else in base64 is none of our business.
func (s *textScan) loose(der []byte, at Place, m *marker) {
	trimmed := bytes.TrimPrefix(der, []byte("\xef\xbb\xbf"))
	switch {
	case len(der) < 64:
	case looksDER(der):
		whole, have, ok := derLength(der)
		switch {
		case !ok:
		case have < whole:
			s.r.note("read.cut", certs.Error, at, "Label", "base64")
		case m != nil:
			s.found = "pem"
			s.r.note("read.no-begin", certs.Warning, at, "Label", m.label)
			s.r.binary(der, at, m.label, s.depth)
		case s.r.probe(der):
			s.found = "pem"
			s.r.note("read.no-armour", certs.Warning, at)
			s.r.any(der, at.into("base64"), s.depth+1)
		}
	case bytes.HasPrefix(trimmed, []byte("-----BEGIN")), bytes.Contains(der[:min(len(der), 4096)], []byte("-----BEGIN ")),
		bytes.HasPrefix(der, []byte{0xff, 0xfe}), isBase64Text(der):
		s.found = "text"
		s.r.any(der, at.into("base64"), s.depth+1)
	}
}

// wipeKeys wipes decoded bytes once they have been read, if they were a private key:
// by their label, or because nothing but keys came out of them. from is the number of
// items before.
func (r *reader) wipeKeys(from int, labelled bool, der []byte) {
	for _, it := range r.items[from:] {
		if it.Kind != PrivateKey {
			return // its DER points here
		}
	}
	if labelled || len(r.items) > from {
		clear(der)
	}
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
