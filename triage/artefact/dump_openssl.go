package artefact

import (
	"strconv"
	"strings"
)

// opensslDumps reads what openssl x509 -text and req -text print. Expressway and CMS
// use it to show certificates, and people paste pieces of it.
func opensslDumps(text string) []Dump {
	p := &openssl{}
	return p.read(text, p.line)
}

type openssl struct {
	dumper
	serial    bool // the serial number comes on the next line
	signature bool // past the extensions
}

func (p *openssl) line(s string) {
	switch s {
	case "Certificate:", "Certificate Request:":
		p.begin("openssl")
		p.signature = false
		if p.d != nil {
			p.d.Request = s != "Certificate:"
		}
		return
	case "":
		return
	}
	if strings.HasPrefix(s, "-----") {
		p.end()
		return
	}
	if strings.HasPrefix(s, "X509v3 ") || strings.HasPrefix(s, "Authority Information Access:") || strings.HasPrefix(s, "CT Precertificate") {
		p.header(s)
		return
	}
	key, value, ok := strings.Cut(s, ":")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if ok && p.field(key, value) {
		p.extension = ""
		return
	}
	if p.d == nil {
		return
	}
	if p.serial {
		p.serial = false
		p.d.Serial = hexOnly(s)
		return
	}
	p.value(s)
}

// header begins an extension; pasted alone, it begins a dump.
func (p *openssl) header(s string) {
	name, rest, _ := strings.Cut(s, ":")
	name = strings.TrimSpace(strings.TrimPrefix(name, "X509v3 "))
	if p.d == nil || p.signature {
		p.begin("openssl")
		p.signature = false
	}
	if p.d == nil {
		return
	}
	p.extension = name
	if name == "extensions" {
		p.d.extensions = true
		return
	}
	rest = strings.TrimSpace(rest)
	if after, ok := strings.CutPrefix(rest, "critical"); ok {
		rest = strings.TrimSpace(after)
		p.critical(name)
	}
	if rest != "" {
		p.value(rest)
	}
}

// field reads a line "Key: value" outside the extensions.
func (p *openssl) field(key, value string) bool {
	if p.d == nil {
		dated := key == "Not Before" || key == "Not After"
		if dated && value != "" || key == "Issuer" && strings.Contains(value, "=") {
			p.begin("openssl")
			p.signature = false
		}
		if p.d == nil {
			return false
		}
	}
	switch key {
	case "Serial Number":
		p.serial = value == ""
		if value != "" {
			number, paren, _ := strings.Cut(value, " (")
			if p.d.Serial = hexOnly(strings.TrimSuffix(paren, ")")); p.d.Serial == "" {
				p.d.Serial = hexOnly(number)
			}
		}
	case "Signature Algorithm":
		if p.d.Signed != "" {
			p.signature = true // printed again below the extensions
			return true
		}
		p.text("signed", &p.d.Signed, value)
	case "Issuer":
		p.text("issuer", &p.d.Issuer, value)
	case "Subject":
		p.text("subject", &p.d.Subject, value)
	case "Not Before":
		p.date("from", &p.d.From, value)
	case "Not After":
		p.date("until", &p.d.Until, value)
	case "Public Key Algorithm":
		p.d.Key = Printable(value)
	case "Public-Key", "RSA Public-Key":
		n, _, _ := strings.Cut(strings.TrimPrefix(value, "("), " ")
		p.d.Bits, _ = strconv.Atoi(n)
		p.mark("bits")
	case "Signature Value":
		p.signature = true
	case "Requested Extensions":
		p.d.extensions = true
	case "Data", "Version", "Validity", "Subject Public Key Info", "Modulus", "Exponent", "pub", "ASN1 OID", "NIST CURVE", "Attributes":
	default:
		return false
	}
	return true
}

// value reads a line of the current extension.
func (p *openssl) value(s string) {
	switch p.extension {
	case "Subject Alternative Name":
		names := 0
		for part := range strings.SplitSeq(s, ",") {
			kind, value, ok := strings.Cut(strings.TrimSpace(part), ":")
			if !ok || strings.Contains(kind, "X509v3") {
				continue
			}
			switch kind {
			case "DNS", "email", "URI":
			case "IP Address", "IP":
				kind = "IP"
			default:
				kind = "other"
			}
			p.name(kind, value)
			names++
		}
		if names == 0 {
			p.extension = "" // whatever this line is, the list is over
		}
	case "Extended Key Usage":
		if !p.usages(s) {
			p.extension = ""
		}
	case "Key Usage":
		if !p.purposes(s) {
			p.extension = ""
		}
	case "Subject Key Identifier", "Authority Key Identifier":
		field, into := "ski", &p.d.SKI
		if p.extension == "Authority Key Identifier" {
			field, into = "aki", &p.d.AKI
		}
		if id := hexOnly(s); id != "" && *into == "" {
			p.text(field, into, id)
		}
	case "Basic Constraints":
		switch {
		case strings.HasPrefix(s, "CA:TRUE"):
			p.d.CA = "true"
		case strings.HasPrefix(s, "CA:FALSE"):
			p.d.CA = "false"
		}
		p.mark("ca")
	}
}
