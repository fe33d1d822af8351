package keys

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// TestRawKeysByTheirLabel: a key without any structure is known only by the words before
// it; the same bytes under other words are left.
func TestRawKeysByTheirLabel(t *testing.T) {
	k := must[*ecdh.PrivateKey](t)(ecdh.X25519().GenerateKey(rand.Reader)).Bytes()
	h, b := hex.EncodeToString(k), base64.StdEncoding.EncodeToString(k)
	for !mixed([]byte(b)) { // one in a thousand has no digit
		k = must[*ecdh.PrivateKey](t)(ecdh.X25519().GenerateKey(rand.Reader)).Bytes()
		h, b = hex.EncodeToString(k), base64.StdEncoding.EncodeToString(k)
	}
	both := h + hex.EncodeToString(k[:16]) + strings.Repeat("7f", 16)
	for _, text := range []string{
		"private key: " + h, "private key (hex): " + h, "privkey=" + h, "priv = 0x" + h, "EC private key\n" + h, "the server's key is " + h,
		`{"privateKey":"` + h + `"}`, "ed25519 key: " + h, "key: " + h, "secret key: " + both, "signing_key: '" + h + "'", "seed = " + strings.ToUpper(h),
		"d = " + h, `d: "0x` + h + `"`, "私钥：" + h, "私鑰是 " + h, "私密金鑰: " + h, "ed25519 private key (raw, 32 bytes): " + h, "tls.key: " + h,
		"private_key: " + b, "PrivateKey = " + b, `"private": "` + b + `"`, "ed25519 secret key " + b, "x25519 key: " + b,
		"priv:\n    " + strings.Join(pairs(k[:15]), ":") + ":\n    " + strings.Join(pairs(k[15:30]), ":") + ":\n    " + strings.Join(pairs(k[30:]), ":") + "\npub:\n    04:ab",
		"privateExponent:\n    " + strings.Join(pairs(k[:15]), ":") + ":\n    " + strings.Join(pairs(k[15:]), ":") + "\n",
		"\"privateKey\": [\n  " + joined(k, ",\n  ", "%d") + "\n]", "private key:\n" + joined(k, "\n", "%02x"),
		"private key bytes: " + fmt.Sprint(k), "static const uint8_t private_key[32] = {" + joined(k, ", ", "0x%02x") + "};",
		"<PrivateKey>" + b + "</PrivateKey>", "<privateKey>" + h + "</privateKey>", "sha256 of it: " + strings.Repeat("ab", 32) + "\nprivate key: " + h,
		"2026-11-20T08:01:03Z app: loaded private key " + h + " from store",
	} {
		left := rest(text, Find(text))
		if strings.Contains(strings.ToLower(left), h[:24]) || strings.Contains(left, b[:20]) || strings.Contains(left, strings.Join(pairs(k[:10]), ":")) ||
			strings.Contains(left, joined(k[:10], ", ", "0x%02x")) ||
			strings.Contains(left, joined(k[:10], ",\n  ", "%d")) || strings.Contains(left, joined(k[:10], "\n", "%02x")) || strings.Contains(left, strings.Trim(fmt.Sprint(k[:10]), "[]")) {
			t.Errorf("%.60q: the key is left", text)
		}
	}
	for _, text := range []string{
		"public key: " + h, "pub=" + h, "Public-Key (hex): " + h, "SHA256 Fingerprint=" + h, "sha256: " + h, h, "session id: " + h, "SHA-256 of the private key: " + h,
		"private key fingerprint: " + h, "Session-ID: " + h, "cache key: " + h, "serial: " + h, "X509v3 Subject Key Identifier:\n    " + strings.Join(pairs(k[:20]), ":"),
		"key id: " + h, "keyid=" + h, `"publicKey":"` + h + `"`, "object key " + h, "etag: " + h, "nonce=" + h, "digest: sha256:" + h, "pin-sha256=\"" + b + "\"",
		"public_key: " + b, "ssh-ed25519 " + b, "公钥：" + h, "image@sha256:" + h, "commit " + h, "trace_id=" + h, "private key: /etc/pki/tls/private/expressway-server-e1.key",
		"modulus:\n    00:" + strings.Join(pairs(k), ":"), "Enter pass phrase for /etc/pki/tls/private/Expressway1/server.key:",
		"the private key does not match the certificate " + h, "signature: " + h,
	} {
		if found := Find(text); len(found) > 0 {
			t.Errorf("%q is taken for a key", text)
		}
	}
}

func pairs(b []byte) (out []string) {
	for _, c := range b {
		out = append(out, fmt.Sprintf("%02x", c))
	}
	return out
}

// TestNamedNumbers: forms in which the numbers of a key stand under names.
func TestNamedNumbers(t *testing.T) {
	number := func() string {
		raw := make([]byte, 40)
		rand.Read(raw) //nolint:errcheck // it does not fail
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	for _, form := range []string{
		`{"kty":"EC","crv":"P-256","x":"AAAA","d":"%s"}`, `{"keys":[{"kty":"RSA","n":"AQAB","d": "%s"}]}`, "{\n  \"kty\": \"OKP\",\n  \"d\":\n \"%s\"\n}",
		`{\"kty\":\"EC\",\"d\":\"%s\"}`, `{'kty': 'EC', 'd': '%s'}`, "kty: EC\nd: %s\n", `{"kty":"oct","k":"%s"}`,
		"{\u201ckty\u201d: \u201cEC\u201d, \u201cd\u201d: \u201c%s\u201d}", "{\u2018kty\u2019\uff1a\u2018EC\u2019\uff0c\u2018d\u2019\uff1a\u2018%s\u2019}", "{\"kty\": \"EC\", \u201ed\u201c: \u201e%s\u201c}",
		"<RSAKeyValue><Modulus>AQAB</Modulus><D>%s</D></RSAKeyValue>", "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: %s\n",
		"PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\n%s\nPrivate-MAC: 00\n",
	} {
		secret := strings.NewReplacer("-", "A", "_", "B").Replace(number())
		text := fmt.Sprintf(form, secret)
		if left := rest(text, Find(text)); strings.Contains(left, secret[8:32]) {
			t.Errorf("%q is left", left)
		}
	}
	for _, text := range []string{
		`{"kty":"EC","crv":"P-256","x":"` + number() + `","y":"` + number() + `","kid":"` + number() + `"}`,
		`{"kty":"RSA","n":"` + number() + number() + `","e":"AQAB","x5t":"` + number() + `"}`, "<RSAKeyValue><Modulus>" + number() + "</Modulus></RSAKeyValue>",
		`{"d":"` + number() + `"}`,
	} {
		if found := Find(text); len(found) > 0 {
			t.Errorf("%q is taken for a key", text)
		}
	}
}
