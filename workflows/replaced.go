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

// Followed is a request that ended without what it asked for, or whose certificate was
// revoked, as another finds it that asks for the same again. Approvers of that one read it;
// they approve nothing of it, so Request.Hash leaves it out.
type Followed struct {
	Request   RequestID  `json:"request"`
	Requester Person     `json:"requester"`
	State     State      `json:"state"` // how it ended
	By        Person     `json:"by,omitzero"`
	Reason    string     `json:"reason,omitempty"` // in their words
	Why       certs.Text `json:"why,omitzero"`     // of one that failed
	Profile   string     `json:"profile"`
	Others    []string   `json:"others,omitempty"` // nodes of its deployment that it was not for
	Asked     Asked      `json:"asked"`
}

// Asked is what a person chooses of a certificate that is asked for.
type Asked struct {
	CommonName  string        `json:"common_name,omitempty"`
	Names       []string      `json:"names,omitempty"`
	Subject     certs.Subject `json:"subject,omitzero"`
	EKU         []string      `json:"eku,omitempty"`
	Key         certs.Key     `json:"key,omitzero"`
	CA          certs.CAKind  `json:"ca,omitempty"`
	OwnCSR      bool          `json:"own_csr,omitempty"`
	Environment string        `json:"environment,omitempty"`
	Purpose     string        `json:"purpose,omitempty"`
}

// AskedIn is what was chosen of spec.
func AskedIn(spec certs.Spec, environment, purpose string) Asked {
	a := Asked{CommonName: spec.CommonName, Subject: spec.Subject, Key: spec.Key, CA: spec.CA, OwnCSR: spec.OwnCSR, Environment: environment, Purpose: purpose}
	for _, n := range spec.Names {
		a.Names = append(a.Names, n.Value)
	}
	for _, u := range spec.EKU {
		a.EKU = append(a.EKU, u.ID)
	}
	return a
}

// Fits reports that a certificate made as spec is what was asked for in f, also where its
// nodes are called something else now.
func (f Followed) Fits(spec certs.Spec) bool {
	return spec.Profile == f.Profile && slices.ContainsFunc(spec.For, func(node string) bool { return !slices.Contains(f.Others, node) })
}

// Twin is a certificate in use that has every name of one that is asked for, for the same
// service: mostly that one is to be renewed. It is pointed out and stops nobody.
type Twin struct {
	Request  RequestID `json:"request"`
	Owner    Person    `json:"owner"` // its requester
	Name     string    `json:"name"`  // common name of what is asked for
	NotAfter time.Time `json:"not_after"`
	Yours    bool      `json:"yours,omitempty"` // who asks may renew it
}
