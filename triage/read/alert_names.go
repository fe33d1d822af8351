package read

import "strings"

// alertNames are the TLS alerts of the IANA registry "TLS Alerts" (RFC 8446 section 6,
// and those of earlier versions) with the words that libraries have for them beside:
// Go's crypto/tls alert.go, NSS SSLerrs.h, GnuTLS alert.c, mbedTLS, OpenSSL ssl_stat.c.
var alertNames = map[int][]string{
	0:   {"close-notify"},
	10:  {"unexpected-message"},
	20:  {"bad-record-mac"},
	21:  {"decryption-failed", "decryption-failed-reserved"},
	22:  {"record-overflow"},
	30:  {"decompression-failure", "decompression-failed"},
	40:  {"handshake-failure", "handshake-failed"},
	41:  {"no-certificate"},
	42:  {"bad-certificate", "bad-cert", "certificate-is-bad"},
	43:  {"unsupported-certificate", "unsupported-cert", "certificate-is-not-supported"},
	44:  {"certificate-revoked", "revoked-certificate", "revoked-cert", "certificate-was-revoked"},
	45:  {"certificate-expired", "expired-certificate", "expired-cert", "certificate-is-expired"},
	46:  {"certificate-unknown", "unknown-certificate", "unknown-cert"},
	47:  {"illegal-parameter"},
	48:  {"unknown-ca", "unknown-certificate-authority", "ca-is-unknown"},
	49:  {"access-denied", "access-was-denied"},
	50:  {"decode-error", "error-decoding-message"},
	51:  {"decrypt-error", "error-decrypting-message"},
	52:  {"too-many-cids-requested"},
	60:  {"export-restriction"},
	70:  {"protocol-version", "protocol-version-not-supported", "error-in-protocol-version"},
	71:  {"insufficient-security", "insufficient-security-level"},
	80:  {"internal-error"},
	86:  {"inappropriate-fallback"},
	90:  {"user-canceled", "user-cancelled"},
	100: {"no-renegotiation"},
	109: {"missing-extension"},
	110: {"unsupported-extension"},
	111: {"certificate-unobtainable"},
	112: {"unrecognized-name", "unrecognised-name"},
	113: {"bad-certificate-status-response", "bad-cert-status-response"},
	114: {"bad-certificate-hash-value", "bad-cert-hash-value"},
	115: {"unknown-psk-identity"},
	116: {"certificate-required"},
	117: {"general-error"},
	120: {"no-application-protocol"},
	121: {"ech-required", "encrypted-client-hello-required"},
}

// alertNumbers finds an alert by its name without anything between the words, so that
// unknown_ca, "unknown CA" and UnknownCA are one.
var alertNumbers, longestAlert = func() (map[string]int, int) {
	m, longest := map[string]int{}, 0
	for n, all := range alertNames {
		for _, name := range all {
			m[strings.ReplaceAll(name, "-", "")] = n
			longest = max(longest, strings.Count(name, "-")+1)
		}
	}
	return m, longest
}()
