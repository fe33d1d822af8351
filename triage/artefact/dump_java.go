package artefact

import (
	"regexp"
	"strconv"
	"strings"
)

// cucmDumps reads the certificate page of CUCM, IM and Presence and Unity Connection
// ("Certificate File Data") and what show cert prints there: the form of an older Java
// library.
func cucmDumps(text string) []Dump {
	p := &cucm{}
	return p.read(text, p.line)
}

type cucm struct{ dumper }

// nameLike finds names in the several forms that SANs are printed in there.
var nameLike = regexp.MustCompile(`(?i)\b(?:[a-z0-9*_][a-z0-9_-]{0,62}\.)+[a-z][a-z0-9-]{1,62}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b`)

func (p *cucm) line(s string) {
	key, value, ok := strings.Cut(s, ":")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	switch {
	case key == "Version" && strings.HasPrefix(value, "V"), p.d == nil && (key == "Serial Number" || key == "Extension" || key == "Extensions" || key == "Issuer Name" || key == "Key"):
		p.begin("cucm")
	}
	if p.d == nil {
		return
	}
	if !ok {
		if p.extension == "SubjectAltName" {
			p.names(s)
		}
		return
	}
	switch key {
	case "Serial Number":
		p.d.Serial = hexOnly(value)
	case "SignatureAlgorithm":
		p.text("signed", &p.d.Signed, value)
	case "Issuer Name":
		p.text("issuer", &p.d.Issuer, value)
	case "Subject Name":
		p.text("subject", &p.d.Subject, value)
	case "Validity From":
		p.date("from", &p.d.From, value)
	case "To":
		p.date("until", &p.d.Until, value)
	case "Key":
		p.d.Key = Printable(value)
	case "Extensions":
		p.d.extensions = true
	case "Extension":
		p.extension, _, _ = strings.Cut(value, " ")
		p.mark("extension " + Printable(p.extension))
	case "Critical":
		if value == "true" && p.extension != "" {
			p.critical(p.extension)
		}
	default:
		p.value(key, value, s)
	}
}

func (p *cucm) value(key, value, line string) {
	switch p.extension {
	case "ExtKeyUsageSyntax":
		if key == "Usage oids" {
			p.usages(value)
		}
	case "KeyUsage":
		if key == "Usages" {
			p.purposes(value)
		}
	case "SubjectKeyIdentifier", "AuthorityKeyIdentifier":
		field, into := "ski", &p.d.SKI
		if p.extension == "AuthorityKeyIdentifier" {
			field, into = "aki", &p.d.AKI
		}
		if id := hexOnly(value); strings.EqualFold(key, "keyID") && id != "" {
			p.text(field, into, id)
		}
	case "BasicConstraints":
		if strings.Contains(strings.ToLower(key), "ca") {
			switch strings.ToLower(strings.Trim(value, " .")) {
			case "true", "yes":
				p.d.CA = "true"
			case "false", "no":
				p.d.CA = "false"
			}
		}
	case "SubjectAltName":
		p.names(line)
	}
}

func (p *cucm) names(line string) {
	for _, n := range nameLike.FindAllString(line, 100) {
		kind := "DNS"
		if strings.Trim(n, "0123456789.") == "" {
			kind = "IP"
		}
		p.name(kind, n)
	}
}

// keytoolDumps reads keytool -list -v and -printcert.
func keytoolDumps(text string) []Dump {
	p := &keytool{}
	return p.read(text, p.line)
}

type keytool struct{ dumper }

func (p *keytool) line(s string) {
	key, value, ok := strings.Cut(s, ": ")
	value = strings.TrimSpace(value)
	if ok && key == "Owner" {
		p.begin("keytool")
		if p.d != nil {
			p.d.extensions = true
			p.text("subject", &p.d.Subject, value)
		}
		return
	}
	if p.d == nil {
		return
	}
	switch {
	case ok && key == "Issuer":
		p.text("issuer", &p.d.Issuer, value)
	case ok && key == "Serial number":
		p.d.Serial = hexOnly(value)
	case ok && key == "Valid from":
		from, until, _ := strings.Cut(value, " until: ")
		p.date("from", &p.d.From, from)
		p.date("until", &p.d.Until, until)
	case ok && key == "Signature algorithm name":
		p.text("signed", &p.d.Signed, value)
	case ok && key == "Subject Public Key Algorithm":
		p.d.Key = Printable(value)
		bits, _, _ := strings.Cut(value, "-bit")
		p.d.Bits, _ = strconv.Atoi(bits)
		p.mark("bits")
	case strings.HasPrefix(s, "ExtendedKeyUsages"):
		p.extension = "eku"
	case strings.HasPrefix(s, "SubjectKeyIdentifier"):
		p.extension = "ski"
	case strings.HasPrefix(s, "AuthorityKeyIdentifier"):
		p.extension = "aki"
	case strings.HasPrefix(s, "BasicConstraints"):
		p.extension = "ca"
	case s == "]" && p.extension == "eku":
		p.extension = ""
	case p.extension == "eku":
		p.usages(s)
	case strings.HasPrefix(s, "CA:") && p.extension == "ca":
		p.d.CA = strings.ToLower(strings.TrimPrefix(s, "CA:"))
		p.mark("ca")
	case ok && (key == "DNSName" || key == "IPAddress"):
		p.name(map[string]string{"DNSName": "DNS", "IPAddress": "IP"}[key], value)
	case ok && (p.extension == "ski" || p.extension == "aki"):
		p.identifier(key, value)
	}
}

// hexColumn is how wide the hex part of a dump line is; characters follow it.
const hexColumn = 49

// identifier collects a key identifier out of hex dump lines: "0000: 9C 4F ...  .O..".
func (p *keytool) identifier(offset, value string) {
	id := hexOnly(value[:min(len(value), hexColumn)])
	if len(offset) != 4 || hexOnly(offset) == "" || id == "" {
		return
	}
	at := &p.d.SKI
	if p.extension == "aki" {
		at = &p.d.AKI
	}
	if len(*at) < 80 {
		*at += id
		p.mark(p.extension)
	}
}
