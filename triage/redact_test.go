package triage

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

// keyTexts gives private keys in the forms in which people paste them.
func keyTexts(t *testing.T) map[string]string {
	t.Helper()
	rk, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ek, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p8, err := x509.MarshalPKCS8PrivateKey(ek)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(ek)
	if err != nil {
		t.Fatal(err)
	}
	armour := func(label string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
	}
	p1 := armour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rk))
	flat := strings.ReplaceAll(p1, "\n", `\n`)
	lines := strings.Split(p1, "\n")
	return map[string]string{
		"pkcs1":            p1,
		"pkcs8":            armour("PRIVATE KEY", p8),
		"sec1":             armour("EC PRIVATE KEY", sec1),
		"encrypted":        armour("ENCRYPTED PRIVATE KEY", p8),
		"openssh":          armour("OPENSSH PRIVATE KEY", append([]byte("openssh-key-v1\x00"), p8...)),
		"pgp":              strings.ReplaceAll(armour("PGP PRIVATE KEY BLOCK", p8), "BLOCK-----\n", "BLOCK-----\nVersion: x\n\n"),
		"escaped newlines": `{"private_key": "` + flat + `"}`,
		"quoted":           "> " + strings.ReplaceAll(p1, "\n", "\n> "),
		"indented":         "    " + strings.ReplaceAll(p1, "\n", "\n    "),
		"crlf":             strings.ReplaceAll(p1, "\n", "\r\n"),
		"cut off":          strings.Join(lines[:8], "\n"),
		"one line":         strings.Join(lines, " "),
		"no dashes":        strings.ReplaceAll(p1, "-----", ""),
		"long dashes":      strings.ReplaceAll(p1, "-----", "—"),
		"bare base64":      base64.StdEncoding.EncodeToString(p8),
		"bare base64 rsa":  base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(rk)),
		"body only":        strings.Join(lines[1:len(lines)-2], "\n"),
	}
}

func TestPrivateKeysInEveryForm(t *testing.T) {
	for name, text := range keyTexts(t) {
		whole := "tls: private key does not match public key\n" + text + "\nwhat now?\n"
		out, list := Redact(whole)
		longest := 0
		run := 0
		for i := range len(out) {
			if alnum(out[i]) || strings.IndexByte("+/=", out[i]) >= 0 {
				run++
				longest = max(longest, run)
			} else {
				run = 0
			}
		}
		if longest > 30 {
			t.Errorf("%s: %d characters of key are left", name, longest)
		}
		if len(list) != 1 || list[0].Kind != "private-key" {
			t.Errorf("%s: reported %v", name, list)
		}
		if !strings.Contains(out, "what now?") || !strings.Contains(out, "does not match public key") {
			t.Errorf("%s: took more than the key: %q", name, out)
		}
		if strings.Count(out, "\n") != strings.Count(whole, "\n") {
			t.Errorf("%s: line numbers moved", name)
		}
	}
}

// What is no secret must stay, or the evidence goes with it.
func TestRedactLeavesTheRest(t *testing.T) {
	rk, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, rk)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := x509.MarshalPKIXPublicKey(&rk.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pub})),
		"keytool error: java.io.IOException: keystore password was incorrect",
		"Mac verify error: invalid password?",
		"the private key does not match the certificate",
		"Enter pass phrase for server.key:",
		"tls: failed to find any PEM data in key input",
		"TLS key : edge.key\nTLS cert : cms.cer",
		"password authentication failed for user \"app\"",
		"my password is not accepted",
		"wrong password: authentication failed",
		"X509v3 Authority Key Identifier: keyid:45:8E:34:17:B0:6E:19:DC:6F:52:65:0F:FC:CB:01:06:18:C2:B6:27",
		"SSL-Session: Protocol : TLSv1.2 Cipher : ECDHE-RSA-AES256-GCM-SHA384",
		"serial=0123456789ABCDEF0123456789ABCDEF0123",
		"SHA256 Fingerprint=3B:37:23:04:BE:92:0C:FF:2D:48:0B:52:07:5C:D5:08",
		"用户名和密码正确",
		"token expired",
		"log in as administrator / operator, then open admin/page2",
		"root:x:0:0:root:/root:/bin/bash",
		"pin: sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"the pin: wrong",
		"GET /admin/10.5.2/index HTTP/1.1",
		"basic constraints failed",
		"cookie consent banner",
	} {
		if out, _ := Redact(text); out != text {
			t.Errorf("%q became %q", text, out)
		}
	}
}

func TestMask(t *testing.T) {
	text := "expe1.example.com (10.1.2.3) rejects expc1.example.com; mail bob@example.com, 10.1.2.3 again, at 10:20:30, cert.pem, javax.net.ssl.SSLHandshakeException"
	out, back := Mask(text)
	for _, s := range []string{"example.com", "10.1.2.3", "bob"} {
		if strings.Contains(out, s) {
			t.Errorf("%q is left in %q", s, out)
		}
	}
	for _, s := range []string{"cert.pem", "SSLHandshakeException", "10:20:30", "rejects"} {
		if !strings.Contains(out, s) {
			t.Errorf("%q is gone from %q", s, out)
		}
	}
	for stand, was := range back {
		out = strings.ReplaceAll(out, stand, was)
	}
	if out != text {
		t.Errorf("the way back gives %q", out)
	}
}

// TestCutEventsHoldNoKey: an excerpt that cuts a long line may have the end of a key
// without its beginning; it is known by the whole.
func TestCutEventsHoldNoKey(t *testing.T) {
	kb := loadKB(t)
	rk, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprintf("%x", x509.MarshalPKCS1PrivateKey(rk))
	for _, line := range []string{
		"expc1 debug: der=" + key + " certificate has expired",
		"expc1 debug: certificate has expired, der=" + key + " and so on",
		"certificate has expired " + strings.Repeat("x ", 500) + " der=" + key,
	} {
		found, err := kb.Excerpts(t.Context(), strings.NewReader(strings.Repeat("quiet\n", 1000)+line+"\nquiet\n"))
		if err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		for _, e := range found {
			for at := 0; at+32 < len(key); at += 16 {
				if strings.Contains(e.Text, key[at:at+32]) {
					t.Fatalf("%d bytes into it, the key is in the excerpt %.200q", at/2, e.Text)
				}
			}
		}
	}
}

// TestKeyNamesTheKind: what holds a private key is called one, whatever else it is: the
// doors ask for it by its kind.
func TestKeyNamesTheKind(t *testing.T) {
	ek, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(ek)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"Cookie: a=b; k=%x", "Authorization: Basic %x", "password: %x", "token=%x"} {
		if _, list := Redact(fmt.Sprintf(form, der)); len(list) != 1 || list[0].Kind != privateKey {
			t.Errorf("%s: %v", form, list)
		}
	}
}

// TestSecretStandsAgain: a secret that a word gives away is taken out where it stands
// without one, too.
func TestSecretStandsAgain(t *testing.T) {
	out, _ := Redact("login with password: Tr0ub4dor&3 fails\nauth: user bob, Tr0ub4dor&3, refused\n")
	if strings.Contains(out, "Tr0ub4dor") || !strings.Contains(out, "user bob") {
		t.Errorf("%q", out)
	}
}
