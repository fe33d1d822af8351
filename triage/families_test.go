package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// alerts are the fatal alerts of RFC 8446 section 6 that speak of certificates,
// versions and ciphers, as OpenSSL, the protocol and Go spell them.
var alerts = []struct {
	number                    int
	openssl, protocol, golang string
	causes                    string // the right answers
}{
	{40, "sslv3 alert handshake failure", "handshake_failure", "handshake failure", "cipher-mismatch client-cert-not-presented tls-version-mismatch"},
	{41, "sslv3 alert no certificate", "no_certificate", "no certificate", "client-cert-not-presented"},
	{42, "sslv3 alert bad certificate", "bad_certificate", "bad certificate", "peer-rejected-unspecified untrusted-ca missing-intermediate"},
	{43, "sslv3 alert unsupported certificate", "unsupported_certificate", "unsupported certificate", "eku-missing-clientauth eku-incompatible"},
	{44, "sslv3 alert certificate revoked", "certificate_revoked", "revoked certificate", "revoked"},
	{45, "sslv3 alert certificate expired", "certificate_expired", "expired certificate", "expired"},
	{46, "sslv3 alert certificate unknown", "certificate_unknown", "unknown certificate", "peer-rejected-unspecified missing-intermediate untrusted-ca"},
	{48, "tlsv1 alert unknown ca", "unknown_ca", "unknown certificate authority", "untrusted-ca missing-intermediate"},
	{70, "tlsv1 alert protocol version", "protocol_version", "protocol version not supported", "tls-version-mismatch"},
	{71, "tlsv1 alert insufficient security", "insufficient_security", "insufficient security level", "cipher-mismatch weak-key-or-digest"},
	{112, "tlsv1 unrecognized name", "unrecognized_name", "unrecognized name", "name-mismatch"},
	{116, "tlsv13 alert certificate required", "certificate_required", "certificate required", "client-cert-not-presented"},
}

