package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// privateKeys makes a key of each kind, as bytes.
func privateKeys(t testing.TB) map[string][]byte {
	t.Helper()
	b := must[[]byte](t)
	rk := must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	ek := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	ek384 := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	run := func(args ...string) []byte {
		t.Helper()
		out, err := exec.Command("openssl", args...).Output()
		if err != nil {
			t.Fatalf("openssl %v: %v", args, err)
		}
		return out
	}
	run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-keyout", file("k"), "-out", file("c"))
	openSSH := must[*pem.Block](t)(ssh.MarshalPrivateKey(ed, ""))
	return map[string][]byte{
		"PKCS #1":           x509.MarshalPKCS1PrivateKey(rk),
		"PKCS #8 RSA":       b(x509.MarshalPKCS8PrivateKey(rk)),
		"PKCS #8 P-256":     b(x509.MarshalPKCS8PrivateKey(ek)),
		"PKCS #8 P-384":     b(x509.MarshalPKCS8PrivateKey(ek384)),
		"PKCS #8 Ed25519":   b(x509.MarshalPKCS8PrivateKey(ed)),
		"SEC 1":             b(x509.MarshalECPrivateKey(ek)),
		"encrypted PKCS #8": run("pkcs8", "-topk8", "-in", file("k"), "-outform", "DER", "-passout", "pass:x1y2z3"),
		"PBES1 PKCS #8":     run("pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-in", file("k"), "-outform", "DER", "-passout", "pass:x1y2z3"),
		"PKCS #12":          run("pkcs12", "-export", "-inkey", file("k"), "-in", file("c"), "-passout", "pass:x1y2z3"),
		"OpenSSH":           openSSH.Bytes,
		"PGP":               pgpPacket(rk),
	}
}

// pgpPacket is a secret key packet of version 4 (RFC 9580, section 5.5.3), unencrypted.
func pgpPacket(k *rsa.PrivateKey) []byte {
	body := []byte{4, 0x65, 0, 0, 0, 1}
	number := func(n *big.Int) {
		body = binary.BigEndian.AppendUint16(body, uint16(n.BitLen()))
		body = append(body, n.Bytes()...)
	}
	number(k.N)
	number(big.NewInt(int64(k.E)))
	body = append(body, 0)
	for _, n := range []*big.Int{k.D, k.Primes[0], k.Primes[1], k.Precomputed.Qinv} {
		number(n)
	}
	body = append(body, 0, 0) // the sum over them
	return append(binary.BigEndian.AppendUint16([]byte{0x95}, uint16(len(body))), body...)
}

