package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"countersign/certs"
)

// Mismatch is a certificate that an issuer returned and that differs from what was
// approved in a way that people may live with. It is delivered to nobody until a better
// one comes, the missing chain comes, or an approver takes it as it is.
type Mismatch struct {
	Leaf     []byte          `json:"leaf"`            // DER
	Chain    [][]byte        `json:"chain,omitempty"` // DER, issuing CA first
	Findings []certs.Finding `json:"findings"`
	By       Person          `json:"by"` // who brought it; Robot: the issuer itself
	At       time.Time       `json:"at"`
}

// SHA256 names the certificate that is held, as people compare it, hex.
func (h Mismatch) SHA256() string { return Fingerprint(h.Leaf) }

// Mark is what a decision is bound to: certificate and chain, all that was shown. hex.
func (h Mismatch) Mark() string {
	sum := sha256.New()
	for _, der := range append([][]byte{h.Leaf}, h.Chain...) {
		one := sha256.Sum256(der)
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// LeafOnly reports that the CA's own certificates are what is missing.
func (h Mismatch) LeafOnly() bool { return len(h.Chain) == 0 }
