package artefact

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"countersign/triage"
)

// Dump is a certificate or request that was printed as text: by openssl x509 -text,
// Expressway's "Show decoded" and CMS's pki inspect, which print the same, by the
// certificate page of CUCM, or by keytool. What the text did not have is empty.
type Dump struct {
	Name    string         `json:"name"` // of the file
	Line    int            `json:"line"`
	EndLine int            `json:"end_line"`
	Format  string         `json:"format"` // openssl, cucm, keytool
	Request bool           `json:"request,omitempty"`
	Subject string         `json:"subject,omitempty"`
	Issuer  string         `json:"issuer,omitempty"`
	Serial  string         `json:"serial,omitempty"` // lower-case hex
	From    time.Time      `json:"from,omitzero"`
	Until   time.Time      `json:"until,omitzero"`
	SANs    []DumpName     `json:"sans,omitempty"`
	EKU     []string       `json:"eku,omitempty"` // serverAuth, clientAuth, ... or the OID
	KU      []string       `json:"ku,omitempty"`  // as printed
	SKI     string         `json:"ski,omitempty"` // lower-case hex
	AKI     string         `json:"aki,omitempty"`
	CA      string         `json:"ca,omitempty"`  // "true", "false", "" when not printed
	Key     string         `json:"key,omitempty"` // algorithm as printed
	Bits    int            `json:"bits,omitempty"`
	Signed  string         `json:"signed,omitempty"`   // signature algorithm as printed
	Strict  []string       `json:"critical,omitempty"` // extensions marked critical
	Lines   map[string]int `json:"lines"`              // of each field, by its name here in lower case

	extensions bool // the printed form got as far as the extensions
}

// DumpName is one name of a subjectAltName.
type DumpName struct {
	Type  string `json:"type"` // DNS, IP, email, URI, other
	Value string `json:"value"`
	Line  int    `json:"line"`
}

// certain tells a printed certificate from text that has some of the same words, such
// as the "Not Before" of a SAML assertion.
func (d *Dump) certain() bool {
	return len(d.SANs)+len(d.EKU)+len(d.KU) > 0 || d.SKI+d.AKI+d.CA != "" ||
		!d.Until.IsZero() && (!d.From.IsZero() || d.Subject+d.Issuer != "")
}

// observe says what a printed certificate shows by itself. It was pasted for a reason
// that is not known here, so most of it only hints.
func (d *Dump) observe(now time.Time) []Observation {
	var out []Observation
	say := func(kind, field string, weights supports, key string, pairs ...string) {
		pairs = append(pairs, "Subject", d.title())
		out = append(out, Observation{Kind: kind, Source: d.Name, Line: cmp.Or(d.Lines[field], d.Line), Text: triage.T(key, pairs...), Supports: weights})
	}
	ca := d.CA == "true"
	switch until := d.Until; {
	case now.IsZero() || until.IsZero():
	case now.After(until):
		say("cert.expired", "until", supports{"expired": 7}, "artefact.dump.expired", "Until", until.Format(time.DateTime))
	case now.AddDate(0, 0, 30).After(until):
		say("cert.expiring", "until", supports{"expiring-soon": 4}, "artefact.dump.expiring", "Until", until.Format(time.DateTime))
	}
	if !now.IsZero() && now.Before(d.From) {
		say("cert.not-yet-valid", "from", supports{"not-yet-valid": 7}, "artefact.dump.not_yet", "From", d.From.Format(time.DateTime))
	}
	for field, dn := range map[string]string{"subject": d.Subject, "issuer": d.Issuer} {
		if oidInName(dn) {
			say("cert.unknown-oid", field, nil, "artefact.dump.oid", "DN", dn)
			break
		}
	}
	if !ca {
		d.observeLeaf(say)
	}
	if d.Bits > 0 && d.isRSA() {
		switch {
		case d.Bits < 2048:
			say("cert.weak-key", "bits", supports{"weak-key-or-digest": 5}, "artefact.dump.weak_key", "Bits", itoa(d.Bits))
		case d.Bits > 4096:
			say("cert.key-too-long", "bits", supports{"key-too-long": 6}, "artefact.dump.long_key", "Bits", itoa(d.Bits))
		}
	}
	if s := strings.ToLower(d.Signed); (strings.Contains(s, "sha1") || strings.Contains(s, "md5")) && !d.selfIssued() {
		say("cert.weak-signature", "signed", supports{"weak-key-or-digest": 5}, "artefact.dump.weak_signature", "Algorithm", d.Signed)
	}
	return out
}

