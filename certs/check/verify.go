package check

import (
	"time"

	"countersign/certs"
)

// Verify says whether leaf would be trusted, and if not exactly where and why. The
// path is built over every certificate given, checked by the standard library, and
// then by the rules on top. It never fails; a leaf that is no certificate is
// a finding. Work is bounded: 400 signature checks, 32 paths, 12 certificates each.
func Verify(leaf *Item, opts VerifyOptions) Verdict {
	v := &verification{opts: opts, states: map[*Item]NodeState{}}
	v.out = Verdict{Time: opts.Now, Host: opts.Host, Purpose: opts.Purpose, Findings: []certs.Finding{}, Chain: Chain{Nodes: []Node{}, Edges: []Edge{}}}
	if leaf == nil || leaf.Kind != Certificate || leaf.raw == nil {
		v.say(leaf, "verify.no-certificate", certs.Error, "")
		return v.out
	}
	trust := opts.Trust
	if opts.Verifier == CUCMVerifier {
		trust = v.cucmStore(trust)
	}
	v.store = newStore(leaf, opts.Untrusted, trust)
	v.leaf = v.store.canonical(leaf)
	v.path()
	v.nameAndUse()
	v.rules()
	v.revocation()
	v.out.OK = !hasErrors(v.out.Findings)
	v.out.Chain = v.store.picture(v.chosen, v.states, v.complete)
	v.out.Chain.Trusted = v.out.Chain.Trusted && v.complete
	v.out.Chain.unproven()
	return v.out
}

// path finds the chain and says what is wrong with it.
func (v *verification) path() {
	v.chosen = []*Item{v.leaf}
	if v.leaf.Cert == nil {
		v.states[v.leaf] = Faulty
		v.say(v.leaf, "verify.refused", certs.Error, "RFC 5280", "Detail", v.leaf.Refused)
		return
	}
	complete, broken := v.store.paths(v.leaf)
	if len(complete) == 0 {
		v.noPath(broken)
		return
	}
	v.complete = true
	var least []problem
	for i, p := range complete {
		problems := v.problems(p)
		if len(problems) == 0 {
			least, v.chosen = nil, p
			break
		}
		if i == 0 || len(problems) < len(least) {
			least, v.chosen = problems, p
		}
	}
	for _, p := range least {
		v.states[p.at] = p.state
		v.say(p.at, p.rule, certs.Error, p.source, p.args...)
	}
	v.encoding()
	v.soonOver()
	v.duplicates()
	if v.opts.Verifier == ExpresswayVerifier {
		v.firstSubject()
	}
}

// noPath explains why no chain reaches a trusted root, by the longest that there is.
func (v *verification) noPath(broken [][]*Item) {
	for _, p := range broken {
		if len(p) > len(v.chosen) || len(p) == len(v.chosen) && v.store.origin[p[len(p)-1]] == FromTrust {
			v.chosen = p
		}
	}
	top := v.chosen[len(v.chosen)-1]
	issuer := dnString(top.raw.issuer)
	args := []string{"Issuer", issuer, "AKI", hexColon(top.raw.aki())}
	for _, it := range v.chosen {
		if p, bad := v.period(it); bad {
			v.states[it] = p.state
			defer v.say(it, p.rule, certs.Error, p.source, p.args...)
		}
	}
	if top.Cert != nil && len(top.Cert.IssuingCertificateURL) > 0 && !top.selfIssued() {
		// Said, never fetched: the address is the certificate's own claim.
		defer v.say(top, "verify.where", certs.Info, "RFC 5280 section 4.2.2.1", "URL", printable([]byte(someOf(top.Cert.IssuingCertificateURL, 3))))
	}
	alike := v.alike(top)
	switch {
	case top.selfIssued() && v.store.signs(top, top) && top == v.leaf && roleOf(top) != Root:
		v.states[top] = Untrusted
		v.say(top, "verify.self-signed", certs.Error, sourceS000)
	case top.selfIssued() && v.store.signs(top, top):
		v.states[top] = Untrusted
		v.say(top, "verify.root-untrusted", certs.Error, sourceS000)
	case unverifiable(top.Cert) || alike != nil && rsaBits(alike) == 0 && alike.raw.keyAlg == oidDSA:
		v.say(top, "verify.signature-unsupported", certs.Error, "BR 7.1.3.2", "Algorithm", signatureName(top.raw.sigAlg))
	case alike != nil:
		v.say(top, "verify.issuer-key", certs.Error, sourceS002, append(args, "Other", alike.Title(), "OtherPlace", alike.Place.String(), "SKI", hexColon(alike.raw.ski()))...)
	case len(v.store.issuers(top)) > 0:
		v.say(top, "verify.no-path", certs.Error, "RFC 5280 section 6", args...)
	case v.store.origin[top] == FromTrust && top != v.leaf:
		v.say(top, "verify.intermediate-without-root", certs.Error, sourceS000, args...)
	case top == v.leaf && looksIntermediate(top):
		v.say(top, "verify.missing-intermediate", certs.Error, sourceS000, args...)
	default:
		v.say(top, "verify.root-missing", certs.Error, sourceS000, args...)
	}
}

// alike is a certificate with the issuer's name whose key did not sign.
func (v *verification) alike(it *Item) *Item {
	return first(v.store.issuers(it), func(c *Item) bool { return c != it && !onPath(v.chosen, c) && !v.store.signs(c, it) })
}

// soonOver warns of what ends within 30 days on a chain that is fine today.
func (v *verification) soonOver() {
	for _, it := range v.chosen {
		left := it.raw.notAfter.Sub(v.opts.Now)
		if left > 0 && left < 30*24*time.Hour {
			v.say(it, "verify.soon", certs.Warning, "", "Until", it.raw.notAfter.Format(time.DateOnly))
		}
	}
}

// duplicates warns of look-alikes in the trust list.
func (v *verification) duplicates() {
	if v.opts.Verifier == ExpresswayVerifier {
		return // firstSubject says it exactly
	}
	for _, it := range v.chosen {
		if v.store.origin[it] != FromTrust {
			continue
		}
		other := first(v.store.bySubject[dnKey(it.raw.subject)], func(o *Item) bool {
			return o != it && v.store.origin[o] == FromTrust && string(o.raw.spki) != string(it.raw.spki)
		})
		if other != nil {
			v.say(it, "verify.duplicate-subject", certs.Warning, sourceS000, "Other", other.Place.String())
		}
	}
}

// revocation checks a complete chain, leaf first.
func (v *verification) revocation() {
	if v.opts.Revocation == nil || !v.complete {
		return
	}
	opts := *v.opts.Revocation
	opts.Now = v.opts.Now
	for i, it := range v.chosen[:len(v.chosen)-1] {
		r := Revocation(it, v.chosen[i+1], opts)
		for _, f := range r.Findings {
			v.out.Findings = append(v.out.Findings, f)
			if f.Severity == certs.Error && v.out.Reason == "" {
				v.out.Reason, v.out.At = f.Rule, it.Title()
			}
		}
		if r.Status == RevocationRevoked {
			v.states[it] = Withdrawn
		} else if !r.OK {
			v.states[it] = Faulty
		}
	}
}
