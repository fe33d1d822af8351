package probe

import (
	"context"
	"crypto/tls"
	"net/netip"

	"countersign/triage/artefact"
)

// Prober looks at targets as an operator allows it: without a client certificate and,
// where the server asks for one and the operator has given one, a second time with it.
// It is safe for concurrent use.
type Prober struct {
	Policy      Policy
	Certificate *tls.Certificate // nil: none to show
}

// On reports whether anything is allowed at all.
func (p Prober) On() bool { return len(p.Policy.Allow) > 0 }

// Allows reports whether a rule names t, without looking anything up. What a name leads
// to is judged when it is looked at: only then may a network that is allowed let it in.
func (p Prober) Allows(t Target) bool {
	if t.check() != nil {
		return false
	}
	if a, err := netip.ParseAddr(t.Host); err == nil {
		return p.Policy.address(a, t.Port, false)
	}
	return p.Policy.names(t.Host, t.Port) || p.Policy.networks(t.Port)
}

// Look makes one connection to t, or two, and says what came of each. It takes at most
// twice the time of the policy.
func (p Prober) Look(ctx context.Context, t Target) []Result {
	t.Certificate = nil
	first := Probe(ctx, t, p.Policy)
	if !first.Asked {
		return []Result{first}
	}
	first.unshown()
	if p.Certificate == nil {
		return []Result{first}
	}
	t.Certificate = p.Certificate
	return []Result{first, Probe(ctx, t, p.Policy)}
}

// unshown takes the weight off a refusal that this side has brought on itself: who
// shows no certificate where one is wanted is refused, and that says nothing about the
// person's own client.
func (r *Result) unshown() {
	if r.Stage == Done || r.Sent {
		return
	}
	r.Observations = []artefact.Observation{{Kind: "look.client-certificate-wanted", Source: r.Target, Text: r.Summary}}
}
