package check

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"

	"github.com/smallstep/pkcs7"
	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// Form is a file format that can be asked for besides what the target takes.
type Form string

// The forms. P12Modern is AES-256 and SHA-256 (OpenSSL 1.1.1, Java 12, Windows
// Server 2019 and later), P12Legacy 3DES and SHA-1 for everything older. Newer
// schemes (PBMAC1) are not written: OpenSSL 3.0 does not open them.
const (
	PEM       Form = "pem"
	DER       Form = "der"
	P7B       Form = "p7b"     // in PEM, as CUCM takes it
	P7BDER    Form = "p7b-der" // as Windows takes it
	P12Modern Form = "p12"
	P12Legacy Form = "p12-legacy"
)

// BundleOptions say for whom the files are.
type BundleOptions struct {
	Upload   certs.Upload // of the target's profile
	Forms    []Form       // wanted besides the target's own form
	Base     string       // start of the file names; empty: the leaf's name
	Now      time.Time    // required
	Key      any          // private key for PKCS #12; nil: certificates only
	Password string       // for PKCS #12
	Rand     io.Reader    // for PKCS #12; nil: crypto/rand
}

// File is one file of a package, byte for byte as the target wants it.
type File struct {
	Name     string     `json:"name"`
	Data     []byte     `json:"-"`
	Contents []string   `json:"contents"` // titles of the certificates, in order
	Text     certs.Text `json:"text"`     // what to do with it
}

// Package is the answer of Bundle, in the order in which the files are used.
type Package struct {
	OK       bool            `json:"ok"`
	Files    []File          `json:"files"`
	Findings []certs.Finding `json:"findings"`
}

// Bundle puts certificates in the order and form that a target takes: the leaf is
// found and its chain is ordered by signature, whatever order the items came in;
// what does not belong is left out and said. PEM files end with exactly one line
// break (CMS: "exactly one carriage return"). No file holds a private key except
// PKCS #12 with opts.Key.
func Bundle(items []*Item, opts BundleOptions) Package {
	b := &bundler{opts: opts, out: Package{Files: []File{}, Findings: []certs.Finding{}}}
	if b.opts.Rand == nil {
		b.opts.Rand = rand.Reader
	}
	if b.find(ofKind(items, Certificate)) {
		b.files()
	}
	b.out.OK = !hasErrors(b.out.Findings)
	if !b.out.OK {
		b.out.Files = []File{}
	}
	return b.out
}

type bundler struct {
	opts BundleOptions
	leaf *Item
	mid  []*Item // intermediates, the leaf's issuer first
	root *Item   // nil when it was not given
	out  Package
}

func (b *bundler) say(rule string, s certs.Severity, pairs ...string) {
	b.out.Findings = append(b.out.Findings, sourced(finding(rule, s, pairs...), strings.Join(b.opts.Upload.Source, ", ")))
}

// find picks the leaf and orders the chain above it.
func (b *bundler) find(list []*Item) bool {
	var leaves []*Item
	for _, it := range list {
		if r := roleOf(it); it.Cert != nil && (r == Leaf || r == SelfSigned) && !slices.ContainsFunc(leaves, func(x *Item) bool { return bytes.Equal(x.DER, it.DER) }) {
			leaves = append(leaves, it)
		}
	}
	switch {
	case len(leaves) == 0:
		b.say("bundle.no-leaf", certs.Error)
		return false
	case len(leaves) > 1:
		b.say("bundle.many-leaves", certs.Error, "First", leaves[0].Title(), "Second", leaves[1].Title())
		return false
	}
	s := newStore(leaves[0], nil, list)
	b.leaf = s.canonical(leaves[0])
	path := b.longest(s)
	for _, it := range path[1:] {
		if it.selfIssued() && s.signs(it, it) {
			b.root = it
		} else {
			b.mid = append(b.mid, it)
		}
	}
	for _, it := range list {
		if c := s.canonical(it); !onPath(path, c) {
			b.say("bundle.unused", certs.Warning, "Title", it.Title(), "Place", it.Place.String())
		}
	}
	if top := path[len(path)-1]; b.root == nil && !top.selfIssued() {
		severity := certs.Warning
		if u := b.opts.Upload; u.Root || u.Bundle && u.BundleRoot || u.EachCA {
			severity = certs.Error
		}
		b.say("bundle.incomplete", severity, "Title", top.Title(), "Issuer", dnString(top.raw.issuer))
	}
	for _, it := range path {
		if b.opts.Now.After(it.raw.notAfter) {
			b.say("bundle.expired", certs.Warning, "Title", it.Title(), "Until", it.raw.notAfter.Format(time.DateOnly))
		}
	}
	return true
}

// longest is the shortest chain that ends in a root, else the longest that there is.
func (b *bundler) longest(s *store) []*Item {
	byLength := func(x, y []*Item) int { return len(x) - len(y) }
	complete, broken := s.paths(b.leaf)
	if len(complete) > 0 {
		return slices.MinFunc(complete, byLength)
	}
	return slices.MaxFunc(broken, byLength)
}

