package certs

import "slices"

// Requestable are the certificates that somebody must approve and sign; those that a
// box makes and signs by itself are in the runbook only.
func (p Plan) Requestable() []Spec {
	return slices.DeleteFunc(slices.Clone(p.Specs), func(s Spec) bool { return s.BuiltIn })
}

// StepsFor picks from the runbook what concerns spec: its profile, and not the nodes
// that carry another certificate.
func (p Plan) StepsFor(spec Spec) []Step {
	elsewhere := map[string]bool{}
	for _, other := range p.Specs {
		for _, node := range other.For {
			elsewhere[node] = !slices.Contains(spec.For, node)
		}
	}
	var out []Step
	for _, step := range p.Runbook {
		if step.Phase != TrustPhase && (step.Profile == "" || step.Profile == spec.Profile) && !elsewhere[step.Where] {
			out = append(out, step)
		}
	}
	return out
}

// TrustOf says who must trust the CA of the certificate of a profile.
func (p Plan) TrustOf(profile string) []Trust {
	var out []Trust
	for _, t := range p.Trust {
		if t.Of == profile {
			out = append(out, t)
		}
	}
	return out
}
