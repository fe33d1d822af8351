package endurance

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// written are secrets as they stand in what people paste. What is between ⟦ and ⟧ is the
// secret; {a20} stands for so many letters and digits, {h20} hexadecimal, {A20}
// capitals and digits, {d20} digits, {b20} base64. Each use gets a value of its own.
var written = map[string]string{
	"password":                   "login with password: ⟦Tr0ub{a8}!⟧",
	"password in JSON":           `{"username":"admin","password":"⟦pW9{a14}⟧"}`,
	"password in zh-Hans":        "管理员密码：⟦Zx7{a10}⟧ 请不要外传",
	"password in zh-Hant":        "使用者密碼是 ⟦Zx7{a10}⟧",
	"password in prose":          "my password is ⟦Winter{a8}!7⟧ by the way",
	"password in XML":            "<axl:password>⟦q8{a12}⟧</axl:password>",
	"password as an option":      "mysqldump --password=⟦m9{a12}⟧ -h db",
	"user and password":          "user admin / ⟦Cisco!{d5}x{a4}⟧",
	"administrator and password": "we log in as administrator / ⟦Tr0ub{a8}!⟧ there",
	"PIN in YAML":                "hsm:\n  slot: 1\n  pin: ⟦{d10}⟧\n",
	"key in hex":                 "EC private key: ⟦{h64}⟧",
	"keystore password":          "keytool -list -storepass ⟦ks{d3}{a8}⟧ -keystore my.jks",
	"openssl passin":             "openssl pkcs12 -in a.pfx -passin pass:⟦pf{d3}{a8}⟧ -nokeys",
	"URL password":               "https://axluser:⟦u{d3}{a10}⟧@cucm.example.com/axl/",
	"curl user":                  "curl -k -u axluser:⟦c{d3}{a10}⟧ https://cucm.example.com:8443/axl/",
	"basic":                      "Authorization: Basic ⟦{b24}⟧",
	"bearer":                     "authorization: Bearer ⟦{a40}⟧",
	"proxy authorization":        "Proxy-Authorization: NTLM ⟦TlRMTVNTUAAB{b30}⟧",
	"AWS signature":              "Authorization: AWS4-HMAC-SHA256 Credential=⟦AKIA{A16}/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={h64}⟧",
	"cookie":                     "Cookie: ⟦JSESSIONIDSSO={A32}⟧",
	"set-cookie":                 "Set-Cookie: ⟦sid={a24}; Path=/; HttpOnly⟧",
	"session in an address":      "GET /ccmadmin/showHome.do;jsessionid=⟦{A32}⟧ HTTP/1.1",
	"API key":                    "x-api-key: ⟦{a32}⟧",
	"Azure storage key":          "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=⟦{b86}==⟧;EndpointSuffix=core.windows.net",
	"Azure SAS":                  "https://x.blob.core.windows.net/c/b?sv=2022-11-02&sig=⟦{a40}%3D⟧",
	"Azure client secret":        "AZURE_CLIENT_SECRET=⟦abc8Q~{a34}⟧",
	"AWS key id":                 "aws_access_key_id = ⟦AKIA{A16}⟧",
	"AWS secret":                 "aws_secret_access_key = ⟦{b40}⟧",
	"AWS session token":          "aws_session_token=⟦IQoJb3JpZ2lu{b200}⟧",
	"GCP API key":                "key=⟦AIza{a35}⟧",
	"GCP OAuth":                  "access token ⟦ya29.{a60}⟧",
	"GitHub token":               "remote: https://⟦ghp_{a36}⟧@github.com/x/y",
	"GitHub fine-grained":        "⟦github_pat_{a22}_{a40}⟧",
	"GitLab token":               "GITLAB_TOKEN=⟦glpat-{a20}⟧",
	"Slack bot token":            "bot token ⟦xoxb-{d12}-{a24}⟧",
	"Slack app token":            "⟦xapp-1-A{A9}-{d13}-{h40}⟧",
	"Slack webhook":              "https://hooks.slack.com/services/⟦T{A8}/B{A8}/{a24}⟧",
	"Webex token":                "export WEBEX_TOKEN=⟦{a64}_PF84_{h8}-1234-1234-1234-{h12}⟧",
	"Vault service token":        "X-Vault-Token: ⟦hvs.CAES{a60}⟧",
	"Vault legacy token":         "vault login ⟦s.{a24}⟧",
	"Vault unseal key":           "Unseal Key 1: ⟦{b43}=⟧",
	"JWT":                        "got ⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{a20}.{a43}⟧",
	"OAuth code":                 "GET /cb?code=⟦4/0AY0{a20}⟧&state=x",
	"refresh token":              `"refresh_token": "⟦{a40}⟧"`,
	"SAML":                       "SAMLResponse=⟦PHNhbWxwOlJlc3BvbnNl{b120}⟧",
	"npm token":                  "//registry.example.com/:_authToken=⟦npm_{a36}⟧",
	"OpenAI key":                 "OPENAI_API_KEY=⟦sk-proj-{a40}⟧",
	"Stripe key":                 "⟦sk_live_{a24}⟧",
	"SNMP community":             "snmp-server community ⟦rO{a8}⟧ RO",
	"SNMP on a command":          "snmpwalk -v2c -c ⟦rW{a8}⟧ 10.0.0.1 system",
	"SNMPv3":                     "snmp-server user u g v3 auth sha ⟦aU{a10}⟧ priv aes 128 ⟦pR{a10}⟧",
	"Cisco type 7":               "enable password 7 ⟦08{h16}⟧",
	"Cisco type 5":               "enable secret 5 ⟦$1${a4}${a22}⟧",
	"Cisco type 8":               "username admin secret 8 ⟦$8${a14}${a43}⟧",
	"Cisco type 9":               "username admin secret 9 ⟦$9${a14}${a43}⟧",
	"RADIUS key":                 "radius-server host 10.1.1.1 key ⟦Rk{a10}⟧",
	"TACACS key":                 "tacacs server T\n key 7 ⟦09{h16}⟧",
	"IKE pre-shared key":         "crypto isakmp key ⟦Ik{a12}⟧ address 192.0.2.1",
	"wireless key":               "wpa-psk: ⟦Wl{a12}⟧",
	"SIP digest":                 `Authorization: Digest username="1001",realm="ccmsipline",nonce="x",uri="sip:a",response="⟦{h32}⟧"`,
	"LDAP bind":                  "ldapsearch -x -D cn=admin,dc=x -w ⟦lD{a10}⟧ -b dc=x",
	"connection string":          "Server=db;User Id=sa;Password=⟦Cs{a10}!⟧;Encrypt=true",
	"shadow":                     "root:⟦$6${a12}${a60}⟧:19000:0:99999:7:::",
	"TLS master key":             "    Master-Key: ⟦{H96}⟧",
	"TLS key log":                "CLIENT_RANDOM {h64} ⟦{h96}⟧",
	"TLS 1.3 key log":            "CLIENT_HANDSHAKE_TRAFFIC_SECRET {h64} ⟦{h64}⟧",
	"WireGuard":                  "[Interface]\nPrivateKey = ⟦{b43}=⟧",
	"one-time password":          "otpauth://⟦totp/Example:alice?secret={A16}⟧",
	"age key":                    "⟦AGE-SECRET-KEY-1{A58}⟧",
	"JWK":                        `{"kty":"EC","crv":"P-256","x":"AAAA","d":"⟦{a43}⟧"}`,
	"CSRF token":                 "X-CSRF-Token: ⟦{a32}⟧",
}

