package certs

import (
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// issue is one thing wrong or changed in a name; key is the last part of the rule
// and of the message: names/space, certs.name.space.
type issue struct {
	key      string
	severity Severity
}

// people is the IDNA profile of a lookup by a person (UTS #46, non-transitional,
// with the STD3 host name rules).
var people = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.BidiRule())

// ReadName tells what kind of name s is and brings it into the form of a request. A
// prefix decides (DNS:, IP:, email:, URI:, SRV:), else the shape. ok is false when
// no certificate can carry it; findings say why, under the given answer field.
func ReadName(s, field string) (n Name, findings []Finding, ok bool) {
	n, issues := readName(s)
	for _, i := range issues {
		findings = append(findings, nameFinding(s, n, field, i))
		if i.severity == Error {
			return n, findings, false
		}
	}
	return n, findings, true
}

func nameFinding(given string, n Name, field string, i issue) Finding {
	return Finding{Rule: "names/" + i.key, Severity: i.severity, Field: field, Source: nameSources[i.key],
		Text: T("certs.name."+strings.ReplaceAll(i.key, "-", "_"), "Name", clip(given), "Value", n.Value)}
}

var nameSources = map[string]string{
	"empty": "RFC 5280 4.2.1.6", "space": "RFC 5280 4.2.1.6", "hidden": "RFC 5280 4.2.1.6", "underscore": "RFC 5280 4.2.1.6; RFC 1123 2.1",
	"label": "RFC 1034 3.1", "length": "RFC 1034 3.1", "hyphen": "RFC 1123 2.1", "character": "RFC 1123 2.1",
	"trailing-dot": "RFC 5280 4.2.1.6", "wildcard-shape": "RFC 6125 6.4.3", "idn": "RFC 5891; UTS 46", "idn-bad": "RFC 5891; UTS 46",
	"numeric": "RFC 1123 2.1", "email": "RFC 5280 4.2.1.6", "uri": "RFC 5280 4.2.1.6", "srv": "RFC 4985", "ip": "RFC 5280 4.2.1.6",
	"url-host": "RFC 5280 4.2.1.6",
}

// byPrefix are the readers of the kinds of names, by the prefix that decides.
var byPrefix = map[string]func(string) (Name, []issue){"dns": readHost, "ip": readIP, "ip address": readIP,
	"email": readEmail, "rfc822": readEmail, "uri": readURI, "srv": readSRV, "srvname": readSRV}

func readName(s string) (Name, []issue) {
	s = strings.TrimSpace(s)
	if len(s) > 2048 {
		return Name{Type: DNS}, []issue{{"length", Error}}
	}
	if prefix, rest, ok := strings.Cut(s, ":"); ok {
		if read := byPrefix[strings.ToLower(strings.TrimSpace(prefix))]; read != nil {
			return read(strings.TrimSpace(rest))
		}
	}
	switch {
	case strings.Contains(s, "://"):
		return readURI(s)
	case strings.HasPrefix(s, "_") && strings.Contains(s, "."):
		return readSRV(s)
	case strings.Contains(s, "@"):
		return readEmail(s)
	}
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return readIP(s)
	}
	return readHost(s)
}

func readIP(s string) (Name, []issue) {
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil || a.Zone() != "" {
		return Name{Type: IP, Value: clip(s)}, []issue{{"ip", Error}}
	}
	return Name{Type: IP, Value: a.Unmap().String()}, nil
}

func readEmail(s string) (Name, []issue) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || !ascii(s) {
		return Name{Type: Email, Value: clip(s)}, []issue{{"email", Error}}
	}
	local, domain, _ := strings.Cut(s, "@")
	host, issues := readHost(domain)
	if hasError(issues) || strings.HasPrefix(host.Value, "*") {
		return Name{Type: Email, Value: clip(s)}, []issue{{"email", Error}}
	}
	return Name{Type: Email, Value: local + "@" + host.Value}, nil
}

func readURI(s string) (Name, []issue) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Opaque == "" && u.Host == "" || !ascii(s) || strings.ContainsAny(s, " \"<>\\^`{|}") {
		return Name{Type: URI, Value: clip(s)}, []issue{{"uri", Error}}
	}
	return Name{Type: URI, Value: s}, nil
}

