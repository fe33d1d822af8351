package triage

import (
	"context"
	"fmt"
	"testing"
)

const vocabulary = `family: own
verdicts:
- {kind: door.locked, source: own, say: [badge door is locked by the guard]}
- {kind: door.locked, source: own, codes: '\bdoorcode 4[0-9]\b'}
- {kind: reach.doorbell, source: own, say: [nobody hears the bell at all]}
- {kind: alert.received.door-ajar, source: own, say: [door ajar alert was received]}
`

const doors = `family: own
as-of: 2026-11
sources: own
causes:
- {id: door-locked, title: {en: Locked}, fix: {en: open}, facts: {door.locked: 9}}
- {id: bell-broken, title: {en: Bell}, fix: {en: mend}, facts: {reach.doorbell: 8.8}}
- {id: door-ajar, title: {en: Ajar}, fix: {en: shut}, facts: {alert.door-ajar: 9}}
- {id: documented, title: {en: Documented}, fix: {en: read}, messages: [{w: 9, say: [the badge door is locked by the guard since monday]}]}
`

func doorKB(t *testing.T) *KB {
	kb, err := loadKB(t).With(Source{"v.yaml", []byte(vocabulary)}, Source{"d.yaml", []byte(doors)})
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

// A verdict that a program states, in words or by a code, is a fact that causes weigh; what
// could not be reached is a symptom beside it; the longest documented sentence wins; the
// direction of an alert does not matter to a cause that does not say so.
func TestStatedVerdicts(t *testing.T) {
	kb := doorKB(t)
	for text, want := range map[string]string{
		"Badge door is locked by the guard":                                       "door-locked",
		"doorcode 41 at gate three":                                               "door-locked",
		"nobody hears the bell at all, and badge door is locked by the guard":     "door-locked",
		"nobody hears the bell at all":                                            "bell-broken",
		"peer: door ajar alert was received":                                      "door-ajar",
		"log: the badge door is locked by the guard since Monday":                 "documented",
		"doorcode 51 at gate three of the building, somebody should look at this": "",
	} {
		a, err := kb.Diagnose(context.Background(), Input{Text: "TLS handshake error, certificate refused: " + text})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if a.Verdict == KnownCause {
			got = first(a)
		}
		if got != want {
			t.Errorf("%q: %s %v, want %q", text, a.Verdict, ids(a), want)
		}
	}
}

// Of two verdicts the first counts more, what happened after it is a symptom; on one line the
// one behind the colon is why the one before it came.
func TestFirstCause(t *testing.T) {
	for text, want := range map[string]string{
		"Failed to load SSL keystore /var/private/kafka.jks of type JKS: Keystore was tampered with, or password was incorrect":                                                                                             "encrypted-key-wrong-password",
		"Cannot load certificate file client.crt: error:0A00018E:SSL routines::ca md too weak":                                                                                                                              "weak-key-or-digest",
		"curl: (91) SSL certificate status request: Server certificate was revoked: unspecified reason":                                                                                                                     "revoked",
		"Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: IP: 192.0.2.44 is not in the cert's list:":                                                                                "name-mismatch-ip",
		"javax.net.ssl.SSLHandshakeException: certificate expired\nCaused by: java.security.cert.CertificateException: No name matching foo.example.com found":                                                              "name-mismatch",
		"x509: certificate has expired or is not yet valid: current time 2026-02-01T00:00:00Z is after 2026-01-01T00:00:00Z\nread: remote error: tls: bad certificate\ndial tcp 192.0.2.1:443: connect: connection refused": "expired",
		"certificate has expired\nlater in the log, another host: Hostname mismatch, certificate is not valid for 'a.example.com'":                                                                                          "expired",
		"error 10 at 0 depth lookup: certificate has expired\n证书已被吊销":                                                                                                                                                       "expired",
		"握手失败：私钥与证书不匹配":                                                              "key-cert-mismatch",
		"伺服器憑證已過期\n無法連線，連線逾時":                                                        "expired",
		"Das Serverzertifikat ist abgelaufen\nconnect: Connection timed out":         "expired",
		"Unable to resolve host; CERTIFICATE_VERIFY_FAILED: self signed certificate": "self-signed-cert",
		"CERT_E_UNTRUSTEDROOT FABRIC_E_SERVER_AUTHENTICATION_FAILED":                 "untrusted-ca",
		"EAP-TLS authentication failed: unknown CA":                                  "untrusted-ca",
	} {
		if a := diagnose(t, text); first(a) != want {
			t.Errorf("%q: %s %v, want %s", text, a.Verdict, ids(a), want)
		}
	}
}

// Whose certificate may not be used so follows from whose log it is.
func TestWhoseLog(t *testing.T) {
	kb := loadKB(t)
	for side, want := range map[string]string{"client": "eku-missing-serverauth", "server": "eku-missing-clientauth"} {
		a, err := kb.Diagnose(context.Background(), Input{Text: "TLS handshake: certificate verify failed: unsuitable certificate purpose", Context: Context{Side: side}})
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict != KnownCause || first(a) != want {
			t.Errorf("%s: %s %v, want %s", side, a.Verdict, ids(a), want)
		}
	}
}

// An expression is only tried on a text that has a literal of each kind that it needs.
func TestNeeds(t *testing.T) {
	for expression, want := range map[string]string{
		`(?i)\bDetail="(?:http request|wrong version)"`:     `[[detail="] [http request wrong version]]`,
		`(?i)(?:verif|error)[^\n]{0,80}\bself[- ]signed\b`:  `[[verif error] [self] [signed]]`,
		`(?i)(?:error|no) code (?:four)?\d+ (?:never){2}`:   `[[ code ] [never]]`,
		`(?i)过期 certificate`:                                `[[ certificate]]`,
		`(?i)\d+|word`:                                      `[]`,
		`(?i)certificate rejected: \[(?:Expired|Revoked)\b`: `[[certificate rejected: [] [expired revoked]]`,
	} {
		if got := fmt.Sprint(needs(expression)); got != want {
			t.Errorf("%s: %s, want %s", expression, got, want)
		}
	}
	for text, want := range map[string]bool{
		"certificate re\njected: [expired": true, "certificate  rejected: [expired": true, "certificate rejected: [known": false,
	} {
		s := &sighting{source: text}
		if got := s.holds(needs(`(?i)certificate rejected: \[(?:Expired|Revoked)\b`)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// That a file could not be loaded says less than the reason, which stands behind it or on
// the next line; and a program's advice to look at the network less than its verdict.
func TestWrappersYield(t *testing.T) {
	for text, want := range map[string]string{
		"postfix: warning: cannot get RSA private key from file /etc/mx.key: disabling TLS support\nwarning: TLS library problem: error:0B080074:x509 certificate routines:X509_check_private_key:key values mismatch:x509_cmp.c:341:":                                                             "key-cert-mismatch",
		"curl: (58) could not load PEM client certificate from a.pem, OpenSSL error error:0A00018E:SSL routines::ca md too weak, (no key found, wrong pass phrase, or wrong file format?)":                                                                                                         "weak-key-or-digest",
		"TLS: could not load verify locations ..\nTLS: error:0200100D:system library:fopen:Permission denied crypto/bio/bss_file.c:69":                                                                                                                                                             "key-file-unreadable",
		"could not log in: rpc error: code = Unavailable desc = all SubConns are in TransientFailure, latest connection error: connection error: desc = \"transport: authentication handshake failed: x509: certificate has expired or is not yet valid\"\nplease check your network connectivity": "expired",
		"TLS key negotiation failed to occur within 60 seconds (check your network connectivity)":                                                                                                                                                                                                  "not-certificate:timeout",
		"SSL certificate problem: unable to get issuer certificate":    "root-missing-intermediate-only",
		"certificate verify failed: Missing Subject Key Identifier":    "not-conforming",
		"Request could not be parsed: CSR: asn1: structure error: bad": "csr-malformed",
	} {
		if a := diagnose(t, text); first(a) != want {
			t.Errorf("%q: %s %v, want %s", text, a.Verdict, ids(a), want)
		}
	}
}
