package workflows

import "countersign/certs"

// Unused is a certificate that was made for a request and that nobody gets: an approver
// turned it away, it is another one than anybody may accept, or a better one came. It is
// valid in the world all the same, until its CA has revoked it.
type Unused struct {
	Leaf []byte `json:"leaf"` // DER
	Revocation
	Waits certs.Text `json:"waits,omitzero"` // why its CA could not be asked yet
}

// The reasons that unused certificates are revoked with. RFC 5280 5.3.1 names them, X.509 says what
// they mean: one that nothing has replaced is no longer needed for what it was issued
// for (cessationOfOperation); one that a better one has replaced is superseded. Both say
// that nobody suspects the key. CAs accept both from subscribers (RFC 8555 7.6 lets an
// ACME CA refuse others).
const (
	NotNeeded  = "cessationOfOperation"
	BetterCame = "superseded"
)

// SHA256 names it, hex.
func (s Unused) SHA256() string { return Fingerprint(s.Leaf) }

// Serial is its serial number as CAs write it, hex.
func (s Unused) Serial() string { return SerialOf(s.Leaf) }

// Replaced reports that a better certificate came in its place.
func (s Unused) Replaced() bool { return s.Reason == BetterCame }

// Open reports that it still has to be revoked.
func (s Unused) Open() bool { return s.Done.IsZero() }