// readSRV takes _service.name (RFC 4985) and the _service._tls.name that TC-era
// Expressways wrote (Cisco 211304), as it stands.
func readSRV(s string) (Name, []issue) {
	s = strings.ToLower(s)
	rest := s
	for range 2 {
		label, tail, ok := strings.Cut(rest, ".")
		if !strings.HasPrefix(label, "_") || !ok {
			break
		}
		if len(label) < 2 || len(label) > 63 || badLabel(label[1:]) != "" {
			return Name{Type: SRV, Value: clip(s)}, []issue{{"srv", Error}}
		}
		rest = tail
	}
	host, issues := readHost(rest)
	if rest == s || hasError(issues) || strings.HasPrefix(host.Value, "*") {
		return Name{Type: SRV, Value: clip(s)}, []issue{{"srv", Error}}
	}
	return Name{Type: SRV, Value: strings.TrimSuffix(s, rest) + host.Value}, nil
}

// readHost brings a host name into A-labels, lower case, without a trailing dot.
func readHost(s string) (Name, []issue) {
	given := s
	fail := func(key string) (Name, []issue) {
		return Name{Type: DNS, Value: clip(given)}, []issue{{key, Error}}
	}
	if s == "" {
		return fail("empty")
	}
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			return fail("space")
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == unicode.ReplacementChar:
			return fail("hidden") // zero-width and direction marks: what is seen is not what is signed
		}
	}
	if strings.Contains(s, "://") || strings.Contains(s, "/") {
		return fail("url-host")
	}
	var issues []issue
	if strings.HasSuffix(s, ".") {
		s = strings.TrimSuffix(s, ".")
		issues = append(issues, issue{"trailing-dot", Info})
	}
	wild := strings.HasPrefix(s, "*.")
	base := strings.TrimPrefix(s, "*.")
	if strings.Contains(base, "*") {
		return fail("wildcard-shape")
	}
	if strings.Contains(base, "_") {
		return fail("underscore")
	}
	var shown string
	if !ascii(base) || strings.Contains(strings.ToLower(base), "xn--") {
		a, err := people.ToASCII(base)
		if err != nil {
			return fail("idn-bad")
		}
		u, err := people.ToUnicode(a)
		if err != nil {
			return fail("idn-bad")
		}
		if u != a {
			shown = u
			issues = append(issues, issue{"idn", Info})
		}
		base = a
	}
	base = strings.ToLower(base)
	if len(base) > 253 {
		return fail("length")
	}
	labels := strings.Split(base, ".")
	for _, label := range labels {
		if key := badLabel(label); key != "" {
			return fail(key)
		}
	}
	if _, err := strconv.ParseUint(labels[len(labels)-1], 10, 64); err == nil {
		return fail("numeric") // reads as an address: RFC 1123 section 2.1
	}
	if wild {
		base = "*." + base
		if shown != "" {
			shown = "*." + shown
		}
	}
	return Name{Type: DNS, Value: base, Unicode: shown}, issues
}

func badLabel(label string) string {
	if label == "" || len(label) > 63 {
		return "label"
	}
	if label[0] == '-' || label[len(label)-1] == '-' {
		return "hyphen"
	}
	for i := range len(label) {
		if c := label[i]; c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return "character"
		}
	}
	return ""
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

func hasError(issues []issue) bool {
	return slices.ContainsFunc(issues, func(i issue) bool { return i.severity == Error })
}

// clip bounds what a message repeats of somebody's input.
func clip(s string) string {
	const limit = 120
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}

// internal reports whether no public CA may sign the name: its top level is not in
// the public DNS (CA/B Forum BR 4.2.2). The names reserved for documentation and
// tests (RFC 2606) count as public, so that examples read like the real thing.
func internal(n Name) bool {
	switch n.Type {
	case IP:
		a, err := netip.ParseAddr(n.Value)
		return err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast())
	case DNS:
		host := strings.TrimPrefix(n.Value, "*.")
		top := host[strings.LastIndexByte(host, '.')+1:]
		if (top == "example" || top == "test") && top != host {
			return false
		}
		_, here := publicsuffix.PublicSuffix(host) // also the wildcard rules, such as *.ck
		_, above := publicsuffix.PublicSuffix(top)
		return !here && !above
	}
	return false
}
