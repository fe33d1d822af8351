package read

import "strings"

// verifyErrors are the results of X.509 verification of OpenSSL: X509_V_ERR_* of
// include/openssl/x509_vfy.h, texts of crypto/x509/x509_txt.c (3.x). What says no more
// than that verification failed (memory, the application, proxies, RFC 3779) is
// verify.failed. The purpose (26) depends on who verifies whom; see connection.
var verifyErrors = [...]struct{ kind, text string }{
	0:  {"verify.ok", "ok"},
	1:  {"verify.failed", "unspecified certificate verification error"},
	2:  {"verify.issuer-unknown", "unable to get issuer certificate"},
	3:  {"verify.revocation-unknown", "unable to get certificate CRL"},
	4:  {"verify.signature", "unable to decrypt certificate's signature"},
	5:  {"verify.revocation-unknown", "unable to decrypt CRL's signature"},
	6:  {"verify.malformed", "unable to decode issuer public key"},
	7:  {"verify.signature", "certificate signature failure"},
	8:  {"verify.revocation-unknown", "CRL signature failure"},
	9:  {"verify.not-yet-valid", "certificate is not yet valid"},
	10: {"verify.expired", "certificate has expired"},
	11: {"verify.revocation-unknown", "CRL is not yet valid"},
	12: {"verify.crl-expired", "CRL has expired"},
	13: {"verify.malformed", "format error in certificate's notBefore field"},
	14: {"verify.malformed", "format error in certificate's notAfter field"},
	15: {"verify.revocation-unknown", "format error in CRL's lastUpdate field"},
	16: {"verify.revocation-unknown", "format error in CRL's nextUpdate field"},
	17: {"verify.failed", "out of memory"},
	18: {"verify.self-signed", "self-signed certificate"},
	19: {"verify.self-signed-in-chain", "self-signed certificate in certificate chain"},
	20: {"verify.issuer-unknown", "unable to get local issuer certificate"},
	21: {"verify.leaf-unverified", "unable to verify the first certificate"},
	22: {"verify.path-length", "certificate chain too long"},
	23: {"verify.revoked", "certificate revoked"},
	24: {"verify.not-a-ca", "issuer certificate doesn't have a public key"},
	25: {"verify.path-length", "path length constraint exceeded"},
	26: {"verify.purpose", "unsuitable certificate purpose"},
	27: {"verify.explicitly-distrusted", "certificate not trusted"},
	28: {"verify.explicitly-distrusted", "certificate rejected"},
	29: {"verify.issuer-unknown", "subject issuer mismatch"},
	30: {"verify.issuer-unknown", "authority and subject key identifier mismatch"},
	31: {"verify.issuer-unknown", "authority and issuer serial number mismatch"},
	32: {"verify.not-a-ca", "key usage does not include certificate signing"},
	33: {"verify.revocation-unknown", "unable to get CRL issuer certificate"},
	34: {"verify.critical-extension", "unhandled critical extension"},
	35: {"verify.revocation-unknown", "key usage does not include CRL signing"},
	36: {"verify.revocation-unknown", "unhandled critical CRL extension"},
	37: {"verify.not-a-ca", "invalid non-CA certificate (has CA markings)"},
	38: {"verify.path-length", "proxy path length constraint exceeded"},
	39: {"verify.purpose", "key usage does not include digital signature"},
	40: {"verify.failed", "proxy certificates not allowed, please set the appropriate flag"},
	41: {"verify.malformed", "invalid or inconsistent certificate extension"},
	42: {"verify.malformed", "invalid or inconsistent certificate policy extension"},
	43: {"verify.policy", "no explicit policy"},
	44: {"verify.revocation-unknown", "different CRL scope"},
	45: {"verify.malformed", "unsupported extension feature"},
	46: {"verify.failed", "RFC 3779 resource not subset of parent's resources"},
	47: {"verify.name-constraints", "permitted subtree violation"},
	48: {"verify.name-constraints", "excluded subtree violation"},
	49: {"verify.name-constraints", "name constraints minimum and maximum not supported"},
	50: {"verify.failed", "application verification failure"},
	51: {"verify.name-constraints", "unsupported name constraint type"},
	52: {"verify.name-constraints", "unsupported or invalid name constraint syntax"},
	53: {"verify.malformed", "unsupported or invalid name syntax"},
	54: {"verify.revocation-unknown", "CRL path validation error"},
	55: {"verify.failed", "path loop"},
	56: {"verify.malformed", "Suite B: certificate version invalid"},
	57: {"verify.weak-key", "Suite B: invalid public key algorithm"},
	58: {"verify.weak-key", "Suite B: invalid ECC curve"},
	59: {"verify.weak-digest", "Suite B: invalid signature algorithm"},
	60: {"verify.weak-key", "Suite B: curve not allowed for this LOS"},
	61: {"verify.weak-key", "Suite B: cannot sign P-384 with P-256"},
	62: {"verify.name", "hostname mismatch"},
	63: {"verify.name", "email address mismatch"},
	64: {"verify.name-ip", "IP address mismatch"},
	65: {"verify.pinned", "no matching DANE TLSA records"},
	66: {"verify.weak-key", "EE certificate key too weak"},
	67: {"verify.weak-key", "CA certificate key too weak"},
	68: {"verify.weak-digest", "CA signature digest algorithm too weak"},
	69: {"verify.failed", "invalid certificate verification context"},
	70: {"verify.issuer-unknown", "issuer certificate lookup error"},
	71: {"verify.failed", "Certificate Transparency required, but no valid SCTs found"},
	72: {"verify.failed", "proxy subject name violation"},
	73: {"verify.revocation-unknown", "OCSP verification needed"},
	74: {"verify.revocation-unknown", "OCSP verification failed"},
	75: {"verify.ocsp-unknown", "OCSP unknown cert"},
	76: {"verify.malformed", "Cannot find certificate signature algorithm"},
	77: {"verify.signature", "subject signature algorithm and issuer public key algorithm mismatch"},
	78: {"verify.signature", "cert info signature and signature algorithm mismatch"},
	79: {"verify.not-a-ca", "invalid CA certificate"},
	80: {"verify.path-length", "Path length invalid for non-CA cert"},
	81: {"verify.path-length", "Path length given without key usage keyCertSign"},
	82: {"verify.not-a-ca", "Key usage keyCertSign invalid for non-CA cert"},
	83: {"verify.nonconforming", "Issuer name empty"},
	84: {"verify.nonconforming", "Subject name empty"},
	85: {"verify.nonconforming", "Missing Authority Key Identifier"},
	86: {"verify.nonconforming", "Missing Subject Key Identifier"},
	87: {"verify.nonconforming", "Empty Subject Alternative Name extension"},
	88: {"verify.nonconforming", "Subject empty and Subject Alt Name extension not critical"},
	89: {"verify.nonconforming", "Basic Constraints of CA cert not marked critical"},
	90: {"verify.nonconforming", "Authority Key Identifier marked critical"},
	91: {"verify.nonconforming", "Subject Key Identifier marked critical"},
	92: {"verify.nonconforming", "CA cert does not include key usage extension"},
	93: {"verify.nonconforming", "Using cert extension requires at least X509v3"},
	94: {"verify.weak-key", "Certificate public key has explicit ECC parameters"},
}

// verifyNumbers finds a result by its text. OpenSSL 1.1 and before write "self signed".
var verifyNumbers = func() map[string]int {
	m := make(map[string]int, 2*len(verifyErrors))
	for n, e := range verifyErrors {
		m[plainText(e.text)] = n
	}
	m["unsupported certificate purpose"] = 26 // 1.1
	m["invalid or inconsistent certificate policy extension"] = 42
	m["ee certificate key too weak"] = 66
	return m
}()

func plainText(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "self signed", "self-signed")
}

// verifyKind gives the kind of a result. Numbers of later versions are failures.
func verifyKind(n int) string {
	if n >= 0 && n < len(verifyErrors) {
		return verifyErrors[n].kind
	}
	return "verify.failed"
}
