package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// forged builds requests that no sound tool makes, byte by byte.
type forged struct {
	rdns       [][]attr // RDNs of the subject
	extensions []ext
	attributes [][]byte // further attributes, DER
	twice      bool     // the list of extensions stands twice
	damage     bool
}

type attr struct {
	oid   asn1.ObjectIdentifier
	tag   cbasn1.Tag
	value string
}

type ext struct {
	oid      asn1.ObjectIdentifier
	critical bool
	value    []byte
}

func cn(v string) []attr { return []attr{{oidCommonName, cbasn1.UTF8String, v}} }

func (f forged) der(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, rdn := range f.rdns {
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
					for _, a := range rdn {
						b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddASN1ObjectIdentifier(a.oid)
							b.AddASN1(a.tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(a.value)) })
						})
					}
				})
			}
		})
		b.AddBytes(spki)
		b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			for range map[bool]int{true: 2, false: 1}[f.twice] {
				b.AddBytes(f.extensionRequest())
			}
			for _, a := range f.attributes {
				b.AddBytes(a)
			}
		})
	})
	tbs := b.BytesOrPanic()
	sum := sha256.Sum256(tbs)
	sig, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	if f.damage {
		sig[len(sig)-1] ^= 1
	}
	var out cryptobyte.Builder
	out.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2})
		})
		b.AddASN1BitString(sig)
	})
	return out.BytesOrPanic()
}

func (f forged) extensionRequest() []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidExtensionRequest)
		b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, e := range f.extensions {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(e.oid)
						if e.critical {
							b.AddASN1Boolean(true)
						}
						b.AddASN1OctetString(e.value)
					})
				}
			})
		})
	})
	return b.BytesOrPanic()
}

// general writes a SAN extension of raw names: tag and content.
func general(names ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, n := range names {
			b.AddBytes(n)
		}
	})
	return b.BytesOrPanic()
}

func tagged(tag byte, content string) []byte {
	return append([]byte{tag, byte(len(content))}, content...)
}

