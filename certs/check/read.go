package check

import (
	"bytes"
	"strconv"

	"countersign/certs"
)

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