func (d *Dump) observeLeaf(say func(kind, field string, weights supports, key string, pairs ...string)) {
	server, client := d.has("serverAuth"), d.has("clientAuth")
	usages := strings.Join(d.EKU, ", ")
	switch {
	case len(d.EKU) == 0 || d.has("any"):
	case server && !client:
		say("cert.server-only", "eku", supports{"eku-missing-clientauth": 2.4}, "artefact.dump.server_only", "EKU", usages)
	case client && !server:
		say("cert.client-only", "eku", supports{"eku-missing-serverauth": 2.4}, "artefact.dump.client_only", "EKU", usages)
	case !client && !server:
		say("cert.no-tls-usage", "eku", supports{"eku-incompatible": 4}, "artefact.dump.no_tls", "EKU", usages)
	}
	if d.extensions && d.Subject != "" && len(d.SANs) == 0 && d.CA == "false" {
		say("cert.no-san", "subject", supports{"san-missing-legacy-cn": 5}, "artefact.dump.no_san")
	}
	if d.selfIssued() && !d.Request {
		say("cert.self-signed", "issuer", supports{"self-signed-cert": 5}, "artefact.dump.self_signed")
	}
	for _, e := range d.Strict {
		if !strings.Contains(e, "Key Usage") && !strings.Contains(e, "Basic Constraints") && !strings.Contains(e, "KeyUsage") && !strings.Contains(e, "BasicConstraints") && !strings.Contains(e, "ExtKeyUsage") {
			say("cert.critical-extension", "critical "+e, supports{"unhandled-critical-extension": 5}, "artefact.dump.critical", "Extension", e)
		}
	}
	length := 0
	for _, n := range d.SANs {
		length += len(n.Value) + 1
	}
	if length > 999 {
		say("name.san-too-long", "sans", supports{"san-over-999-chars": 3}, "artefact.dump.long_san", "Length", itoa(length))
	}
}

func (d *Dump) has(usage string) bool { return slices.Contains(d.EKU, usage) }

func (d *Dump) isRSA() bool { return d.Key == "" || strings.Contains(strings.ToLower(d.Key), "rsa") }

func (d *Dump) selfIssued() bool {
	return d.Subject != "" && squeeze(d.Subject) == squeeze(d.Issuer)
}

func squeeze(dn string) string { return strings.Join(strings.Fields(dn), "") }

func (d *Dump) title() string {
	for _, part := range strings.FieldsFunc(d.Subject, func(r rune) bool { return r == ',' || r == '/' || r == '+' }) {
		if k, v, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(k), "CN") {
			return strings.TrimSpace(v)
		}
	}
	if d.Subject == "" && len(d.SANs) > 0 {
		return d.SANs[0].Value
	}
	return d.Subject
}

// oidInName: an attribute that the printer could not decode, shown as its number. The
// SSH tunnels of Expressway fail on such names.
func oidInName(dn string) bool {
	for _, part := range strings.FieldsFunc(dn, func(r rune) bool { return r == ',' || r == '/' || r == '+' }) {
		k, v, ok := strings.Cut(strings.TrimSpace(part), "=")
		k = strings.TrimSpace(k)
		if ok && strings.Count(k, ".") >= 3 && strings.Trim(k, "0123456789.") == "" && strings.HasPrefix(strings.TrimSpace(v), "#") {
			return true
		}
	}
	return false
}
