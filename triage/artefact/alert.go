package artefact

import "strconv"

// An alert is the verdict of its sender on what the other side sent (RFC 8446,
// section 6). alertKind says which fact it makes and which causes that speaks for;
// the ones that causes list by kind need no weights here.
type alertKind struct {
	name     string // as in the RFCs
	fact     string
	supports supports
}

var alerts = map[uint8]alertKind{
	0:   {name: "close_notify"},
	10:  {name: "unexpected_message", fact: "tls.alert-protocol"},
	20:  {name: "bad_record_mac", fact: "tls.alert-protocol"},
	22:  {name: "record_overflow", fact: "tls.alert-protocol"},
	40:  {name: "handshake_failure", fact: "tls.alert-handshake-failure"},
	41:  {name: "no_certificate", fact: "tls.no-client-certificate"},
	42:  {name: "bad_certificate", fact: "tls.alert-bad-certificate"},
	43:  {name: "unsupported_certificate", fact: "tls.alert-unsupported-certificate", supports: supports{"eku-missing-clientauth": 5.5, "eku-missing-serverauth": 4, "eku-incompatible": 5, "weak-key-or-digest": 3}},
	44:  {name: "certificate_revoked", fact: "tls.alert-certificate-revoked", supports: supports{"revoked": 9.5}},
	45:  {name: "certificate_expired", fact: "tls.alert-certificate-expired", supports: supports{"expired": 9, "not-yet-valid": 4}},
	46:  {name: "certificate_unknown", fact: "tls.alert-certificate-unknown"},
	47:  {name: "illegal_parameter", fact: "tls.alert-protocol"},
	48:  {name: "unknown_ca", fact: "tls.alert-unknown-ca", supports: supports{"untrusted-ca": 8, "missing-intermediate": 6}},
	49:  {name: "access_denied", fact: "tls.alert-access-denied", supports: supports{"not-certificate:configuration": 4, "peer-rejected-unspecified": 5}},
	50:  {name: "decode_error", fact: "tls.alert-protocol"},
	51:  {name: "decrypt_error", fact: "tls.alert-decrypt-error", supports: supports{"key-cert-mismatch": 4}},
	70:  {name: "protocol_version", fact: "tls.alert-protocol-version"},
	71:  {name: "insufficient_security", fact: "tls.alert-insufficient-security", supports: supports{"cipher-mismatch": 8}},
	80:  {name: "internal_error", fact: "tls.alert-internal-error"},
	86:  {name: "inappropriate_fallback", fact: "tls.alert-protocol-version"},
	90:  {name: "user_canceled"},
	100: {name: "no_renegotiation"},
	109: {name: "missing_extension", fact: "tls.alert-protocol"},
	110: {name: "unsupported_extension", fact: "tls.alert-protocol"},
	112: {name: "unrecognized_name", fact: "tls.alert-unrecognized-name", supports: supports{"name-mismatch": 6}},
	113: {name: "bad_certificate_status_response", fact: "tls.alert-status-response", supports: supports{"revocation-unavailable": 6, "revoked": 3}},
	116: {name: "certificate_required", fact: "tls.alert-certificate-required"},
	120: {name: "no_application_protocol", fact: "tls.alert-application-protocol"},
}

// AlertName is the name of an alert in the RFCs, or its number.
func AlertName(code uint8) string {
	if a, ok := alerts[code]; ok {
		return a.name
	}
	return strconv.Itoa(int(code))
}
