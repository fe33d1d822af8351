package check

import (
	"bytes"
	"strconv"

	"countersign/certs"
)

// Limits bound what Read spends on one input. The zero value of a field means the
// default.
type Limits struct {
	Bytes    int // size of the input; default 32 MiB. A larger input is refused unread.
	Items    int // objects; default 10,000. Reading stops there and says so.
	Depth    int // containers within containers; default 6
	Rounds   int // key derivation rounds over all passwords; default 5,000,000, about five seconds
	Findings int // default 100; the last one then says that there were more
}

func (l Limits) orDefault() Limits {
	set := func(p *int, d int) {
		if *p <= 0 {
			*p = d
		}
	}
	set(&l.Bytes, 32<<20)
	set(&l.Items, 10_000)
	set(&l.Depth, 6)
	set(&l.Rounds, 5_000_000)
	set(&l.Findings, 100)
	return l
}

// ReadOptions say how to read. The zero value is useful.
type ReadOptions struct {
	Passwords []string // offered for PKCS #12 and encrypted keys, besides the empty one
	Limits    Limits
	Local     bool // the person's own file on their own machine: a private key in it has not been exposed by giving it to us
}

// Read finds every certificate, request, key, CRL and OCSP response in data,
// whatever stands around them, and says what was odd or could not be read. It never
// fails: an input without any object gives a finding of severity Error that says
// what it looks like and what to send instead. data is not changed and not kept,
// save that items of binary input point into it.
//
// Findings of severity Error mean that something in there was not read; Warning
// that it was read but a product may refuse it as it is; Info that nothing need be
// done. Private keys are wiped from Read's own memory; data is the caller's to wipe.
func Read(name string, data []byte, opts ReadOptions) (Material, []certs.Finding) {
	r := &reader{name: name, opts: opts, limits: opts.Limits.orDefault()}
	r.rounds = r.limits.Rounds
	m := Material{Name: name}
	if len(data) > r.limits.Bytes {
		r.note("read.too-big", certs.Error, Place{File: name}, "Size", megabytes(len(data)), "Limit", megabytes(r.limits.Bytes))
		return m, r.findings
	}
	m.Format = r.any(data, Place{File: name}, 0)
	m.Items = r.items
	if len(r.items) == 0 && !hasErrors(r.findings) {
		r.note(r.nothing(data), certs.Error, Place{File: name})
	}
	for _, it := range r.items {
		if it.Kind == PrivateKey && opts.Local {
			r.note("read.private-key-local", certs.Info, it.Place)
			break
		}
		if it.Kind == PrivateKey {
			r.note("read.private-key", certs.Warning, it.Place)
			break
		}
	}
	return m, r.findings
}

type reader struct {
	name     string
	opts     ReadOptions
	limits   Limits
	rounds   int
	items    []*Item
	findings []certs.Finding
	full     bool // the item limit was hit and said
}

// note records a finding at a place. The place goes into the arguments too, so that
// every message can say where.
func (r *reader) note(rule string, s certs.Severity, at Place, pairs ...string) {
	if len(r.findings) > r.limits.Findings {
		return
	}
	if len(r.findings) == r.limits.Findings {
		r.findings = append(r.findings, finding("read.more", certs.Info))
		return
	}
	r.findings = append(r.findings, finding(rule, s, append(pairs, "Place", at.String())...))
}

func (r *reader) add(it *Item) {
	if len(r.items) >= r.limits.Items {
		if !r.full {
			r.full = true
			r.note("read.too-many", certs.Error, it.Place, "Limit", strconv.Itoa(r.limits.Items))
		}
		return
	}
	it.Place.Index = len(r.items)
	r.items = append(r.items, it)
}

// any reads data of unknown form and names the form.
func (r *reader) any(data []byte, at Place, depth int) string {
	if depth > r.limits.Depth {
		r.note("read.too-deep", certs.Error, at, "Limit", strconv.Itoa(r.limits.Depth))
		return ""
	}
	if looksDER(data) {
		return r.binary(data, at, "", depth)
	}
	if foreign := foreignFormat(data); foreign != "" {
		r.note("read.foreign."+foreign, certs.Error, at)
		return foreign
	}
	return r.text(toUTF8(data), at, depth)
}

// looksDER: starts like an ASN.1 SEQUENCE and not like text. "0" is 0x30 too, so the
// second byte must be one that text does not have there, or the length must fit.
func looksDER(data []byte) bool {
	if len(data) < 4 || data[0] != 0x30 {
		return false
	}
	if data[1] >= 0x80 {
		return true
	}
	return int(data[1])+2 <= len(data) && (data[2] < 0x20 || data[2] == 0x30) && int(data[1])+2 >= len(data)-2
}

// foreignFormat recognises files that people send instead, by their first bytes.
func foreignFormat(data []byte) string {
	for _, f := range []struct{ magic, name string }{
		{"\xfe\xed\xfe\xed", "jks"}, {"\xce\xce\xce\xce", "jks"},
		{"PK\x03\x04", "archive"}, {"\x1f\x8b", "archive"}, {"7z\xbc\xaf", "archive"}, {"Rar!", "archive"}, {"BZh", "archive"}, {"\xfd7zXZ", "archive"},
		{"%PDF-", "document"}, {"\xd0\xcf\x11\xe0", "document"}, {"{\\rtf", "document"},
		{"\x89PNG", "picture"}, {"\xff\xd8\xff", "picture"}, {"GIF8", "picture"},
		{"\xd4\xc3\xb2\xa1", "capture"}, {"\xa1\xb2\xc3\xd4", "capture"}, {"\x0a\x0d\x0d\x0a", "capture"},
		{"PuTTY-User-Key-File", "ssh"}, {"ssh-rsa ", "ssh"}, {"ssh-ed25519 ", "ssh"}, {"ecdsa-sha2-", "ssh"},
	} {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return f.name
		}
	}
	return ""
}

// nothing names the finding for an input without any object.
func (r *reader) nothing(data []byte) string {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return "read.empty"
	case bytes.Contains(data, []byte("Certificate:")) && bytes.Contains(data, []byte("Signature Algorithm")),
		bytes.Contains(data, []byte("X509v3 extensions")), bytes.Contains(data, []byte("X509v3 Subject Alternative Name")):
		return "read.decoded-only" // the text of "Show decoded" or openssl -text, without the certificate
	}
	return "read.nothing"
}

func megabytes(n int) string {
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
}

func (p Place) into(container string) Place {
	p.Within = append(append([]string(nil), p.Within...), container)
	return p
}
