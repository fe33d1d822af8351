package check

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"slices"
	"strconv"
	"strings"

	"countersign/certs"
)

// Kind says what an Item is.
type Kind string

// The kinds.
const (
	Certificate  Kind = "certificate"
	Request      Kind = "csr"
	PrivateKey   Kind = "private-key"
	PublicKey    Kind = "public-key"
	CRL          Kind = "crl"
	OCSPResponse Kind = "ocsp-response"
)

// Place is where an Item stood in what the person gave, so that it can be quoted.
type Place struct {
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`     // first line, from 1; 0 in binary files
	EndLine int      `json:"end_line,omitempty"` // last line
	Index   int      `json:"index"`              // position among the items of the file, from 0
	Within  []string `json:"within,omitempty"`   // containers passed through, outermost first: p7b, p12, base64
}

// String is the place as people write it: name:line, or name #2 in binary files.
func (p Place) String() string {
	switch {
	case p.Line > 0:
		return p.File + ":" + strconv.Itoa(p.Line)
	case p.Index > 0:
		return p.File + " #" + strconv.Itoa(p.Index+1)
	default:
		return p.File
	}
}

func (p Place) into(container string) Place {
	p.Within = append(append([]string(nil), p.Within...), container)
	return p
}

// Item is one object that Read found. It is read-only.
type Item struct {
	Kind  Kind  `json:"kind"`
	Place Place `json:"place"`

	// DER is the object as it stood in the source, after base64 and, where it had
	// to be, BER were undone. It is nil for private keys.
	DER []byte `json:"-"`

	// Exactly one of these is set, by Kind, unless the standard library's parser
	// refuses the object: then Refused says why, and a certificate's Raw still holds
	// what could be read.
	Cert    *x509.Certificate        `json:"-"`
	CSR     *x509.CertificateRequest `json:"-"`
	List    *x509.RevocationList     `json:"-"`
	Refused string                   `json:"refused,omitempty"`

	// Public is the public key of a certificate, a request or a key; nil when the
	// key is encrypted or of a kind that is not known. SPKI is its
	// SubjectPublicKeyInfo in DER.
	Public    crypto.PublicKey `json:"-"`
	SPKI      []byte           `json:"-"`
	Encrypted bool             `json:"encrypted,omitempty"` // a private key that could not be opened

	raw *rawCert
}

// Material is what Read made of one file or message.
type Material struct {
	Name   string  `json:"name"`
	Format string  `json:"format"` // pem, der, p7b, p12, text
	Items  []*Item `json:"items"`
}

// Of gives the items of kind k in order.
func (m Material) Of(k Kind) []*Item { return ofKind(m.Items, k) }

// HasPrivateKey reports whether the source held a private key, in clear or not.
func (m Material) HasPrivateKey() bool { return len(m.Of(PrivateKey)) > 0 }

func ofKind(items []*Item, k Kind) []*Item {
	return slices.DeleteFunc(slices.Clone(items), func(it *Item) bool { return it.Kind != k })
}

// first is the first of items that holds, or nil.
func first(items []*Item, holds func(*Item) bool) *Item {
	if i := slices.IndexFunc(items, holds); i >= 0 {
		return items[i]
	}
	return nil
}

// SPKIHash is the SHA-256 of the SubjectPublicKeyInfo in lower-case hex, the
// identity of a key pair; "" without a public key.
func (it *Item) SPKIHash() string { return fingerprint(it.SPKI) }

// Fingerprint is the SHA-256 of the DER in lower-case hex; "" for private keys.
func (it *Item) Fingerprint() string { return fingerprint(it.DER) }

// Title is the shortest name a person would know the item by: the common name, else
// the first alternative name, else the whole subject; for keys the algorithm.
func (it *Item) Title() string {
	switch {
	case it.raw != nil:
		return it.raw.title()
	case it.CSR != nil:
		return titleOf(it.CSR.RawSubject, it.CSR.DNSNames)
	case it.List != nil:
		return titleOf(it.List.RawIssuer, nil)
	case it.Public != nil:
		return keyOf(it.Public, it.SPKI).String()
	default:
		return string(it.Kind)
	}
}

// selfIssued: subject and issuer are the same name. It says nothing of the signature.
func (it *Item) selfIssued() bool {
	return it.raw != nil && bytes.Equal(it.raw.issuer, it.raw.subject)
}

func finding(rule string, s certs.Severity, pairs ...string) certs.Finding {
	return certs.Finding{Rule: rule, Severity: s, Text: certs.T("check."+rule, pairs...)}
}

func sourced(f certs.Finding, source string) certs.Finding {
	f.Source = source
	return f
}

func hasErrors(fs []certs.Finding) bool {
	return slices.ContainsFunc(fs, func(f certs.Finding) bool { return f.Severity == certs.Error })
}

// reason is the library's own words without its prefix, short and on one line.
func reason(err error) string {
	s := strings.TrimPrefix(err.Error(), "x509: ")
	s = printable([]byte(s))
	if len(s) > 160 {
		s = s[:160] + "…"
	}
	return s
}
