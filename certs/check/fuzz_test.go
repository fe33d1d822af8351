package check

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// fuzzSeeds are real objects of every kind, so that the fuzzer starts from structure.
func fuzzSeeds(f *testing.F) [][]byte {
	root := newCA(f, "Example Root CA", nil)
	leaf := newLeaf(f, "expe1.example.com", root)
	key := testKey(f)
	sec1, _ := x509.MarshalECPrivateKey(key)
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(key)
	p12, err := pkcs12.Modern2023.Encode(leaf.key, leaf.cert, []*x509.Certificate{root.cert}, "")
	if err != nil {
		f.Fatal(err)
	}
	p7 := Bundle(items(f, leaf, root), BundleOptions{Now: now, Forms: []Form{P7BDER}})
	var seeds [][]byte
	for _, der := range [][]byte{leaf.der, root.der, sec1, pkcs8, p12, p7.Files[len(p7.Files)-1].Data} {
		seeds = append(seeds, der, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	one := pemOf(leaf)
	return append(seeds, bytes.ReplaceAll(one, []byte("-----"), []byte("—–—")), bytes.ReplaceAll(one, []byte("\n"), []byte("\r\n> ")),
		one[:len(one)/2], []byte("-----BEGIN "), []byte("-----END X-----"), bytes.Repeat([]byte{0x30, 0x80}, 64), []byte("\xff\xfe0\x000\x00"))
}

// FuzzRead: whatever comes in, reading ends, stays within its limits, keeps no
// private key, says something whenever it found nothing, and the same input gives the
// same answer. What it did find can be inspected, matched, verified and drawn.
func FuzzRead(f *testing.F) {
	for _, s := range fuzzSeeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		opts := ReadOptions{Limits: Limits{Bytes: 1 << 20, Items: 50, Rounds: 20_000}}
		before := bytes.Clone(data)
		m, fs := Read("f", data, opts)
		if len(m.Items) > 50 || len(fs) > 102 {
			t.Fatalf("%d items, %d findings", len(m.Items), len(fs))
		}
		if len(m.Items) == 0 && !hasErrors(fs) {
			t.Fatal("nothing found and nothing said")
		}
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		again, _ := Read("f", data, opts)
		if len(again.Items) != len(m.Items) {
			t.Fatal("another answer the second time")
		}
		for _, it := range m.Items {
			if it.Kind == PrivateKey && len(it.DER) > 0 {
				t.Fatal("a private key was kept")
			}
			facts := Inspect(it, now)
			for _, n := range facts.Names {
				if strings.ContainsFunc(n.Value, func(r rune) bool { return unicode.IsControl(r) }) {
					t.Fatalf("a name with control characters: %q", n.Value)
				}
			}
			if strings.ContainsFunc(facts.Title+facts.Subject+facts.Issuer, unicode.IsControl) {
				t.Fatal("a title with control characters")
			}
		}
		InspectAll(m, fs, now)
		Match(m.Items)
		if list := m.Of(Certificate); len(list) > 0 {
			v := Verify(list[0], VerifyOptions{Trust: list, Now: now, Host: "example.com", Purpose: Client, Verifier: ExpresswayVerifier})
			if v.OK && !v.Chain.Trusted {
				t.Fatal("accepted, but not drawn as trusted")
			}
			Compare(list[0], list[len(list)-1], CompareOptions{Now: now})
		}
	})
}

// FuzzBER: conversion never makes things longer, its result is DER as encoding/asn1
// understands it, and converting DER changes nothing.
func FuzzBER(f *testing.F) {
	for _, s := range fuzzSeeds(f) {
		f.Add(s)
	}
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 4, 1, 'a', 4, 1, 'b', 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		der, rest, err := berToDER(data)
		if err != nil {
			return
		}
		if len(der)+len(rest) > len(data) {
			t.Fatalf("%d bytes became %d", len(data), len(der)+len(rest))
		}
		again, tail, err := berToDER(der)
		if err != nil || len(tail) > 0 || !bytes.Equal(again, der) {
			t.Fatalf("not stable: %x became %x (%v)", der, again, err)
		}
		var v asn1.RawValue
		if len(der) < 1<<20 && der[0]&0x1f != 0x1f {
			if _, err := asn1.Unmarshal(der, &v); err != nil {
				t.Fatalf("%x is not DER: %v", der, err)
			}
		}
	})
}

// FuzzKey: only the public half comes out, and it is the one that the library sees.
func FuzzKey(f *testing.F) {
	for _, s := range fuzzSeeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pub, err := publicOf(data)
		if err != nil {
			return
		}
		if spki := spkiOf(pub); spki == nil {
			t.Fatal("a public key that cannot be written")
		}
	})
}

// FuzzP12: opening costs no more rounds than the budget, whatever the file asks for.
func FuzzP12(f *testing.F) {
	for _, s := range fuzzSeeds(f) {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, data []byte, password string) {
		rounds := 10_000
		w := &p12Walk{password: password, rounds: &rounds}
		_ = w.pfx(data)
		if rounds < 0 {
			t.Fatalf("%d rounds over budget", -rounds)
		}
	})
}

// FuzzRaw: the raw reader agrees with the library on everything that the library
// accepts.
func FuzzRaw(f *testing.F) {
	for _, s := range fuzzSeeds(f) {
		f.Add(s)
	}
	if files, _ := filepath.Glob("testdata/*.der"); len(files) > 0 {
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cert, err := x509.ParseCertificate(data)
		if err != nil {
			return
		}
		c, err := parseRaw(cert.Raw)
		if err != nil {
			t.Fatalf("the library reads it, we do not: %v", err)
		}
		isCA, _ := c.basic()
		if !bytes.Equal(c.subject, cert.RawSubject) || !bytes.Equal(c.issuer, cert.RawIssuer) || !bytes.Equal(c.spki, cert.RawSubjectPublicKeyInfo) ||
			c.serialNumber().Cmp(cert.SerialNumber) != 0 || isCA != cert.IsCA ||
			!c.notAfter.Equal(cert.NotAfter) || !c.notBefore.Equal(cert.NotBefore) ||
			!bytes.Equal(c.ski(), cert.SubjectKeyId) || !bytes.Equal(c.aki(), cert.AuthorityKeyId) {
			t.Fatal("another reading than the library's")
		}
		dns := 0
		for _, n := range c.names() {
			if n.Type == "dns" {
				dns++
			}
		}
		if dns != len(cert.DNSNames) {
			t.Fatalf("%d DNS names, the library has %d", dns, len(cert.DNSNames))
		}
	})
}

// FuzzPattern: a user's regular expression ends and never brings anything down.
func FuzzPattern(f *testing.F) {
	leaf := newLeaf(f, "expe1.example.com", nil).item(f)
	for _, p := range []string{`/(Subject:.*, CN=(?<Group1>.*))/m`, `CN=(`, `(a*)*b`, `/x/q`, "/"} {
		f.Add(p, "#Group1#")
	}
	f.Fuzz(func(t *testing.T, pattern, format string) {
		r := ClientTest(leaf, ClientTestOptions{Trust: []*Item{leaf}, Now: now, Pattern: pattern, Format: format})
		if r.OK && pattern != "" && r.User == "" && format != "" {
			t.Fatal("passed without a user name")
		}
	})
}