var placeholders = regexp.MustCompile(`\{([abAhHd])(\d+)\}`)

var alphabets = map[string]string{
	"a": "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", "A": "ABCDEFGHJKLMNPQRSTUVWXYZ234567", "h": "0123456789abcdef",
	"H": "0123456789ABCDEF", "d": "0123456789", "b": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
}

// plant gives a use of a written secret, and what must not be found of it.
func plant(template string) (text string, secrets []string) {
	text = placeholders.ReplaceAllStringFunc(template, func(p string) string {
		m := placeholders.FindStringSubmatch(p)
		n, _ := strconv.Atoi(m[2])
		if template == written["basic"] { // has to be what it says: RFC 7617
			return base64.StdEncoding.EncodeToString([]byte("admin:" + random("a", 12)))
		}
		return random(m[1], n)
	})
	for _, m := range regexp.MustCompile(`(?s)⟦(.*?)⟧`).FindAllStringSubmatch(text, -1) {
		// The longest word of it: around that, keys and separators may well stay.
		longest := ""
		for _, w := range strings.FieldsFunc(m[1], func(r rune) bool { return strings.ContainsRune(" ,;=?&/\n", r) }) {
			if len(w) > len(longest) {
				longest = w
			}
		}
		secrets = append(secrets, longest)
	}
	return strings.NewReplacer("⟦", "", "⟧", "").Replace(text), secrets
}

