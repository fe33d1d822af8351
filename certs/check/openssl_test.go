package check

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// opensslCA makes root, intermediate and leaf with the openssl command and gives
// their directory. The material is OpenSSL's own, so that nothing here can agree with
// itself alone.
func opensslCA(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "ca.ext", []byte("basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"))
	write(t, dir, "leaf.ext", []byte("basicConstraints=CA:false\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n"+
		"subjectAltName=DNS:expe1.example.com,DNS:example.com,IP:192.0.2.1,email:ops@example.com,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:joe@example.com\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"))
	mustOpenssl(t, dir, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "root.key", "-out", "root.pem",
		"-days", "3650", "-subj", "/C=GB/O=Example/CN=Example Root CA")
	mustOpenssl(t, dir, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout", "mid.key", "-out", "mid.csr", "-subj", "/C=GB/O=Example/CN=Example Issuing CA")
	mustOpenssl(t, dir, "x509", "-req", "-in", "mid.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "2", "-days", "1825", "-extfile", "ca.ext", "-out", "mid.pem")
	mustOpenssl(t, dir, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/C=GB/O=Example/CN=expe1.example.com", "-addext", "subjectAltName=DNS:expe1.example.com,DNS:example.com")
	mustOpenssl(t, dir, "x509", "-req", "-in", "leaf.csr", "-CA", "mid.pem", "-CAkey", "mid.key", "-set_serial", "0x1234567890abcdef", "-days", "90", "-extfile", "leaf.ext", "-out", "leaf.pem")
	chain := append(readFile(t, filepath.Join(dir, "leaf.pem")), readFile(t, filepath.Join(dir, "mid.pem"))...)
	write(t, dir, "cas.pem", append(readFile(t, filepath.Join(dir, "mid.pem")), readFile(t, filepath.Join(dir, "root.pem"))...))
	write(t, dir, "chain.pem", append(chain, readFile(t, filepath.Join(dir, "root.pem"))...))
	return dir
}

// Every form that OpenSSL writes is read, with the same objects in it.
func TestReadOpenSSLForms(t *testing.T) {
	dir := opensslCA(t)
	for _, args := range [][]string{
		{"x509", "-in", "leaf.pem", "-outform", "DER", "-out", "leaf.der"},
		{"x509", "-in", "leaf.pem", "-text", "-out", "leaf-text.pem"},
		{"x509", "-in", "leaf.pem", "-trustout", "-addtrust", "serverAuth", "-out", "leaf-trusted.pem"},
		{"crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-out", "chain.p7b"},
		{"crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-outform", "DER", "-out", "chain-der.p7b"},
		{"smime", "-sign", "-in", "leaf.ext", "-signer", "leaf.pem", "-inkey", "leaf.key", "-certfile", "cas.pem", "-nodetach", "-stream", "-outform", "DER", "-out", "stream.p7s"}, // BER, indefinite length
		{"pkcs12", "-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "cas.pem", "-passout", "pass:secret", "-out", "modern.p12"},
		{"pkcs12", "-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "cas.pem", "-passout", "pass:secret", "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1", "-out", "legacy.p12"},
		{"pkcs12", "-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "cas.pem", "-passout", "pass:", "-out", "empty.p12"},
		{"pkcs12", "-export", "-legacy", "-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "cas.pem", "-passout", "pass:secret", "-out", "rc2.p12"},
		{"pkcs12", "-export", "-in", "chain.pem", "-nokeys", "-passout", "pass:secret", "-out", "nokeys.p12"},
		{"pkcs12", "-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-keypbe", "NONE", "-certpbe", "NONE", "-nomac", "-passout", "pass:", "-out", "plain.p12"},
		{"rsa", "-in", "leaf.key", "-traditional", "-out", "pkcs1.key"},
		{"ec", "-in", "mid.key", "-out", "sec1.key"},
		{"ec", "-in", "mid.key", "-no_public", "-out", "sec1-no-public.key"},
		{"pkcs8", "-topk8", "-in", "leaf.key", "-passout", "pass:secret", "-out", "encrypted.key"},
		{"pkcs8", "-topk8", "-in", "leaf.key", "-passout", "pass:secret", "-v2", "des3", "-v2prf", "hmacWithSHA512", "-out", "encrypted3.key"},
		{"rsa", "-in", "leaf.key", "-traditional", "-aes128", "-passout", "pass:secret", "-out", "old.key"},
		{"pkey", "-in", "leaf.key", "-outform", "DER", "-out", "key.der"},
		{"pkey", "-in", "leaf.key", "-pubout", "-out", "public.pem"},
		{"genpkey", "-algorithm", "ed25519", "-out", "ed25519.key"},
		{"req", "-in", "leaf.csr", "-outform", "DER", "-out", "csr.der"},
		{"ecparam", "-name", "prime256v1", "-genkey", "-out", "with-params.key"},
	} {
		mustOpenssl(t, dir, args...)
	}
	leafKey := strings.TrimSpace(mustOpenssl(t, dir, "x509", "-in", "leaf.pem", "-noout", "-pubkey"))
	for _, tc := range []struct {
		file  string
		kinds string
		rules string
	}{
		{"leaf.der", "certificate", ""},
		{"leaf-text.pem", "certificate", ""},
		{"leaf-trusted.pem", "certificate", "warning read.trusted-certificate"},
		{"chain.pem", "certificate certificate certificate", ""},
		{"chain.p7b", "certificate certificate certificate", ""},
		{"chain-der.p7b", "certificate certificate certificate", ""},
		{"stream.p7s", "certificate certificate certificate", "info read.ber"},
		{"modern.p12", "certificate certificate certificate private-key", "warning read.private-key"},
		{"legacy.p12", "certificate certificate certificate private-key", "warning read.private-key"},
		{"empty.p12", "certificate certificate certificate private-key", "warning read.private-key"},
		{"rc2.p12", "certificate certificate certificate private-key", "warning read.private-key"},
		{"nokeys.p12", "certificate certificate certificate", ""},
		{"plain.p12", "certificate private-key", "warning read.private-key"},
		{"leaf.key", "private-key", "warning read.private-key"},
		{"pkcs1.key", "private-key", "warning read.private-key"},
		{"sec1.key", "private-key", "warning read.private-key"},
		{"sec1-no-public.key", "private-key", "warning read.private-key"},
		{"encrypted.key", "private-key", "warning read.private-key"},
		{"encrypted3.key", "private-key", "warning read.private-key"},
		{"old.key", "private-key", "warning read.private-key"},
		{"key.der", "private-key", "warning read.private-key"},
		{"ed25519.key", "private-key", "warning read.private-key"},
		{"with-params.key", "private-key", "warning read.private-key"},
		{"public.pem", "public-key", ""},
		{"leaf.csr", "csr", ""},
		{"csr.der", "csr", ""},
	} {
		t.Run(tc.file, func(t *testing.T) {
			m, fs := Read(tc.file, readFile(t, filepath.Join(dir, tc.file)), ReadOptions{Passwords: []string{"wrong", "secret"}})
			complete(t, fs)
			var kinds []string
			for _, it := range m.Items {
				kinds = append(kinds, string(it.Kind))
				if it.Public == nil {
					t.Errorf("%s without a public key", it.Kind)
				}
			}
			if got := strings.Join(kinds, " "); got != tc.kinds {
				t.Errorf("kinds %q, want %q", got, tc.kinds)
			}
			if got := strings.Join(rulesOf(fs), " "); got != tc.rules {
				t.Errorf("findings %q, want %q", got, tc.rules)
			}
		})
	}
	// The public half that is left of each key is the one that OpenSSL sees.
	public, _ := Read("public", []byte(leafKey), ReadOptions{})
	for _, f := range []string{"leaf.key", "pkcs1.key", "encrypted.key", "encrypted3.key", "old.key", "key.der", "leaf.csr", "leaf.pem"} {
		m, _ := Read(f, readFile(t, filepath.Join(dir, f)), ReadOptions{Passwords: []string{"secret"}})
		if len(m.Items) != 1 || m.Items[0].SPKIHash() != public.Items[0].SPKIHash() {
			t.Errorf("%s: another public key than openssl gives", f)
		}
	}
	for file, rule := range map[string]string{"modern.p12": "read.p12-wrong-password", "encrypted.key": "read.key-encrypted", "old.key": "read.key-encrypted"} {
		_, fs := Read(file, readFile(t, filepath.Join(dir, file)), ReadOptions{Passwords: []string{"wrong"}})
		if !hasRule(fs, rule) {
			t.Errorf("%s with a wrong password: %v", file, rulesOf(fs))
		}
	}
	if _, fs := Read("p12", readFile(t, filepath.Join(dir, "modern.p12")), ReadOptions{}); !hasRule(fs, "read.p12-password") {
		t.Errorf("without a password: %v", rulesOf(fs))
	}
}

// A file that asks for absurd work is refused before the work is done.
func TestP12TooCostly(t *testing.T) {
	dir := opensslCA(t)
	mustOpenssl(t, dir, "pkcs12", "-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-iter", "20000", "-passout", "pass:secret", "-out", "slow.p12")
	if _, fs := Read("slow.p12", readFile(t, filepath.Join(dir, "slow.p12")), ReadOptions{Passwords: []string{"secret"}, Limits: Limits{Rounds: 30_000}}); !hasRule(fs, "read.too-costly") {
		t.Errorf("%v", rulesOf(fs))
	}
	mustOpenssl(t, dir, "pkcs8", "-topk8", "-in", "leaf.key", "-iter", "90000", "-passout", "pass:secret", "-out", "slow.key")
	if _, fs := Read("slow.key", readFile(t, filepath.Join(dir, "slow.key")), ReadOptions{Passwords: []string{"secret"}, Limits: Limits{Rounds: 30_000}}); !hasRule(fs, "read.too-costly") {
		t.Errorf("%v", rulesOf(fs))
	}
}

// Facts agree with what openssl x509 prints.
func TestInspectAgreesWithOpenSSL(t *testing.T) {
	dir := opensslCA(t)
	m, _ := Read("leaf.pem", readFile(t, filepath.Join(dir, "leaf.pem")), ReadOptions{})
	f := Inspect(m.Items[0], now)
	out := mustOpenssl(t, dir, "x509", "-in", "leaf.pem", "-noout", "-serial", "-fingerprint", "-sha256", "-ext", "subjectKeyIdentifier,authorityKeyIdentifier", "-subject", "-issuer", "-nameopt", "sep_comma_plus_space,sname")
	for what, want := range map[string]string{
		"serial":  "serial=" + strings.ReplaceAll(f.Serial, ":", ""),
		"subject": "subject=" + f.Subject, "issuer": "issuer=" + f.Issuer, "SKI": f.SKI, "AKI": f.AKI,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%s: openssl does not print %q in\n%s", what, want, out)
		}
	}
	print := strings.ToLower(strings.ReplaceAll(out[strings.Index(out, "Fingerprint=")+12:strings.Index(out, "Fingerprint=")+12+95], ":", ""))
	if print != f.SHA256 {
		t.Errorf("fingerprint %s, openssl %s", f.SHA256, print)
	}
	if got := fmt.Sprint(f.Names); got != "[{dns expe1.example.com} {dns example.com} {ip 192.0.2.1} {email ops@example.com} {upn joe@example.com}]" {
		t.Errorf("names %s", got)
	}
	if f.Role != Leaf || strings.Join(f.GoodFor, " ") != "server client" || f.Key.String() != "RSA 2048" || f.Days != 91 {
		t.Errorf("role %s, good for %v, key %s, %d days", f.Role, f.GoodFor, f.Key, f.Days)
	}
}

// Verdicts side by side with openssl verify, over all ways to leave things out.
func TestVerifyAgreesWithOpenSSL(t *testing.T) {
	dir := opensslCA(t)
	mustOpenssl(t, dir, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "self.key", "-out", "self.pem", "-days", "30", "-subj", "/CN=self.example.com", "-addext", "subjectAltName=DNS:self.example.com")
	for _, ext := range []struct{ name, text string }{
		{"server", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:s.example.com\n"},
		{"client", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:c.example.com\n"},
		{"any", "extendedKeyUsage=anyExtendedKeyUsage\nsubjectAltName=DNS:a.example.com\n"},
		{"noeku", "subjectAltName=DNS:n.example.com\n"},
		{"wild", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:*.example.com\n"},
		{"caflag", "basicConstraints=critical,CA:true\nsubjectAltName=DNS:ca.example.com\n"},
		{"old", "subjectAltName=DNS:o.example.com\n"},
	} {
		write(t, dir, ext.name+".ext", []byte(ext.text))
		mustOpenssl(t, dir, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", ext.name+".key", "-out", ext.name+".csr", "-subj", "/CN="+ext.name+".example.com")
		days := "90"
		if ext.name == "old" {
			days = "0"
		}
		mustOpenssl(t, dir, "x509", "-req", "-in", ext.name+".csr", "-CA", "mid.pem", "-CAkey", "mid.key", "-CAcreateserial", "-days", days, "-extfile", ext.name+".ext", "-out", ext.name+".pem")
	}
	mustOpenssl(t, dir, "x509", "-req", "-sha1", "-in", "server.csr", "-CA", "mid.pem", "-CAkey", "mid.key", "-CAcreateserial", "-days", "90", "-extfile", "server.ext", "-out", "sha1.pem")
	mustOpenssl(t, dir, "req", "-newkey", "rsa:1024", "-nodes", "-keyout", "small.key", "-out", "small.csr", "-subj", "/CN=small.example.com")
	mustOpenssl(t, dir, "x509", "-req", "-in", "small.csr", "-CA", "mid.pem", "-CAkey", "mid.key", "-CAcreateserial", "-days", "90", "-extfile", "server.ext", "-out", "small.pem")
	write(t, dir, "none.pem", nil)
	at := opensslNow(t, dir)
	var differ []string
	count := 0
	for _, leaf := range []string{"leaf", "server", "client", "any", "noeku", "wild", "caflag", "old", "sha1", "small", "self", "mid", "root"} {
		for _, trust := range []string{"root.pem", "mid.pem", "cas.pem", "self.pem", "chain.pem"} {
			for _, sent := range []string{"none.pem", "mid.pem", "cas.pem"} {
				for _, purpose := range []Purpose{"", Server, Client} {
					// Level 2 is what TLS itself applies: no SHA-1, no keys under 2048 bits.
					args := []string{"verify", "-auth_level", "2", "-no-CApath", "-no-CAstore", "-attime", fmt.Sprint(at.Unix()), "-CAfile", trust}
					if sent != "none.pem" {
						args = append(args, "-untrusted", sent)
					}
					if purpose != "" {
						args = append(args, "-purpose", "ssl"+string(purpose))
					}
					out, ok := openssl(t, dir, append(args, leaf+".pem")...)
					v := Verify(readItems(t, dir, leaf+".pem")[0], VerifyOptions{Now: at, Purpose: purpose, Trust: readItems(t, dir, trust), Untrusted: readItems(t, dir, sent)})
					complete(t, v.Findings)
					count++
					if v.OK != ok {
						differ = append(differ, fmt.Sprintf("%s trust %s sent %s purpose %q: openssl %v, here %v %s\n%s", leaf, trust, sent, purpose, ok, v.OK, v.Reason, out))
					}
				}
			}
		}
	}
	t.Logf("%d verdicts compared", count)
	if len(differ) > 0 {
		t.Errorf("%d differ, such as\n%s", len(differ), strings.Join(differ[:min(len(differ), 5)], "\n"))
	}
	for _, host := range []string{"expe1.example.com", "EXPE1.example.com", "example.com", "other.example.com", "192.0.2.1", "192.0.2.2", "expe1"} {
		flag := "-verify_hostname"
		if strings.HasPrefix(host, "192") {
			flag = "-verify_ip"
		}
		_, ok := openssl(t, dir, "verify", "-no-CApath", "-no-CAstore", "-CAfile", "cas.pem", flag, host, "leaf.pem")
		v := Verify(readItems(t, dir, "leaf.pem")[0], VerifyOptions{Now: at, Host: host, Trust: readItems(t, dir, "cas.pem")})
		if v.OK != ok {
			t.Errorf("host %s: openssl %v, here %v %s", host, ok, v.OK, v.Reason)
		}
	}
}

func readItems(t testing.TB, dir, file string) []*Item {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := Read(file, data, ReadOptions{})
	return m.Items
}

// Bundles are what OpenSSL opens, and P12 files hold what went in.
func TestBundleOpensInOpenSSL(t *testing.T) {
	dir := opensslCA(t)
	key, err := x509.ParsePKCS8PrivateKey(pemBytes(t, readFile(t, filepath.Join(dir, "leaf.key"))))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []any{nil, key} {
		p := Bundle(readItems(t, dir, "chain.pem"), BundleOptions{Now: opensslNow(t, dir), Forms: []Form{PEM, DER, P7B, P7BDER, P12Modern, P12Legacy}, Base: "out", Key: k, Password: "secret"})
		complete(t, p.Findings)
		if !p.OK {
			t.Fatalf("%v", rulesOf(p.Findings))
		}
		for _, f := range p.Files {
			write(t, dir, f.Name, f.Data)
		}
		mustOpenssl(t, dir, "verify", "-CAfile", "root.pem", "-untrusted", "out-chain.pem", "out.pem")
		mustOpenssl(t, dir, "x509", "-inform", "DER", "-in", "out.cer", "-noout")
		for _, args := range [][]string{
			{"pkcs7", "-in", "out.p7b", "-print_certs", "-noout"},
			{"pkcs7", "-inform", "DER", "-in", "out-der.p7b", "-print_certs", "-noout"},
			{"pkcs12", "-in", "out.p12", "-passin", "pass:secret", "-nokeys"},
			{"pkcs12", "-in", "out-legacy.p12", "-passin", "pass:secret", "-nokeys"},
		} {
			if out := mustOpenssl(t, dir, args...); strings.Count(out, "subject=") != 3 {
				t.Errorf("%v shows\n%s", args, out)
			}
		}
		if out := mustOpenssl(t, dir, "pkcs12", "-in", "out.p12", "-passin", "pass:secret", "-nocerts", "-nodes"); strings.Contains(out, "PRIVATE KEY") != (k != nil) {
			t.Error("the key is where it should not be, or is not where it should")
		}
	}
	p := Bundle(readItems(t, dir, "chain.pem"), BundleOptions{Now: opensslNow(t, dir), Forms: []Form{P12Modern}, Key: testKey(t)})
	if p.OK || !hasRule(p.Findings, "bundle.key-foreign") {
		t.Errorf("a foreign key was packed: %v", rulesOf(p.Findings))
	}
}

// toBER rewrites DER with indefinite lengths and strings in pieces, as old tools do.
func toBER(der []byte) []byte {
	t, err := berTag(der)
	if err != nil {
		return der
	}
	length, n, _, err := berLength(der[t:])
	if err != nil || t+n+length > len(der) {
		return der
	}
	content, rest := der[t+n:t+n+length], der[t+n+length:]
	var out []byte
	switch {
	case der[0]&0x20 != 0:
		out = append(append(append(append(out, der[:t]...), 0x80), toBER(content)...), 0, 0)
	case der[0] == 4 && len(content) > 20:
		half := len(content) / 2
		out = append(out, 0x24, 0x80)
		out = append(out, berWrap([]byte{4}, content[:half])...)
		out = append(append(out, berWrap([]byte{4}, content[half:])...), 0, 0)
	case der[0] == 0x80 && len(content) > 40: // implicitly tagged octets of EncryptedContentInfo
		half := len(content) / 2
		out = append(out, 0xa0, 0x80)
		out = append(out, berWrap([]byte{4}, content[:half])...)
		out = append(append(out, berWrap([]byte{4}, content[half:])...), 0, 0)
	default:
		out = append(out, der[:t+n+length]...)
	}
	if len(rest) > 0 {
		out = append(out, toBER(rest)...)
	}
	return out
}

// Objects in BER are the same objects, and containers within containers are found.
func TestReadBERAndNested(t *testing.T) {
	dir := opensslCA(t)
	mustOpenssl(t, dir, "pkcs12", "-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "cas.pem", "-passout", "pass:secret", "-out", "a.p12")
	mustOpenssl(t, dir, "crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-outform", "DER", "-out", "a.p7b")
	p12, p7b := readFile(t, filepath.Join(dir, "a.p12")), readFile(t, filepath.Join(dir, "a.p7b"))
	leaf := readItems(t, dir, "leaf.pem")[0]
	octets := berWrap([]byte{4}, p12)
	info := berWrap([]byte{0x30}, append([]byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}, berWrap([]byte{0xa0}, octets)...))
	for name, in := range map[string][]byte{
		"certificate in BER":        toBER(leaf.DER),
		"P7B in BER":                toBER(p7b),
		"P12 in BER":                toBER(p12),
		"P12 in base64":             []byte(base64.StdEncoding.EncodeToString(p12)),
		"P12 in PEM":                pem.EncodeToMemory(&pem.Block{Type: "PKCS12", Bytes: p12}),
		"P12 in PKCS #7 data":       info,
		"P12 in P7 data, in base64": []byte(base64.StdEncoding.EncodeToString(info)),
	} {
		m, fs := Read(name, in, ReadOptions{Passwords: []string{"secret"}})
		complete(t, fs)
		if list := m.Of(Certificate); len(list) == 0 || list[0].Fingerprint() != leaf.Fingerprint() {
			t.Errorf("%s: %d items, %v", name, len(m.Items), rulesOf(fs))
		}
	}
	if back, _, err := berToDER(toBER(p12)); err != nil || !bytes.Equal(back, p12) {
		t.Error("BER and back is not the same")
	}
}
