package artefact

import (
	"strings"
	"time"
)

// The bounds of what is read from one text.
const (
	maxDumps     = 200
	maxDumpNames = 2000
)

// dumper builds one dump line by line.
type dumper struct {
	list      []Dump
	d         *Dump
	no        int    // line
	extension string // whose value comes next
}

// read gives the dumps of a text, of which line takes each line.
func (p *dumper) read(text string, line func(string)) []Dump {
	for l := range strings.Lines(text) {
		p.no++
		line(strings.TrimSpace(l))
	}
	p.end()
	return p.list
}

// begin starts another dump.
func (p *dumper) begin(format string) {
	p.end()
	p.extension = ""
	if len(p.list) < maxDumps {
		p.d = &Dump{Line: p.no, Format: format, Lines: map[string]int{}}
	}
}

// end keeps the dump in the making if it says anything.
func (p *dumper) end() {
	if p.d != nil && p.d.certain() {
		p.list = append(p.list, *p.d)
	}
	p.d = nil
}

func (p *dumper) mark(field string) {
	if _, ok := p.d.Lines[field]; !ok {
		p.d.Lines[field] = p.no
	}
	p.d.EndLine = p.no
}

// text takes the value of a field as it was printed.
func (p *dumper) text(field string, into *string, value string) {
	*into = Printable(value)
	p.mark(field)
}

// date takes the value of a field that is a time.
func (p *dumper) date(field string, into *time.Time, value string) {
	*into = date(value)
	p.mark(field)
}

// critical notes an extension that is marked so.
func (p *dumper) critical(extension string) {
	if len(p.d.Strict) < 50 {
		p.d.Strict = append(p.d.Strict, Printable(extension))
		p.mark("critical " + Printable(extension))
	}
}

func (p *dumper) name(kind, value string) {
	if value = Printable(strings.TrimSpace(value)); value != "" && len(p.d.SANs) < maxDumpNames {
		p.d.SANs = append(p.d.SANs, DumpName{kind, value, p.no})
		p.mark("sans")
	}
}

// ekuNames are the names under which usages are printed.
var ekuNames = map[string]string{
	"TLS Web Server Authentication": "serverAuth", "TLS Web Client Authentication": "clientAuth",
	"1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth", "1.3.6.1.5.5.7.3.3": "codeSigning",
	"1.3.6.1.5.5.7.3.4": "emailProtection", "1.3.6.1.5.5.7.3.5": "ipsecEndSystem", "1.3.6.1.5.5.7.3.8": "timeStamping",
	"1.3.6.1.5.5.7.3.9": "OCSPSigning", "2.5.29.37.0": "any", "Any Extended Key Usage": "any", "anyExtendedKeyUsage": "any",
	"serverAuth": "serverAuth", "clientAuth": "clientAuth", "IPSec End System": "ipsecEndSystem",
}

// usages reads a list of extended key usages. It reports whether the line was one.
func (p *dumper) usages(list string) bool {
	var found []string
	for u := range strings.SplitSeq(list, ",") {
		u = strings.TrimSpace(u)
		if short, ok := ekuNames[u]; ok {
			u = short
		} else if len(u) > 60 || strings.Trim(u, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789. -") != "" {
			return false
		}
		if u != "" {
			found = append(found, u)
		}
	}
	if len(found) > 0 && len(p.d.EKU)+len(found) <= 50 {
		p.d.EKU = append(p.d.EKU, found...)
		p.mark("eku")
	}
	return len(found) > 0
}

// keyUsages are how both printers write key usages.
var keyUsages = map[string]bool{
	"Digital Signature": true, "Non Repudiation": true, "Key Encipherment": true, "Data Encipherment": true, "Key Agreement": true,
	"Certificate Sign": true, "CRL Sign": true, "Encipher Only": true, "Decipher Only": true,
	"digitalSignature": true, "nonRepudiation": true, "keyEncipherment": true, "dataEncipherment": true, "keyAgreement": true,
	"keyCertSign": true, "cRLSign": true, "encipherOnly": true, "decipherOnly": true,
}

// purposes reads a list of key usages. It reports whether the line was one.
func (p *dumper) purposes(list string) bool {
	var found []string
	for u := range strings.SplitSeq(list, ",") {
		if u = strings.TrimSpace(u); u == "" {
			continue
		}
		if !keyUsages[u] {
			return false
		}
		found = append(found, u)
	}
	if len(found) > 0 && len(p.d.KU)+len(found) <= 20 {
		p.d.KU = append(p.d.KU, found...)
		p.mark("ku")
	}
	return len(found) > 0
}

// hexOnly takes the hex digits out of "keyid:45:8E:34", "0x1234", "45 8e".
func hexOnly(s string) string {
	s = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "keyid:")
	s = strings.TrimPrefix(s, "0x")
	s = strings.NewReplacer(":", "", " ", "").Replace(s)
	if s == "" || strings.Trim(s, "0123456789abcdef") != "" || len(s) > 128 {
		return ""
	}
	return s
}

// the date forms of the printers.
var dateForms = []string{"Jan _2 15:04:05 2006 MST", "Mon Jan _2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 MST 2006", "Jan 2 15:04:05 2006 MST", time.RFC3339, "2006-01-02 15:04:05Z"}

func date(s string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
