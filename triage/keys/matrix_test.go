package keys

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

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

func lines(s string, n int) string {
	var out strings.Builder
	for len(s) > n {
		out.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	return out.String() + s + "\n"
}

// each writes the bytes in rows of n.
func each(b []byte, n int, f func(offset int, row []byte) string) string {
	var out strings.Builder
	for at := 0; at < len(b); at += n {
		out.WriteString(f(at, b[at:min(len(b), at+n)]) + "\n")
	}
	return out.String()
}

func joined(b []byte, sep, format string) string {
	var out []string
	for _, c := range b {
		out = append(out, fmt.Sprintf(format, c))
	}
	return strings.Join(out, sep)
}

func characters(b []byte) string {
	out := bytes.Clone(b)
	for i, c := range out {
		if c < 32 || c > 126 {
			out[i] = '.'
		}
	}
	return string(out)
}

// words writes rows of words, of which the machine has the lowest byte first.
func words(b []byte, size int, format string) string {
	var out []string
	for at := 0; at < len(b); at += size {
		v := uint64(0)
		for i := size - 1; i >= 0; i-- {
			v <<= 8
			if at+i < len(b) {
				v |= uint64(b[at+i])
			}
		}
		out = append(out, fmt.Sprintf(format, v))
	}
	return strings.Join(out, " ")
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b) //nolint:errcheck // into memory
	w.Close()  //nolint:errcheck // the same
	return out.Bytes()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b) //nolint:errcheck // into memory
	w.Close()  //nolint:errcheck // the same
	return out.Bytes()
}

func utf16le(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func quotedPrintable(s string) string {
	var out strings.Builder
	column := 0
	for _, c := range []byte(s) {
		piece := string(c)
		if c < 33 && c != '\n' || c > 126 || c == '=' || c == '-' {
			piece = fmt.Sprintf("=%02X", c)
		}
		if column += len(piece); column > 60 {
			out.WriteString("=\n")
			column = len(piece)
		}
		if c == '\n' {
			column = 0
		}
		out.WriteString(piece)
	}
	return out.String()
}

// encodings are the ways in which people paste bytes.
var encodings = map[string]func([]byte) string{
	"base64":        func(b []byte) string { return base64.StdEncoding.EncodeToString(b) },
	"base64 lines":  func(b []byte) string { return lines(base64.StdEncoding.EncodeToString(b), 64) },
	"base64 narrow": func(b []byte) string { return lines(base64.StdEncoding.EncodeToString(b), 12) },
	"base64 quoted": func(b []byte) string {
		return "> " + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 76)), "\n", "\n> ")
	},
	"base64 of a diff": func(b []byte) string {
		return "+" + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 64)), "\n", "\n+")
	},
	"base64 in strings": func(b []byte) string {
		return "\"" + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 64)), "\n", "\" +\n\t\"") + "\";"
	},
	"base64 in a list": func(b []byte) string {
		return `["` + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 64)), "\n", `","`) + `"]`
	},
	"base64 with spaces": func(b []byte) string {
		return strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString(b), 64), "\n", " ")
	},
	"base64 behind times": func(b []byte) string {
		return each([]byte(base64.StdEncoding.EncodeToString(b)), 64, func(at int, row []byte) string {
			return fmt.Sprintf("Nov 20 08:01:%02d cms1 user.info: ", at/64%60) + string(row)
		})
	},
	"base64 in a URL": func(b []byte) string {
		return "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(b)
	},
	"base64 at a path": func(b []byte) string { return "/etc/ssl/" + base64.StdEncoding.EncodeToString(b) },
	"base64url":        func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) },
	"base64 percent": func(b []byte) string {
		return strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(base64.StdEncoding.EncodeToString(b))
	},
	"base64 in JSON": func(b []byte) string {
		return strings.NewReplacer("+", `\u002b`, "/", `\/`, "=", `\u003d`).Replace(base64.StdEncoding.EncodeToString(b))
	},
	"base64 \\n": func(b []byte) string {
		return strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString(b), 64), "\n", `\n`)
	},
	"base64 \\\\n": func(b []byte) string {
		return strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString(b), 64), "\n", `\\n`)
	},
	"base64 twice": func(b []byte) string {
		return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(b)))
	},
	"base32": func(b []byte) string { return base32.StdEncoding.EncodeToString(b) },
	"hex":    func(b []byte) string { return hex.EncodeToString(b) },
	"HEX":    func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) },
	"0x":     func(b []byte) string { return "0x" + hex.EncodeToString(b) },
	"hex in a log": func(b []byte) string {
		return "2026-11-20T08:01:03Z expe1 tvcs: Level=\"DEBUG\" Detail=\"der=" + hex.EncodeToString(b) + "\" result=1"
	},
	"xxd -p":          func(b []byte) string { return lines(hex.EncodeToString(b), 60) },
	"hex with spaces": func(b []byte) string { return joined(b, " ", "%02x") },
	"hex with colons": func(b []byte) string { return joined(b, ":", "%02X") },
	"hex in colon rows": func(b []byte) string {
		return each(b, 15, func(_ int, r []byte) string { return "    " + joined(r, ":", "%02x") + ":" })
	},
	"hex with dashes": func(b []byte) string { return joined(b, "-", "%02X") },
	"xxd": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%08x: %-41s%s", at, strings.TrimSpace(spaced(r, 2)), characters(r))
		})
	},
	"xxd -b": func(b []byte) string {
		return each(b, 6, func(at int, r []byte) string {
			return fmt.Sprintf("%08x: %s  %s", at, joined(r, " ", "%08b"), characters(r))
		})
	},
	"xxd -e": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%08x: %s  %s", at, words(r, 4, "%08x"), characters(r))
		})
	},
	"hexdump": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07x %s", at, words(r, 2, "%04x")) })
	},
	"hexdump -C": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%08x  %s  %s  |%s|", at, joined(r[:min(8, len(r))], " ", "%02x"), joined(r[min(8, len(r)):], " ", "%02x"), characters(r))
		}) + fmt.Sprintf("%08x", len(b))
	},
	"hexdump -C in a log": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("2026-11-20 08:01:03 cms1 debug: %08x  %s |%s|", at, joined(r, " ", "%02x"), characters(r))
		})
	},
	"od": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, words(r, 2, "%06o")) })
	},
	"od -b": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, joined(r, " ", "%03o")) })
	},
	"od -t x1": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, joined(r, " ", "%02x")) })
	},
	"od -t u1": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, joined(r, " ", "%3d")) })
	},
	"Wireshark": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%04x   %s   %s", at, joined(r, " ", "%02x"), characters(r))
		})
	},
	"tcpdump -x": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("\t0x%04x:  %s", at, spaced(r, 2)) })
	},
	"C array": func(b []byte) string {
		return "unsigned char k[] = {\n" + each(b, 12, func(_ int, r []byte) string { return "  " + joined(r, ", ", "0x%02x") + "," }) + "};"
	},
	"C string":     func(b []byte) string { return `"` + joined(b, "", `\x%02x`) + `"` },
	"octal string": func(b []byte) string { return `"` + joined(b, "", `\%03o`) + `"` },
	"Go bytes":     func(b []byte) string { return fmt.Sprint(b) },
	"Java bytes": func(b []byte) string {
		var out []string
		for _, c := range b {
			out = append(out, fmt.Sprint(int8(c)))
		}
		return "[" + strings.Join(out, ", ") + "]"
	},
	"Java casts":        func(b []byte) string { return "{" + joined(b, ", ", "(byte)0x%02x") + "}" },
	"percent":           func(b []byte) string { return joined(b, "", "%%%02X") },
	"gzip in base64":    func(b []byte) string { return base64.StdEncoding.EncodeToString(gzipped(b)) },
	"gzip in base64url": func(b []byte) string { return base64.RawURLEncoding.EncodeToString(gzipped(b)) },
	"zlib in hex":       func(b []byte) string { return hex.EncodeToString(deflated(b)) },
	"gzip hexdump": func(b []byte) string {
		return each(gzipped(b), 16, func(at int, r []byte) string { return fmt.Sprintf("%08x  %s", at, joined(r, " ", "%02x")) })
	},
	"UTF-16 in base64": func(b []byte) string {
		return base64.StdEncoding.EncodeToString(utf16le(base64.StdEncoding.EncodeToString(b)))
	},
	"hex in base64": func(b []byte) string { return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(b))) },
	"three deep": func(b []byte) string {
		return hex.EncodeToString(gzipped([]byte(base64.StdEncoding.EncodeToString(b))))
	},
}

