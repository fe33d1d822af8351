package workflows

import (
	"slices"
	"time"

	"countersign/certs"
)

// Replaced is the certificate that a request is to replace, as it was when that was asked
// for. Approvers are shown it, and Request.Hash covers it: whoever approves a renewal
// approves what it ends.
type Replaced struct {
	Request    RequestID `json:"request"`
	Owner      Person    `json:"owner"`   // its requester
	Profile    string    `json:"profile"` //
	For        []string  `json:"for"`     // the nodes that carry it
	CommonName string    `json:"common_name,omitempty"`
	Names      []string  `json:"names"`     // its alternative names, as approved and issued
	Key        certs.Key `json:"key"`       //
	Serial     string    `json:"serial"`    // hex
	NotAfter   time.Time `json:"not_after"` //
}

// Fits reports that a certificate made as spec can stand where this one stands: it is for
// the same service, on a node that carries it. A common name says nothing of that: the
// nodes of a cluster share it.
func (p Replaced) Fits(spec certs.Spec) bool {
	return spec.Profile == p.Profile && slices.ContainsFunc(spec.For, func(node string) bool { return slices.Contains(p.For, node) })
}

// Fitting are the certificates of a plan that a conversation is about: of a renewal only
// the one that stands where the old one stands. A deployment that was changed until none
// does is asked for as it is, and replaces nothing.
func Fitting(specs []certs.Spec, old *Replaced) []certs.Spec {
	if old == nil {
		return specs
	}
	same := slices.DeleteFunc(slices.Clone(specs), func(spec certs.Spec) bool { return spec.BuiltIn || !old.Fits(spec) })
	if len(same) == 0 {
		return specs
	}
	return same
}