func TestCheckCSRSeesWhatParsersDrop(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spec := Spec{Profile: "generic/tls-server", CommonName: "a.example.com", Names: []Name{{Type: DNS, Value: "a.example.com"}}, Key: Key{"ecdsa", 256}}
	dns := tagged(0x82, "a.example.com")
	san := func(more ...[]byte) []ext { return []ext{{oidSAN, false, general(append([][]byte{dns}, more...)...)}} }
	upn := append([]byte{0xA0, 0x1E}, "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03\xA0\x10\x0C\x0Eroot@corp.test"...)
	challenge := append([]byte{0x30, 0x15}, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07\x31\x08\x0C\x06hunter"...)

	for _, r := range []struct {
		name string
		f    forged
		want string // rule and severity, or empty: nothing to find
	}{
		{"sound", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san()}, ""},
		{"CN in another case", forged{rdns: [][]attr{cn("A.Example.COM")}, extensions: san()}, ""},
		{"SAN in another case with a dot", forged{rdns: [][]attr{cn("a.example.com")}, extensions: []ext{{oidSAN, false, general(tagged(0x82, "A.example.com."))}}}, ""},
		{"otherName (UPN)", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(upn)}, "error csr/name-type"},
		{"x400Address", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(tagged(0xA3, "\x30\x00"))}, "error csr/name-type"},
		{"directoryName", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(tagged(0xA4, "\x30\x00"))}, "error csr/name-type"},
		{"ediPartyName", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(tagged(0xA5, "\x30\x00"))}, "error csr/name-type"},
		{"registeredID", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(tagged(0x88, "\x2a\x03"))}, "error csr/name-type"},
		{"a DNS name more", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(tagged(0x82, "bank.example.com"))}, "error csr/names-added"},
		{"a DNS name with NUL", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(tagged(0x82, "bank.example\x00.evil.test"))}, "error csr/unreadable"},
		{"an address of five bytes", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(tagged(0x87, "\x01\x02\x03\x04\x05"))}, "error csr/unreadable"},
		{"a second SAN extension", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{oidSAN, false, general(tagged(0x82, "b.test"))})}, "error csr/extension-twice"},
		{"two lists of extensions", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(), twice: true}, "error csr/extensions-twice"},
		{"no SAN", forged{rdns: [][]attr{cn("a.example.com")}}, "error csr/names-missing"},
		{"two CNs", forged{rdns: [][]attr{cn("a.example.com"), cn("b.example.com")}, extensions: san()}, "error csr/repeated-rdn"},
		{"CN and O in one RDN", forged{rdns: [][]attr{{{oidOrganization, cbasn1.UTF8String, "Evil"}, {oidCommonName, cbasn1.UTF8String, "a.example.com"}}}, extensions: san()}, "error csr/multi-valued-rdn"},
		{"no CN", forged{extensions: san()}, "error csr/subject-missing"},
		{"another CN", forged{rdns: [][]attr{cn("b.example.com")}, extensions: san()}, "error csr/subject"},
		{"BMPString", forged{rdns: [][]attr{{{oidCommonName, cbasn1.Tag(30), "\x00a\x00."}}}, extensions: san()}, "error csr/odd-string"},
		{"T61String", forged{rdns: [][]attr{{{oidCommonName, cbasn1.T61String, "a.example.com"}}}, extensions: san()}, "error csr/odd-string"},
		{"PrintableString with *", forged{rdns: [][]attr{{{oidCommonName, cbasn1.PrintableString, "*.example.com"}}}, extensions: san()}, "error csr/odd-string"},
		{"direction mark in O", forged{rdns: [][]attr{{{oidOrganization, cbasn1.UTF8String, "Exa\u202Emple"}}, cn("a.example.com")}, extensions: san()}, "error csr/odd-string"},
		{"O that nobody planned", forged{rdns: [][]attr{{{oidOrganization, cbasn1.UTF8String, "Example"}}, cn("a.example.com")}, extensions: san()}, "warning csr/subject-added"},
		{"an attribute that nobody approved", forged{rdns: [][]attr{{{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, cbasn1.IA5String, "a@b.test"}}, cn("a.example.com")}, extensions: san()}, "error csr/attribute"},
		{"asks to be a CA", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{oidBasicConstraints, true, []byte{0x30, 0x03, 0x01, 0x01, 0xFF}})}, "error csr/basic-constraints"},
		{"asks to sign certificates", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{oidKeyUsage, true, []byte{0x03, 0x02, 0x02, 0x84}})}, "error csr/ku-added"},
		{"asks for code signing", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{oidExtKeyUsage, false, []byte("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x03")})}, "error csr/eku-added"},
		{"asks for any usage", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{oidExtKeyUsage, false, []byte("\x30\x06\x06\x04\x55\x1d\x25\x00")})}, "error csr/eku-added"},
		{"name constraints", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{asn1.ObjectIdentifier{2, 5, 29, 30}, true, []byte{0x30, 0x00}})}, "error csr/extension"},
		{"must-staple", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, false, []byte{0x30, 0x03, 0x02, 0x01, 0x05}})}, "error csr/extension"},
		{"Microsoft template", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2}, false, []byte{0x1E, 0x00}})}, "info csr/microsoft"},
		{"critical Microsoft extension", forged{rdns: [][]attr{cn("a.example.com")}, extensions: append(san(), ext{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2}, true, []byte{0x1E, 0x00}})}, "error csr/extension"},
		{"challenge password", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(), attributes: [][]byte{challenge}}, "warning csr/challenge-password"},
		{"bad self-signature", forged{rdns: [][]attr{cn("a.example.com")}, extensions: san(), damage: true}, "error csr/signature"},
	} {
		t.Run(r.name, func(t *testing.T) {
			found := CheckCSR(spec, r.f.der(t, key))
			if r.want == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			ok := false
			for _, f := range found {
				ok = ok || string(f.Severity)+" "+f.Rule == r.want
				if strings.Contains(f.Text.Args["Value"], "hunter") {
					t.Error("the challenge password is repeated")
				}
			}
			if !ok {
				t.Errorf("want %s, found %v", r.want, found)
			}
		})
	}
}

