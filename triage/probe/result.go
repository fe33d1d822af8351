package probe

import (
	"bytes"
	"crypto/x509"
	"net/netip"
	"slices"
	"time"

	"countersign/triage"
	"countersign/triage/artefact"
)

// Stage is how far a probe got.
type Stage string

// The stages, in order. Refused means that the policy does not allow it: nothing was
// looked up or sent.
const (
	Refused   Stage = "refused"
	Resolve   Stage = "resolve"
	Connect   Stage = "connect"
	Prelude   Stage = "starttls"
	Handshake Stage = "handshake"
	Done      Stage = "done"
)

// Result is what came of a probe.
type Result struct {
	Target string `json:"target"`
	// Stage is where it ended; Done means that the handshake was accepted by both sides.
	Stage Stage `json:"stage"`
	// Addresses are all that the name resolved to, Address the one that was connected to.
	Addresses []netip.Addr   `json:"addresses,omitempty"`
	Address   netip.AddrPort `json:"address,omitzero"`
	At        time.Time      `json:"at"`
	Took      time.Duration  `json:"took"`

	Version string `json:"version,omitempty"`
	Cipher  string `json:"cipher,omitempty"`
	// Presented is the server's chain in DER, as sent, the leaf first.
	Presented [][]byte `json:"presented,omitempty"`
	// Asked says that the server asked for a client certificate, CAs whose it takes (none
	// means any), Sent whether one was sent.
	Asked bool     `json:"asked,omitempty"`
	CAs   []string `json:"cas,omitempty"`
	Sent  bool     `json:"sent,omitempty"`
	// Alert is the TLS alert that the server ended the handshake with, by the name of
	// the RFCs.
	Alert string `json:"alert,omitempty"`

	// Summary says in a sentence what came of it; Observations are for triage.
	Summary      triage.Text            `json:"summary"`
	Observations []artefact.Observation `json:"observations,omitempty"`
}

// Compare says how the leaf that the server presented relates to certificates that a
// person pasted, given in DER: the very one, an older or newer one of the same names,
// or another.
func (r Result) Compare(pasted [][]byte) []artefact.Observation {
	if len(r.Presented) == 0 {
		return nil
	}
	served, err := x509.ParseCertificate(r.Presented[0])
	if err != nil {
		return nil
	}
	say := func(kind, key string, weights map[string]float64, c *x509.Certificate) []artefact.Observation {
		return []artefact.Observation{{Kind: kind, Source: r.Target, Supports: weights, Text: triage.T(key, "Target", r.Target,
			"Served", served.NotBefore.UTC().Format(time.DateTime), "Pasted", c.NotBefore.UTC().Format(time.DateTime), "Title", title(served))}}
	}
	var other *x509.Certificate
	for _, der := range pasted {
		c, err := x509.ParseCertificate(der)
		switch {
		case bytes.Equal(der, r.Presented[0]):
			return say("served.same", "probe.served.same", nil, served)
		case err != nil || c.IsCA && !served.IsCA:
			continue
		case other == nil || related(c, served):
			other = c
		}
	}
	switch {
	case other == nil:
		return nil
	case !related(other, served):
		return say("served.other", "probe.served.other", nil, other)
	case other.NotBefore.After(served.NotBefore):
		weights := map[string]float64{"service-not-restarted": 8}
		if other.NotAfter.After(served.NotAfter) { // what has expired was renewed, and is only not in use
			weights = map[string]float64{"service-not-restarted": 11, "expired": -7}
		}
		return say("served.old-certificate", "probe.served.older", weights, other)
	}
	return say("served.newer", "probe.served.newer", nil, other)
}

// Unsent says which intermediate CA the server leaves out although a person has it: a
// server sends its chain up to, but without, the root (RFC 8446, section 4.4.2).
func (r Result) Unsent(pasted [][]byte) []artefact.Observation {
	var sent []*x509.Certificate
	for _, der := range r.Presented {
		if c, err := x509.ParseCertificate(der); err == nil {
			sent = append(sent, c)
		}
	}
	for _, last := range sent {
		if slices.ContainsFunc(sent, func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, last.RawIssuer) }) {
			continue
		}
		for _, der := range pasted {
			c, err := x509.ParseCertificate(der)
			if err != nil || !bytes.Equal(c.RawSubject, last.RawIssuer) || bytes.Equal(c.RawSubject, c.RawIssuer) || last.CheckSignatureFrom(c) != nil {
				continue
			}
			return []artefact.Observation{{Kind: "chain.intermediate-missing", Source: r.Target,
				Text: triage.T("probe.served.unsent", "Target", r.Target, "Title", title(c), "Last", title(last))}}
		}
	}
	return nil
}

// related: for the same service, by subject or by a shared name.
func related(a, b *x509.Certificate) bool {
	if bytes.Equal(a.RawSubject, b.RawSubject) && len(a.Subject.Names) > 0 {
		return true
	}
	return slices.ContainsFunc(a.DNSNames, func(n string) bool { return b.VerifyHostname(n) == nil })
}

func title(c *x509.Certificate) string {
	if c.Subject.CommonName != "" || len(c.DNSNames) == 0 {
		return artefact.Printable(c.Subject.CommonName)
	}
	return artefact.Printable(c.DNSNames[0])
}
