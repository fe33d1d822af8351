package workflows

import (
	"slices"
	"time"
)

// RevocationAsk is somebody's wish that a certificate be revoked, for its approvers.
type RevocationAsk struct {
	By     Person    `json:"by"`
	Reason string    `json:"reason"`         // as in Revocation
	Note   string    `json:"note,omitempty"` // their words, without secrets
	At     time.Time `json:"at"`

	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy Person    `json:"closed_by,omitzero"`
	Ordered  bool      `json:"ordered,omitempty"` // the revocation was; else it was turned down, or the certificate ended
}

// KeyCompromise is the reason for a revocation that whoever knows of it can report (RFC 5280,
// 5.3.1).
const KeyCompromise = "keyCompromise"

// Urgent is for a key that somebody else may have.
func (a RevocationAsk) Urgent() bool { return a.Reason == KeyCompromise }

// OpenRevocationAsk is the index of the ask that approvers have not closed, -1 for none.
func (r Request) OpenRevocationAsk() int {
	return slices.IndexFunc(r.RevocationAsks, func(a RevocationAsk) bool { return a.Closed.IsZero() })
}

// CloseRevocationAsk is r after by has ordered the revocation that was asked for, or turned
// it down.
func (r Request) CloseRevocationAsk(by Person, ordered bool, now time.Time) Request {
	if i := r.OpenRevocationAsk(); i >= 0 {
		r.RevocationAsks = slices.Clone(r.RevocationAsks)
		a := &r.RevocationAsks[i]
		a.Closed, a.ClosedBy, a.Ordered = now, by, ordered
	}
	return r
}
