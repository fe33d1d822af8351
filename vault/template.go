package vault

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"

	"countersign/certs"
)

// Template gives a request (DER, and read) with the subject and the extensions of
// spec, signed by a key that nobody keeps: what an issuer copies from, and what
// Transit makes the real request of. Only the public key in it means nothing.
func Template(spec certs.Spec) ([]byte, *x509.CertificateRequest, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("template request: %w", err)
	}
	spec.Key = certs.Key{Type: "ecdsa", Size: 256}
	der, err := certs.CSR(spec, key)
	if err != nil {
		return nil, nil, fmt.Errorf("template request: %w", err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, nil, fmt.Errorf("template request: %w", err)
	}
	return der, csr, nil
}
