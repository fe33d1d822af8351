package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzReadName: what is taken can be written into a request and read back as the
// same name, and taking it again changes nothing.
func FuzzReadName(f *testing.F) {
	for _, s := range []string{"a.example.com", "*.bücher.example", "10.0.0.1", "2001:db8::1", "ops@example.com", "URI:sip:a@b.example",
		"_collab-edge._tls.example.com", "DNS:a..b", "a\u200B.example", "xn--a", "1.2.3", "SRV:_x.example", "IP:::ffff:1.2.3.4", "URI:a://[::1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, findings, ok := ReadName(s, "names")
		if !ok {
			if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error }) {
				t.Fatalf("%q refused without a reason", s)
			}
			return
		}
		ext, err := MarshalNames([]Name{n})
		if err != nil {
			t.Fatalf("%q was taken as %+v, which no request can hold: %v", s, n, err)
		}
		back, err := ParseNames(ext)
		if err != nil || len(back) != 1 || keyOf(back[0]) != keyOf(n) {
			t.Fatalf("%q: wrote %+v, read %+v, %v", s, n, back, err)
		}
		again, _, ok := ReadName(strings.ToUpper(string(n.Type))+":"+n.Value, "names")
		if !ok || again.Type != n.Type || again.Value != n.Value {
			t.Fatalf("%q: %+v is read as %+v", s, n, again)
		}
	})
}

// FuzzParseNames: names of every type come back or the extension is refused; where
// Go's parser takes it, both see the same DNS names.
func FuzzParseNames(f *testing.F) {
	good, err := MarshalNames(fullSpec().Names)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(general(tagged(0xA0, "\x06\x01\x2a\xA0\x00"), tagged(0xA4, "\x30\x00"), tagged(0x88, "\x2a")))
	f.Add([]byte{0x30, 0x80, 0x00, 0x00})
	f.Add([]byte{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, ext []byte) {
		names, err := ParseNames(ext)
		if err != nil {
			return
		}
		for _, n := range names {
			if n.Type == "" {
				t.Fatalf("a name without a type in %x", ext)
			}
		}
		askable := !slices.ContainsFunc(names, func(n Name) bool { return !n.Type.Askable() || n.Value == "" })
		if !askable || len(names) == 0 {
			return
		}
		back, err := MarshalNames(names)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseNames(back)
		if err != nil || len(again) != len(names) {
			t.Fatalf("%x: %v became %v, %v", ext, names, again, err)
		}
	})
}

// FuzzCheckCSR: never panics, never passes what OpenSSL-like parsers refuse, and
// passes without Error only what names exactly the spec's names.
func FuzzCheckCSR(f *testing.F) {
	s := fullSpec()
	s.Key = Key{"ecdsa", 256}
	der, err := CSR(s, keyOfKind(f, s.Key))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Add(der[:len(der)/2])
	f.Add(append(slices.Clone(der), 0))
	f.Add([]byte{0x30, 0x03, 0x02, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, der []byte) {
		found := CheckCSR(s, der)
		if slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Error }) {
			return
		}
		csr, err := x509.ParseCertificateRequest(der)
		if err != nil || csr.CheckSignature() != nil {
			t.Fatalf("passed, though Go refuses it: %v", err)
		}
		if csr.Subject.CommonName != s.CommonName || len(csr.DNSNames) != 2 || len(csr.IPAddresses) != 2 || len(csr.EmailAddresses) != 1 || len(csr.URIs) != 1 {
			t.Fatalf("passed with other names: %v %v", csr.Subject, csr.DNSNames)
		}
	})
}

// FuzzCheckIssued: never panics, and passes without Error only the certificate of
// the request's own key.
func FuzzCheckIssued(f *testing.F) {
	s := fullSpec()
	s.Key = Key{"ecdsa", 256}
	key := keyOfKind(f, s.Key)
	csr, err := CSR(s, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(newAuthority(f, "Example").sign(f, s, key.Public(), nil))
	f.Add([]byte{0x30, 0x00})
	f.Add(csr)
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		found := CheckIssued(s, csr, leaf, [][]byte{leaf}, today, After(leaf))
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Error }) && !bytes.Contains(leaf, spki) {
			t.Fatalf("passed a certificate of another key: %v", found)
		}
	})
}

// FuzzReadDeployment: what is read plans without a panic, within bounds, and every
// text of the plan can be said.
func FuzzReadDeployment(f *testing.F) {
	cases, _ := filepath.Glob("testdata/plan/*.yaml")
	for _, path := range cases {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"systems":[{"product":"cms","nodes":["a.b","*.c","1.2.3.4",""],"services":["dbserver"],"topology":"cluster-shared","key":{"size":4096}}]}`))
	f.Add([]byte("systems: [{product: expressway-e, nodes: [a.example], names: [\"\\u202e\", \"{cn}\"], ca: public, days: -1}]"))
	c := load(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := ReadDeployment(bytes.NewReader(raw))
		if err != nil {
			return
		}
		p := c.Plan(d, today)
		if len(p.Specs) > maxSystems*maxNodes*len(profileIDs) {
			t.Fatalf("%d certificates", len(p.Specs))
		}
		for _, finding := range append(slices.Clone(p.Findings), p.Errors()...) {
			if finding.Text.Zero() || finding.Rule == "" || finding.Severity == "" {
				t.Fatalf("an empty finding: %+v", finding)
			}
		}
		if _, err := json.Marshal(p); err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Specs {
			if len(s.Findings) == 0 && s.Profile == "" {
				t.Fatal("a certificate without profile")
			}
		}
	})
}
