package read

import "strings"

// always are beginnings of lines that s_client, s_server, curl -v and x509 -text print
// whatever happens (OpenSSL apps/s_client.c, apps/lib/s_cb.c, ssl/ssl_txt.c of 1.0.2 to 3.6;
// curl lib/vtls/openssl.c). What a verdict may stand in is not here.
var always = []string{
	"No client certificate CA names sent", "Peer signing digest:", "Peer signature type:", "Server Temp Key:", "Peer Temp Key:",
	"Negotiated TLS1.3 group:", "SSL handshake has read ", "Secure Renegotiation IS ", "Compression: ", "Expansion: ",
	"No ALPN negotiated", "ALPN protocol: ", "Early data was ", "New, TLSv", "New, SSLv", "Reused, TLSv", "Reused, SSLv", "Server public key is ", "SSL-Session:",
	"Session-ID:", "Session-ID-ctx:", "Resumption PSK:", "Master-Key:", "PSK identity: ", "PSK identity hint:", "SRP username:", "Start Time:", "Timeout   :",
	"Extended master secret:", "Max Early Data:", "TLS session ticket", "Post-Handshake New Session Ticket", "Protocol  : ", "Cipher    : ",
	"Requested Signature Algorithms:", "Shared Requested Signature Algorithms:", "Signature Algorithms:", "Shared Signature Algorithms:",
	"Supported groups:", "Shared groups:", "Supported Elliptic Groups:", "Supported Elliptic Curves:", "Shared Elliptic groups:", "Peer signing",
	"Client Certificate Types:", "CIPHER is ", "Shared ciphers:", "Ciphers common between both SSL end points", "Supported Ciphersuites:", "Ciphersuite:", "Ciphersuites:",
	"Key-Arg   :", "Krb5 Principal:", "read R BLOCK", "read:errno=0", "a:PKEY:", "SSL3 alert write:warning:close notify", "SSL3 alert read:warning:close notify",
	"verify return:1", "---", "DONE", "OCSP response: no response sent", "OCSP response: no OCSP response received", "no OCSP response to print", "Peer certificates: ", "Hash used: ", "Next protocol:", "This TLS version forbids renegotiation", "DANE TLSA 0 ",
	"* ALPN", "* Cipher selection:", "* TLSv1.2 (OUT), TLS handshake", "* TLSv1.2 (IN), TLS handshake", "* TLSv1.3 (OUT), TLS handshake", "* TLSv1.3 (IN), TLS handshake",
	"* TLSv1.3 (OUT), TLS change cipher", "* TLSv1.3 (IN), TLS change cipher", "* TLSv1.2 (OUT), TLS change cipher", "* TLSv1.2 (IN), TLS change cipher",
	"X509v3 Subject Key Identifier", "X509v3 Authority Key Identifier", "keyid:", "Modulus:", "Signature Value:", "Exponent:",
}

// byFirst finds the beginnings of always by their first byte, so that most lines are
// told by one look.
var byFirst = func() (m [256][]string) {
	for _, s := range always {
		m[s[0]] = append(m[s[0]], s)
	}
	return m
}()

func boilerplate(t string) bool {
	for _, s := range byFirst[t[0]] {
		if !strings.HasPrefix(t, s) {
			continue
		}
		if s == "---" || s == "DONE" {
			return len(t) == len(s)
		}
		if strings.HasSuffix(s, " ") || strings.HasSuffix(s, ":") || len(t) < len(s)+40 {
			return true
		}
	}
	return cipherList(t)
}

// cipherList tells a list of cipher suites, groups or signature algorithms: most of its
// words are joined by - _ + and have capitals.
func cipherList(t string) bool {
	if len(t) < 48 || strings.Count(t, ":")+strings.Count(t, ",") < 3 {
		return false
	}
	all, named := 0, 0
	for w := range strings.FieldsFuncSeq(t[:min(len(t), 4<<10)], func(r rune) bool { return r == ':' || r == ',' || r == ' ' }) {
		all++
		if len(w) > 4 && strings.ToUpper(w) == w && strings.ContainsAny(w, "-_+") && containsAny(w, []string{"AES", "RSA", "ECDSA", "CHACHA", "SHA", "NULL", "DES", "RC4", "CAMELLIA", "ARIA"}) {
			named++
		}
	}
	return named >= 4 && named*4 >= all*3
}

// stackFrame tells a frame of a stack trace: Java and .NET "at a.b.C(...)", Node "at fn
// (file:1:2)", Python `File "x", line 1`, Go's "goroutine 1 [running]:" and
// "\t/dir/file.go:12 +0x1d", Java's "... 12 more".
func stackFrame(t string) bool {
	switch {
	case strings.HasPrefix(t, "at "):
		rest := t[3:]
		if !strings.Contains(rest, "(") {
			return containsAny(rest, []string{".js:", ".ts:", "node:"}) && len(rest) < 300
		}
		name, _, _ := strings.Cut(rest, "(")
		return strings.HasSuffix(t, ")") && strings.Count(strings.TrimSpace(name), " ") <= 3 &&
			(strings.ContainsAny(name, "./<$") || containsAny(rest, []string{".js:", ".ts:", "node:", ".java:"})) ||
			strings.Contains(rest, ") in ") && strings.Contains(rest, ":line ") || strings.HasSuffix(t, ") ~[?:?]") || strings.HasSuffix(t, "]") && strings.Contains(rest, ".java:")
	case strings.HasPrefix(t, `File "`):
		return strings.Contains(t, `", line `)
	case strings.HasPrefix(t, "... "):
		return strings.HasSuffix(t, " more") || strings.HasSuffix(t, "common frames omitted")
	case strings.HasPrefix(t, "goroutine "):
		return strings.HasSuffix(t, "]:")
	case strings.HasPrefix(t, "created by "):
		name := t[len("created by "):]
		return strings.Contains(name, ".") && !strings.Contains(strings.TrimSpace(name), " ") || strings.Contains(name, " in goroutine ")
	case strings.HasPrefix(t, "--- End of inner exception stack trace"), strings.HasPrefix(t, "--- End of stack trace from"):
		return true
	}
	if i := strings.Index(t, ".go:"); i > 0 {
		return t[0] == '/' && len(t) < 400 && !strings.Contains(t[:i], " ") && (strings.Contains(t, " +0x") || strings.Count(t, " ") == 0)
	}
	return strings.HasSuffix(t, ")") && containsAny(t, []string{"(0x", "(...)", "({0x"}) && strings.Contains(t, ".") && !strings.Contains(t[:strings.IndexByte(t, '(')], " ") && !strings.Contains(t, ": ")
}
