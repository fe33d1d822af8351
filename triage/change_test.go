package triage

import "testing"

// TestChangeBeforeAnError: what people say has changed is weaker than the error that they
// paste behind it: a known cause stays the known cause.
func TestChangeBeforeAnError(t *testing.T) {
	for text, cause := range map[string]string{
		// That sentence alone is a symptom in the documents; the alert behind it says more.
		"Expressway-C 換完憑證後 MRA 登入失敗：SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48":                                     "untrusted-ca",
		"SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48":                                                                 "untrusted-ca",
		"error:0A000086:SSL routines::certificate verify failed: certificate has expired":                                                         "expired",
		"x509: certificate is valid for a.example.com, not b.example.com":                                                                         "name-mismatch",
		"CSR SAN and Certificate SAN does not match":                                                                                              "csr-san-mismatch",
		"nginx: [emerg] SSL_CTX_use_PrivateKey failed (SSL: error:0B080074:x509 certificate routines:X509_check_private_key:key values mismatch)": "key-cert-mismatch",
	} {
		for _, before := range []string{
			"",
			"憑證更換之後，從昨天晚上開始就失敗：",
			"After we renewed the certificate on the Expressway last night Jabber login fails: ",
			"since the upgrade last week our scripts stopped: ",
		} {
			a := diagnose(t, before+text)
			if a.Verdict != KnownCause || a.Findings[0].Cause.ID != cause {
				t.Errorf("%q: %s %v, want %s", before+text, a.Verdict, ids(a), cause)
			}
		}
	}
}