// innocents are bytes that are no private key.
func innocents(t testing.TB) map[string][]byte {
	t.Helper()
	b := must[[]byte](t)
	rk := must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	ek := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	edPub, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"expe.example.com"}}
	random := func(n int) []byte { x := make([]byte, n); rand.Read(x); return x } //nolint:errcheck // it does not fail
	crl := &x509.RevocationList{Number: big.NewInt(1)}
	ca := must[*x509.Certificate](t)(x509.ParseCertificate(b(x509.CreateCertificate(rand.Reader,
		&x509.Certificate{SerialNumber: big.NewInt(1), KeyUsage: x509.KeyUsageCRLSign, IsCA: true, BasicConstraintsValid: true, SubjectKeyId: []byte{1}}, serial, &ek.PublicKey, ek))))
	ca.KeyUsage |= x509.KeyUsageCRLSign
	ca.SubjectKeyId = []byte{1}
	pcap := append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0}, random(900)...)
	snmp := append([]byte{0x30, 0x29, 2, 1, 1, 4, 6}, "public\xa0\x1c\x02\x04\x00\x00\x00\x01\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x05\x00"...)
	return map[string][]byte{
		"RSA certificate":     b(x509.CreateCertificate(rand.Reader, serial, serial, &rk.PublicKey, rk)),
		"EC certificate":      b(x509.CreateCertificate(rand.Reader, serial, serial, &ek.PublicKey, ek)),
		"Ed25519 certificate": b(x509.CreateCertificate(rand.Reader, serial, serial, edPub, ed)),
		"request":             b(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"a.example.com"}}, ek)),
		"RSA request":         b(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, rk)),
		"CRL":                 b(x509.CreateRevocationList(rand.Reader, crl, ca, ek)),
		"RSA public key":      b(x509.MarshalPKIXPublicKey(&rk.PublicKey)),
		"PKCS #1 public key":  x509.MarshalPKCS1PublicKey(&rk.PublicKey),
		"EC public key":       b(x509.MarshalPKIXPublicKey(&ek.PublicKey)),
		"Ed25519 public key":  b(x509.MarshalPKIXPublicKey(edPub)),
		"signature":           b(ecdsa.SignASN1(rand.Reader, ek, random(32))),
		"SHA-256 sum":         random(32),
		"SHA-512 sum":         random(64),
		"session ticket":      random(192),
		"capture":             pcap,
		"SNMP message":        snmp,
		"log":                 []byte("2026-11-20 08:01:03 expc1 traffic_server[2]: WARNING: Core server certificate verification failed\n"),
		"JSON":                []byte(`{"iss":"https://idp.example.com","sub":"1001","scope":"openid profile","exp":1700000000,"kid":"a1"}`),
		"zeros":               make([]byte, 400),
		"SSH public key":      must[ssh.PublicKey](t)(ssh.NewPublicKey(edPub)).Marshal(),
		"picture":             append([]byte("\x89PNG\r\n\x1a\n"), random(600)...),
	}
}

// rest is what is left of a text without what was found.
func rest(text string, spans []Span) string {
	var out strings.Builder
	at := 0
	for _, s := range spans {
		out.WriteString(text[at:s.From])
		at = s.To
	}
	return out.String() + text[at:]
}

const before, after = "here is what the log had:\n", "\nplease help us with the handshake\n"

// TestEveryKeyInEveryEncoding: freshly made keys of every kind, in every encoding, are
// found where they stand, and no more than the encoded run is taken.
func TestEveryKeyInEveryEncoding(t *testing.T) {
	forms := 0
	check := func(kind, encoding, text string) {
		forms++
		whole := before + text + after
		found := Find(whole)
		if len(found) == 0 {
			t.Errorf("%s as %s is not found: %.300q", kind, encoding, text)
			return
		}
		left := rest(whole, found)
		if !strings.HasPrefix(left, before[:len(before)-1]) || !strings.HasSuffix(left, after[1:]) {
			t.Errorf("%s as %s: more than the key is taken: %q", kind, encoding, left)
		}
		// What is left beside the key stands before and after it: an offset, a sign.
		if len(left) > len(before)+len(after)+110 {
			t.Errorf("%s as %s: %d of %d bytes are left: %.400q", kind, encoding, len(left)-len(before)-len(after), len(text), left)
		}
	}
	for kind, der := range privateKeys(t) {
		for name, encode := range encodings {
			if kind != "PGP" || name != "base64 at a path" { // its packets say too little of themselves to be found in the middle
				check(kind, name, encode(der))
			}
		}
		for name, encode := range moreEncodings {
			check(kind, name, encode(der))
		}
		label := map[string]string{"PKCS #1": "RSA PRIVATE KEY", "SEC 1": "EC PRIVATE KEY", "OpenSSH": "OPENSSH PRIVATE KEY", "PGP": "PGP PRIVATE KEY BLOCK", "encrypted PKCS #8": "ENCRYPTED PRIVATE KEY"}[kind]
		if label == "" {
			label = "PRIVATE KEY"
		}
		armour := string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
		for name, dress := range dressed {
			check(kind, "armour, "+name, dress(armour))
		}
	}
	t.Logf("%d forms", forms)
	if forms < 400 {
		t.Errorf("only %d forms", forms)
	}
}