func TestCheckCSRKeys(t *testing.T) {
	spec := Spec{Profile: "cms/turn", CommonName: "a.example.com", Names: []Name{{Type: DNS, Value: "a.example.com"}}, Key: Key{"rsa", 3072}}
	check := func(name string, k Key, want string) {
		t.Helper()
		s := spec
		s.Key = k
		der, err := CSR(s, keyOfKind(t, k))
		if err != nil {
			t.Fatal(err)
		}
		found := CheckCSR(spec, der)
		if want == "" && len(found) == 0 || len(found) == 1 && string(found[0].Severity)+" "+found[0].Rule == want {
			return
		}
		t.Errorf("%s: found %v, want %q", name, found, want)
	}
	check("as planned", Key{"rsa", 3072}, "")
	check("smaller", Key{"rsa", 2048}, "error key/size")
	check("larger", Key{"rsa", 4096}, "warning key/larger")
	check("another type", Key{"ecdsa", 256}, "error key/type")
}

// OpenSSL makes the odd keys.
func TestCheckCSRWeakKeys(t *testing.T) {
	spec := Spec{Profile: "generic/tls-server", CommonName: "a", Key: Key{"rsa", 2048}}
	for _, r := range []struct{ name, want string }{
		{"rsa:1024", "certs.key.small"}, {"rsa:2047", "certs.key.small"}, {"rsa:2052", "certs.key.modulus"}, {"ed25519", "certs.key.kind"}, {"ec:secp224r1", "certs.key.curve"},
	} {
		dir := t.TempDir()
		kind, option, _ := strings.Cut(r.name, ":")
		args := []string{"genpkey", "-algorithm", strings.ToUpper(kind), "-out", filepath.Join(dir, "k.pem")}
		switch kind {
		case "rsa":
			args = append(args, "-pkeyopt", "rsa_keygen_bits:"+option)
		case "ec":
			args = append(args, "-pkeyopt", "ec_paramgen_curve:"+option)
		}
		openssl(t, args...)
		openssl(t, "req", "-new", "-key", filepath.Join(dir, "k.pem"), "-subj", "/CN=a", "-outform", "DER", "-out", filepath.Join(dir, "r.der"))
		der, err := os.ReadFile(filepath.Join(dir, "r.der"))
		if err != nil {
			t.Fatal(err)
		}
		found := CheckCSR(spec, der)
		if len(found) == 0 || found[len(found)-1].Text.Key != r.want || found[len(found)-1].Severity != Error {
			t.Errorf("%s: found %v, want %s", r.name, found, r.want)
		}
	}
}

func TestWeakness(t *testing.T) {
	p, _ := rand.Prime(rand.Reader, 1024)
	q := new(big.Int).Add(p, big.NewInt(2))
	for !q.ProbablyPrime(10) {
		q.Add(q, big.NewInt(2))
	}
	if w := weakness(&rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}); w != "fermat" {
		t.Errorf("neighbouring primes: %q", w)
	}
	r, _ := rand.Prime(rand.Reader, 2040)
	if w := weakness(&rsa.PublicKey{N: new(big.Int).Mul(r, big.NewInt(251)), E: 65537}); w != "modulus" {
		t.Errorf("a small factor: %q", w)
	}
	good := keyOfKind(t, Key{"rsa", 2048}).Public().(*rsa.PublicKey)
	if w := weakness(good); w != "" {
		t.Errorf("a good key: %q", w)
	}
	if w := weakness(&rsa.PublicKey{N: good.N, E: 4}); w != "exponent" {
		t.Errorf("an even exponent: %q", w)
	}
}

func TestCheckCSRUnreadable(t *testing.T) {
	for _, raw := range [][]byte{nil, {}, {0x30, 0x80}, []byte("-----BEGIN CERTIFICATE REQUEST-----"), make([]byte, MaxRequest+1)} {
		found := CheckCSR(Spec{}, raw)
		if len(found) != 1 || found[0].Rule != "csr/unreadable" || found[0].Severity != Error {
			t.Errorf("%d bytes: %v", len(raw), found)
		}
	}
}

// A request with a key of 100,000 bits is refused before anything is computed.
func TestCheckCSRHugeKey(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), 100_000)
	spki, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(0)
			b.AddASN1(cbasn1.SEQUENCE, func(*cryptobyte.Builder) {})
			b.AddBytes(spki)
			b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(*cryptobyte.Builder) {})
		})
		b.AddBytes([]byte("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"))
		b.AddASN1BitString(make([]byte, 100_000/8+1))
	})
	found := CheckCSR(Spec{}, b.BytesOrPanic())
	if len(found) != 1 || found[0].Text.Key != "certs.key.huge" {
		t.Errorf("%v", found) // what would take long to compute with is not computed with
	}
}