// An alert is the same in the words of every stack.
func TestAlertsInEveryStack(t *testing.T) {
	for _, a := range alerts {
		words := strings.Fields(strings.ReplaceAll(a.protocol, "_", " "))
		for i, w := range words {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
		title, camel := strings.Join(words, " "), strings.Join(words, "")
		upper := strings.ToUpper(strings.ReplaceAll(a.openssl, " ", "_"))
		plain := strings.ReplaceAll(a.protocol, "_", " ")
		for stack, text := range map[string]string{
			"openssl 1":   fmt.Sprintf("error:14094410:SSL routines:ssl3_read_bytes:%s:s3_pkt.c:1493:SSL alert number %d", a.openssl, a.number),
			"openssl 3":   "curl: (35) OpenSSL/3.1: error:0A000000:SSL routines::" + a.openssl,
			"go":          "remote error: tls: " + a.golang,
			"python":      fmt.Sprintf("ssl.SSLError: [SSL: %s] %s (_ssl.c:2548)", upper, a.openssl),
			"node":        fmt.Sprintf("Error: write EPROTO SSL routines:ssl3_read_bytes:%s:SSL alert number %d code: ERR_SSL_%s", a.openssl, a.number, upper),
			"java":        "javax.net.ssl.SSLHandshakeException: Received fatal alert: " + a.protocol,
			"rustls":      "AlertReceived(" + camel + ")",
			"gnutls":      fmt.Sprintf("*** Fatal error: A TLS fatal alert has been received.\n*** Received alert [%d]: %s", a.number, title),
			"schannel":    fmt.Sprintf("A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is %d.", a.number),
			"schannel zh": fmt.Sprintf("从远程终点接收到一个严重警告。TLS 协议所定义的严重警告代码为 %d。", a.number),
			"erlang":      fmt.Sprintf("{tls_alert,{%s,\"received SERVER ALERT: Fatal - %s\"}}", a.protocol, title),
			"freeradius":  "TLS Alert read:fatal:" + plain,
			"wireshark":   "TLSv1.2 Record Layer: Alert (Level: Fatal, Description: " + title + ")",
			"boringssl":   "Handshake failed with fatal error SSL_ERROR_SSL: SSL routines:OPENSSL_internal:" + upper,
			"curl -v":     fmt.Sprintf("TLSv1.2 (IN), TLS alert, %s (%d):", plain, 512+a.number),
			"s_client":    "<<< TLS 1.2, Alert [length 0002], fatal " + a.protocol,
			"number":      fmt.Sprintf("SSL_accept error: peer sent alert %d", a.number),
		} {
			wantOneOf(t, fmt.Sprintf("alert %d in %s", a.number, stack), text, a.causes)
		}
	}
}

// verifyErrors are errors of X509_verify_cert with a cause of their own, OpenSSL 3.0.
var verifyErrors = []struct {
	number       int
	text, causes string
}{
	{2, "unable to get issuer certificate", "root-missing-intermediate-only"},
	{3, "unable to get certificate CRL", "revocation-unavailable crl-missing-benign"},
	{7, "certificate signature failure", "same-name-ca-other-key duplicate-subject-in-trust-store untrusted-ca tls-inspection"},
	{9, "certificate is not yet valid", "not-yet-valid"},
	{10, "certificate has expired", "expired"},
	{12, "CRL has expired", "revocation-unavailable"},
	{18, "self-signed certificate", "self-signed-cert"},
	{18, "self signed certificate", "self-signed-cert"},
	{19, "self-signed certificate in certificate chain", "untrusted-ca"},
	{20, "unable to get local issuer certificate", "missing-intermediate untrusted-ca"},
	{21, "unable to verify the first certificate", "missing-intermediate"},
	{23, "certificate revoked", "revoked"},
	{26, "unsuitable certificate purpose", "eku-missing-clientauth eku-missing-serverauth eku-incompatible"},
	{34, "unhandled critical extension", "unhandled-critical-extension"},
	{62, "hostname mismatch", "name-mismatch"},
	{64, "IP address mismatch", "name-mismatch-ip"},
	{66, "EE certificate key too weak", "weak-key-or-digest"},
	{68, "CA signature digest algorithm too weak", "weak-key-or-digest"},
	{75, "OCSP unknown cert", "ocsp-unknown"},
}

// A verify error is the same in the words of every program that prints it.
func TestVerifyErrorsInEveryProgram(t *testing.T) {
	for _, e := range verifyErrors {
		for program, text := range map[string]string{
			"s_client": fmt.Sprintf("verify error:num=%d:%s", e.number, e.text),
			"return":   fmt.Sprintf("Verify return code: %d (%s)", e.number, e.text),
			"verify":   fmt.Sprintf("error %d at 0 depth lookup: %s", e.number, e.text),
			"python":   fmt.Sprintf("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: %s (_ssl.c:1006)", e.text),
			"nginx":    fmt.Sprintf("client SSL certificate verify error: (%d:%s) while reading client request headers", e.number, e.text),
			"ruby":     fmt.Sprintf("SSL_connect returned=1 errno=0 state=error: certificate verify failed (%s)", e.text),
			"openvpn":  fmt.Sprintf("VERIFY ERROR: depth=0, error=%s: C=DE, CN=x", e.text),
			"ldap":     "TLS: certificate verification: Error, " + e.text,
			"apache":   fmt.Sprintf("AH02039: Certificate Verification: Error (%d): %s", e.number, e.text),
			"tvcs":     fmt.Sprintf("tvcs: Event=\"Outbound TLS Negotiation Error\" Detail=\"%s\" Protocol=\"TLS\"", e.text),
		} {
			wantOneOf(t, fmt.Sprintf("error %d in %s", e.number, program), text, e.causes)
		}
	}
}

func wantOneOf(t *testing.T, name, text, causes string) {
	t.Helper()
	if a := diagnose(t, text); !slices.Contains(strings.Fields(causes), first(a)) {
		t.Errorf("%s: %q gives %v %v, want one of %s", name, text, a.Verdict, ids(a), causes)
	}
}