// TestInnocentBytes: what is no private key is not taken for one, in any encoding.
func TestInnocentBytes(t *testing.T) {
	forms := 0
	check := func(kind, encoding, text string) {
		forms++
		if found := Find(before + text + after); len(found) > 0 {
			t.Errorf("%s as %s is taken for a key: %.300q", kind, encoding, text)
		}
	}
	all := innocents(t)
	if len(all) < 20 {
		t.Fatalf("only %d kinds", len(all))
	}
	for kind, raw := range all {
		if In(raw) {
			t.Errorf("%s is taken for a key", kind)
		}
		for name, encode := range encodings {
			check(kind, name, encode(raw))
		}
		for name, encode := range moreEncodings {
			check(kind, name, encode(raw))
		}
		armour := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
		for name, dress := range dressed {
			check(kind, "armour, "+name, dress(armour))
		}
	}
	for kind, text := range innocentTexts() {
		check(kind, "text", text)
	}
	t.Logf("%d forms", forms)
}

// innocentTexts are written as keys may be, and are none.
func innocentTexts() map[string]string {
	r := mathrand.New(mathrand.NewPCG(1, 2))
	numbers := func(n, below int, sep string) string {
		var out []string
		for range n {
			out = append(out, strconv.Itoa(r.IntN(below)))
		}
		return strings.Join(out, sep)
	}
	sums := ""
	for i := range 40 {
		sums += fmt.Sprintf("%x  file%d.pem\n", sha256.Sum256([]byte{byte(i)}), i)
	}
	ids := ""
	for i := range 40 {
		sum := sha256.Sum256([]byte{byte(i), 1})
		ids += base64.StdEncoding.EncodeToString(sum[:24]) + "\nsession " + hex.EncodeToString(sum[:16]) + "\n"
	}
	return map[string]string{
		"sums": sums, "sums one a line": groups(strings.ReplaceAll(sums, "\n", ""), 2, "\n"), "session ids": ids,
		"ports":      "ports:\n  - 443\n  - 8443\n  - 5060\n  - 5061\n" + strings.ReplaceAll(numbers(80, 65536, "\n"), "\n", "\n  - "),
		"CSV":        strings.ReplaceAll(numbers(600, 1000, ","), "9,", "9\n"),
		"pixels":     "{\n  \"width\": 16,\n  \"data\": [\n    " + numbers(4096, 256, ",\n    ") + "\n  ]\n}",
		"map":        "{" + numbered([]byte(strings.Repeat("0\x82 cd", 200)), ",", `"%d":%d`) + "}",
		"signed":     "[" + numbers(400, 128, ",\n-") + "]",
		"capital":    strings.Repeat("THIS TEXT ONLY SAYS WHAT MUST HAPPEN WHEN YOUR BOSS SIGN OFFS LATE OVER SOME NODE ", 30),
		"words":      strings.Repeat("data from node expe that will fail with some code then stop; certificate handshake\n", 30),
		"Chinese":    strings.Repeat("\u8bf7\u91cd\u65b0\u7b7e\u53d1\u8bc1\u4e66\uff1a\u201c\uff23\uff2e\uff1d\uff45\uff58\uff50\uff45\uff0e\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\u201d\uff0c\u7aef\u53e3\uff15\uff10\uff16\uff11\u3002\u3000\u79c1\u94a5\u4e0d\u80fd\u79bb\u5f00\u8bbe\u5907\u3002", 30),
		"public JWK": "{\u201ckty\u201d: \u201cEC\u201d, \u201cx\u201d: \u201c" + strings.Repeat("q1", 21) + "\u201d, \u201cy\u201d: \u201c" + strings.Repeat("r2", 21) + "\u201d}",
		"sizes":      "private key sizes by year:\n" + numbers(20, 5000, "\n"),
		"French":     strings.Repeat("La cl\u00e9 priv\u00e9e ne quitte pas l\u2019\u00e9quipement\u00a0; le certificat a expir\u00e9. ", 30),
	}
}
