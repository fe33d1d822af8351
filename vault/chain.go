package vault

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"countersign/certs"
)

// ParseChain reads what an authority gave: certificates in PEM, leaf first.
func ParseChain(text string) (certs.Issued, error) {
	var all [][]byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			return certs.Issued{}, errors.New("the authority gave something else than certificates")
		}
		all = append(all, block.Bytes)
	}
	if len(all) == 0 {
		return certs.Issued{}, errors.New("the authority gave no certificate")
	}
	return certs.Issued{Leaf: all[0], Chain: all[1:]}, nil
}

// ChainPEM writes a certificate and what is above it.
func ChainPEM(cert certs.Issued) string {
	var text bytes.Buffer
	for _, der := range append([][]byte{cert.Leaf}, cert.Chain...) {
		text.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return text.String()
}