func random(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabets[alphabet][rand.IntN(len(alphabets[alphabet]))]
	}
	return string(out)
}

// keyKinds makes a private key of each kind with the tools that people use, and gives it
// in the shapes in which they paste it.
func keyKinds(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	run := func(program string, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %v: %v", program, args, err)
		}
		return string(out)
	}
	genpkey := func(args ...string) string { return run("openssl", append([]string{"genpkey"}, args...)...) }
	rsa := genpkey("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
	ec := genpkey("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	write := func(name, text string) string {
		t.Helper()
		writeFile(t, filepath.Join(dir, name), text)
		return name
	}
	write("rsa.pem", rsa)
	write("ec.pem", ec)
	out := map[string]string{
		"PKCS #8 RSA": rsa, "PKCS #8 EC": ec,
		"PKCS #8 Ed25519":       genpkey("-algorithm", "ED25519"),
		"PKCS #1":               run("openssl", "rsa", "-in", "rsa.pem", "-traditional"),
		"SEC 1":                 run("openssl", "ec", "-in", "ec.pem"),
		"PKCS #1 encrypted":     run("openssl", "rsa", "-in", "rsa.pem", "-traditional", "-aes256", "-passout", "pass:x1y2z3"),
		"PKCS #8 encrypted":     run("openssl", "pkcs8", "-topk8", "-in", "rsa.pem", "-passout", "pass:x1y2z3"),
		"PKCS #8 PBES1":         run("openssl", "pkcs8", "-topk8", "-in", "ec.pem", "-v1", "PBE-SHA1-3DES", "-passout", "pass:x1y2z3"),
		"one line":              strings.ReplaceAll(genpkey("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "\n", " "),
		"no line breaks":        strings.ReplaceAll(genpkey("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "\n", ""),
		"CRLF":                  strings.ReplaceAll(genpkey("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "\n", "\r\n"),
		"indented":              "tls:\n  key: |\n    " + strings.ReplaceAll(genpkey("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"), "\n", "\n    "),
		"quoted":                "> " + strings.ReplaceAll(genpkey("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"), "\n", "\n> "),
		"escaped in JSON":       `{"private_key": "` + strings.ReplaceAll(genpkey("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"), "\n", `\n`) + `"}`,
		"PEM in base64 in JSON": `{"tls.key": "` + base64.StdEncoding.EncodeToString([]byte(genpkey("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"))) + `"}`,
		"PEM in base64 in YAML": "data:\n  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\n  tls.key: " + base64.StdEncoding.EncodeToString([]byte(genpkey("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"))),
		"DER in base64":         base64.StdEncoding.EncodeToString([]byte(genpkey("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER"))),
		"printed by OpenSSL":    run("openssl", "pkey", "-in", write("printed.pem", genpkey("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")), "-noout", "-text"),
		"printed RSA":           run("openssl", "pkey", "-in", write("printed2.pem", genpkey("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")), "-noout", "-text"),
		"cut off":               strings.Join(strings.Split(genpkey("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "\n")[:12], "\n"),
	}
	// Not in PEM: what tools and programs make of the file.
	der := func(name string, args ...string) string {
		return write(name, genpkey(append(args, "-outform", "DER")...))
	}
	p256 := []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}
	out["hex"] = hex.EncodeToString([]byte(genpkey(append(p256, "-outform", "DER")...)))
	out["hex in a log"] = "2026-11-21T10:00:01 tvcs: Detail=\"der=" + hex.EncodeToString([]byte(genpkey(append(p256, "-outform", "DER")...))) + "\" result=1"
	out["dumped by od"] = run("od", der("od.der", p256...))
	out["dumped by od in bytes"] = run("od", "-A", "x", "-t", "x1", der("od1.der", p256...))
	out["dumped as xxd"] = hex.Dump([]byte(genpkey(append(p256, "-outform", "DER")...)))
	out["dumped in armour"] = hex.Dump([]byte(genpkey(p256...)))
	out["dumped as an array"] = strings.ReplaceAll(fmt.Sprintf("% #x", []byte(genpkey(append(p256, "-outform", "DER")...))), " ", ", ")
	out["Ed25519 line"] = base64.StdEncoding.EncodeToString([]byte(genpkey("-algorithm", "ED25519", "-outform", "DER")))
	out["URL-encoded"] = url.QueryEscape(genpkey(p256...))
	run("openssl", "req", "-x509", "-key", "ec.pem", "-subj", "/CN=x", "-out", "ec.crt")
	out["PKCS #12 in base64"] = base64.StdEncoding.EncodeToString([]byte(run("openssl", "pkcs12", "-export", "-inkey", "ec.pem", "-in", "ec.crt", "-passout", "pass:x1y2z3")))
	out["compressed"] = base64.StdEncoding.EncodeToString([]byte(run("gzip", "-c", der("gz.der", p256...))))
	for _, kind := range []string{"rsa", "ecdsa", "ed25519"} {
		run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", filepath.Join(dir, "id_"+kind))
		out["OpenSSH "+kind] = readFile(t, filepath.Join(dir, "id_"+kind))
	}
	run("ssh-keygen", "-q", "-t", "rsa", "-N", "x1y2z3", "-f", filepath.Join(dir, "id_locked"))
	out["OpenSSH encrypted"] = readFile(t, filepath.Join(dir, "id_locked"))
	return out
}

// keyNeedles are pieces from the middle of what a key's text says: of base64 runs and of
// lines of hexadecimal. The public half is public.
func keyNeedles(kind, text string) []string {
	if strings.HasPrefix(kind, "printed") {
		at := strings.Index(text, "priv")
		lines := strings.Split(text[at:], "\n")
		return []string{strings.TrimSpace(lines[1]), strings.TrimSpace(lines[2])}
	}
	if strings.HasPrefix(kind, "dumped") { // of each the numbers of two lines, or a piece from the middle
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if len(lines) == 1 {
			return []string{text[len(text)/2 : len(text)/2+60]}
		}
		var out []string
		for _, line := range lines[2:4] {
			out = append(out, line[10:46])
		}
		return out
	}
	flat := strings.NewReplacer(`\n`, "\n", "> ", "").Replace(text)
	var out []string
	for _, run := range regexp.MustCompile(`[A-Za-z0-9+/]{40,}`).FindAllString(flat, -1) {
		for from := 8; from+24 <= len(run) && len(out) < 400; from += 64 {
			out = append(out, run[from:from+24])
		}
	}
	return out[min(len(out)/4, len(out)-1):] // the beginning of encodings is the same for all
}
