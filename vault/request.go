package vault

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"

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

// Asked is the hash of what an issuance is about: subject, extensions and days of the
// spec that like is the Template of, and the request. Reasons and findings of the spec
// do not count: their wording changes from one version of Countersign to the next.
func Asked(like *x509.CertificateRequest, days int, csr []byte) (string, error) {
	raw, err := json.Marshal(struct {
		Subject    []byte
		Extensions []pkix.Extension
		Days       int
		CSR        []byte
	}{like.RawSubject, like.Extensions, days, csr})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), err
}
