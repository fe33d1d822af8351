package workflows

import (
	"crypto/x509"
	"time"

	"countersign/certs"
)

// Revocation is an approver's word that a certificate is to be revoked, and what became
// of it. Nothing says "revoked" before the issuer, or a person at the CA, has done it.
type Revocation struct {
	By     Person     `json:"by"`
	Reason string     `json:"reason"` // one of RevocationReasons
	Note   string     `json:"note,omitempty"`
	At     time.Time  `json:"at"`
	Manual bool       `json:"manual,omitempty"` // a person has to do it at the CA
	Why    certs.Text `json:"why,omitzero"`     // why the issuer cannot
	DoneBy Person     `json:"done_by,omitzero"` // Robot: the issuer did it
	Done   time.Time  `json:"done,omitzero"`
}

// Due reports that it waits for a person at the CA.
func (v Revocation) Due() bool { return v.Manual && v.Done.IsZero() }

// SerialOf is the serial number of a certificate (DER) as CAs write it, hex; "" when it
// cannot be read.
func SerialOf(leaf []byte) string {
	c, err := x509.ParseCertificate(leaf)
	if err != nil {
		return ""
	}
	return c.SerialNumber.Text(16)
}
