package vault

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"countersign/certs"
)

// CheckRequest refuses a request that does not prove possession of a sound key of
// the wanted kind. Names and usages in it are not looked at: they come from spec.
func CheckRequest(spec certs.Spec, der []byte) (*x509.CertificateRequest, error) {
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, Refuse(err, "vault.csr.unreadable")
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, Refuse(err, "vault.csr.signature")
	}
	kind := certs.KeyOf(csr.PublicKey)
	sound := kind.Type == "rsa" && kind.Size >= 2048 && kind.Size <= 8192 || kind.Type == "ecdsa" && kind.Size >= 256
	if !sound || spec.Key.Type != "" && kind != spec.Key {
		return nil, Refuse(nil, "vault.csr.key", "Have", kind.String(), "Want", spec.Key.String())
	}
	return csr, nil
}

// Asked gives the hash of what an issuance is about (subject, extensions and days of
// spec, and the request) with the Template of spec. Reasons and findings of the spec do
// not count: their wording changes from one version of Countersign to the next.
func Asked(spec certs.Spec, csr []byte) (asked string, like *x509.CertificateRequest, err error) {
	if like, err = Template(spec); err != nil {
		return "", nil, err
	}
	raw, err := json.Marshal(struct {
		Subject    []byte
		Extensions []pkix.Extension
		Days       int
		CSR        []byte
	}{like.RawSubject, like.Extensions, spec.Days, csr})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), like, err
}

// Template gives a request with the subject and the extensions of spec, signed by a key
// that nobody keeps: what an issuer copies from, and what Transit makes the real request
// of. Only the public key in it means nothing.
func Template(spec certs.Spec) (*x509.CertificateRequest, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("template request: %w", err)
	}
	spec.Key = certs.Key{Type: "ecdsa", Size: 256}
	der, err := certs.CSR(spec, key)
	if err != nil {
		return nil, fmt.Errorf("template request: %w", err)
	}
	return x509.ParseCertificateRequest(der)
}