// files writes what the target takes, then the further forms.
func (b *bundler) files() {
	u, base := b.opts.Upload, b.base()
	ext := cmp.Or(u.Extension, ".pem")
	cas := slices.Clone(b.mid)
	if b.root != nil {
		cas = append(cas, b.root)
	}
	if u.EachCA {
		for i := len(cas) - 1; i >= 0; i-- { // root first, as CUCM wants them uploaded
			n := len(cas) - i
			b.add(base+"-ca"+strconv.Itoa(n)+ext, pemFile(cas[i]), certs.T("check.bundle.each-ca", "Number", strconv.Itoa(n)), cas[i])
		}
	}
	if u.Bundle {
		list := b.mid
		if u.BundleRoot {
			list = cas
		}
		if len(list) > 0 {
			b.add(base+"-bundle"+ext, pemFile(list...), certs.T("check.bundle.ca-bundle"), list...)
		}
	}
	main := []*Item{b.leaf}
	text := certs.T("check.bundle.leaf")
	if u.Chain {
		main, text = append(main, b.mid...), certs.T("check.bundle.chain")
	}
	if u.Chain && u.Root && b.root != nil { // the runbook's commands name both files
		all := append(main, b.root)
		b.add(base+"-chain"+ext, pemFile(all...), certs.T("check.bundle.full-chain"), all...)
		main, text = []*Item{b.leaf}, certs.T("check.bundle.leaf")
	}
	if len(u.Accepts) > 0 && u.Accepts[0] == string(DER) {
		b.add(base+ext, b.leaf.DER, text, b.leaf)
	} else {
		b.add(base+ext, pemFile(main...), text, main...)
	}
	for _, f := range b.opts.Forms {
		b.form(f, base, append([]*Item{b.leaf}, cas...))
	}
}

// form writes one further form, of the whole chain.
func (b *bundler) form(f Form, base string, all []*Item) {
	switch f {
	case PEM:
		b.add(base+"-chain.pem", pemFile(all...), certs.T("check.bundle.full-chain"), all...)
	case DER:
		b.add(base+".cer", b.leaf.DER, certs.T("check.bundle.der"), b.leaf)
	case P7B, P7BDER:
		var der []byte
		for _, it := range all {
			der = append(der, it.DER...)
		}
		data, err := pkcs7.DegenerateCertificate(der)
		if err != nil {
			b.say("bundle.failed", certs.Error, "Form", string(f))
			return
		}
		name := base + ".p7b"
		if f == P7B {
			data = pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: data})
		} else {
			name = base + "-der.p7b"
		}
		b.add(name, data, certs.T("check.bundle.p7b"), all...)
	case P12Modern, P12Legacy:
		b.p12(f, base, all)
	default:
		b.say("bundle.unknown-form", certs.Error, "Form", string(f))
	}
}

func (b *bundler) p12(f Form, base string, all []*Item) {
	encoder, name := pkcs12.Modern2023, base+".p12"
	if f == P12Legacy {
		encoder, name = pkcs12.LegacyDES, base+"-legacy.p12"
	}
	encoder = encoder.WithRand(b.opts.Rand)
	var cas []*x509.Certificate
	for _, it := range all[1:] {
		cas = append(cas, it.Cert)
	}
	var data []byte
	var err error
	if b.opts.Key == nil {
		data, err = encoder.EncodeTrustStore(append([]*x509.Certificate{b.leaf.Cert}, cas...), b.opts.Password)
	} else {
		if !fits(b.opts.Key, b.leaf) {
			b.say("bundle.key-foreign", certs.Error, "Title", b.leaf.Title())
			return
		}
		data, err = encoder.Encode(b.opts.Key, b.leaf.Cert, cas, b.opts.Password)
	}
	if err != nil {
		b.say("bundle.failed", certs.Error, "Form", string(f)) // the library's error is not repeated: it may speak of the key
		return
	}
	b.add(name, data, certs.T("check.bundle.p12"), all...)
}

// fits reports whether key is the private half of the certificate's key.
func fits(key any, it *Item) bool {
	signer, ok := key.(crypto.Signer)
	return ok && bytes.Equal(spkiOf(signer.Public()), it.SPKI)
}

func (b *bundler) add(name string, data []byte, text certs.Text, list ...*Item) {
	f := File{Name: name, Data: data, Text: text}
	for _, it := range list {
		f.Contents = append(f.Contents, it.Title())
	}
	b.out.Files = append(b.out.Files, f)
}

// pemFile writes certificates one after the other, LF line ends, one line break at
// the end and no blank line anywhere.
func pemFile(list ...*Item) []byte {
	var out bytes.Buffer
	for _, it := range list {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: it.DER}) // a bytes.Buffer does not fail
	}
	return out.Bytes()
}

// base is a file name that every system takes.
func (b *bundler) base() string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		case r == '*':
			return -1
		}
		return '-'
	}, cmp.Or(b.opts.Base, strings.ToLower(b.leaf.Title())))
	if s = strings.Trim(s, ".-"); s == "" {
		return "certificate"
	}
	return s[:min(len(s), 80)]
}