// spaced writes groups of n bytes.
func spaced(b []byte, n int) string {
	var out []string
	for at := 0; at < len(b); at += n {
		out = append(out, hex.EncodeToString(b[at:min(len(b), at+n)]))
	}
	return strings.Join(out, " ")
}

// dressed writes armour as it travels in texts.
var dressed = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"percent":  func(s string) string { return joined([]byte(s), "", "%%%02x") },
	"form": func(s string) string {
		return strings.NewReplacer(" ", "+", "\n", "%0A", "+", "%2B", "/", "%2F", "=", "%3D").Replace(s)
	},
	"query": func(s string) string {
		return strings.NewReplacer(" ", "%20", "\n", "%0A", "+", "%2B", "/", "%2F", "=", "%3D").Replace(s)
	},
	"JSON":             func(s string) string { return `{"k":"` + strings.ReplaceAll(s, "\n", `\n`) + `"}` },
	"JSON in JSON":     func(s string) string { return `{"a":"{\"k\":\"` + strings.ReplaceAll(s, "\n", `\\n`) + `\"}"}` },
	"quoted-printable": quotedPrintable,
	"HTML":             func(s string) string { return joined([]byte(s), "", "&#%d;") },
	"log lines": func(s string) string {
		return "08:01:03 x: " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n08:01:03 x: ")
	},
	"line numbers": func(s string) string {
		return each2(s, func(i int, l string) string { return fmt.Sprintf("%6d\t%s", i, l) })
	},
	"UTF-16":        func(s string) string { return string(utf16le(s)) },
	"UTF-16 base64": func(s string) string { return base64.StdEncoding.EncodeToString(utf16le(s)) },
	"base64":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 lines":  func(s string) string { return lines(base64.StdEncoding.EncodeToString([]byte(s)), 76) },
	"gzip base64":   func(s string) string { return base64.StdEncoding.EncodeToString(gzipped([]byte(s))) },
	"hex":           func(s string) string { return hex.EncodeToString([]byte(s)) },
	"hexdump -C":    func(s string) string { return encodings["hexdump -C"]([]byte(s)) },
	"xxd":           func(s string) string { return encodings["xxd"]([]byte(s)) },
	"od":            func(s string) string { return encodings["od"]([]byte(s)) },
	"od -b":         func(s string) string { return encodings["od -b"]([]byte(s)) },
	"C array":       func(s string) string { return encodings["C array"]([]byte(s)) },
	"Go bytes":      func(s string) string { return encodings["Go bytes"]([]byte(s)) },
}

func each2(s string, f func(int, string) string) string {
	var out []string
	for i, l := range strings.Split(strings.TrimSpace(s), "\n") {
		out = append(out, f(i+1, l))
	}
	return strings.Join(out, "\n")
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
		armour := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
		for name, dress := range dressed {
			check(kind, "armour, "+name, dress(armour))
		}
	}
	t.Logf("%d forms", forms)
}

var _ = io.EOF
