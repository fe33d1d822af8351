package check

import (
	"strings"
	"time"

	"countersign/certs"
)

// Purpose is what a certificate is to be used for. Empty means any.
type Purpose string

// The purposes.
const (
	Server Purpose = "server"
	Client Purpose = "client"
)

// Verifier is the product that verifies, where it does so in its own way. Empty
// means RFC 5280 as OpenSSL and browsers apply it.
type Verifier string

// The verifiers.
//
// ExpresswayVerifier looks up an issuer by subject in its trusted CA list and stops
// at the first one that matches, right or wrong; tunnels want every intermediate in
// the list. CUCMVerifier keeps one certificate per common name in a trust store,
// the one with the newer notBefore, and takes no expired ones.
const (
	ExpresswayVerifier Verifier = "expressway"
	CUCMVerifier       Verifier = "cucm"
)

// VerifyOptions say against what, for what and when.
type VerifyOptions struct {
	Trust     []*Item   // the trust list, in its order
	Untrusted []*Item   // what the peer sends besides its own certificate
	Host      string    // name or address that was connected to; empty: not checked
	Purpose   Purpose   // empty: not checked
	Now       time.Time // required
	Verifier  Verifier
	// Strict makes every rule of Rules refuse, as a public CA or a browser would.
	// Without it, rules that the products do not enforce only warn.
	Strict bool
	// Revocation is evidence to check every certificate of the chain below the root
	// with; nil: revocation is not looked at. Its Now is taken from here.
	Revocation *RevocationOptions
}

// Verdict is the answer of Verify.
type Verdict struct {
	OK       bool            `json:"ok"`
	Reason   string          `json:"reason,omitempty"` // rule of the first error: "verify.missing-intermediate"
	At       string          `json:"at,omitempty"`     // title of the certificate where the chain breaks
	Time     time.Time       `json:"time"`
	Host     string          `json:"host,omitempty"`
	Purpose  Purpose         `json:"purpose,omitempty"`
	Findings []certs.Finding `json:"findings"`
	Chain    Chain           `json:"chain"`
}

// Verify says whether leaf would be trusted, and if not exactly where and why. The
// path is built over every certificate given, checked by the standard library, and
// then by the rules on top (Rules). It never fails; a leaf that is no certificate is
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

// verification is one call of Verify.
type verification struct {
	opts     VerifyOptions
	store    *store
	leaf     *Item
	chosen   []*Item // leaf first
	complete bool    // chosen ends in an anchor
	states   map[*Item]NodeState
	out      Verdict
}

// say records a finding about a certificate.
func (v *verification) say(it *Item, rule string, s certs.Severity, source string, pairs ...string) {
	title, place := "", ""
	if it != nil {
		title, place = it.Title(), it.Place.String()
	}
	f := sourced(finding(rule, s, append(pairs, "Title", title, "Place", place)...), source)
	v.out.Findings = append(v.out.Findings, f)
	if s == certs.Error && v.out.Reason == "" {
		v.out.Reason, v.out.At = rule, title
	}
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

// The source documents that verdicts come from.
const (
	sourceS000 = "Configure and troubleshoot Collaboration Edge (MRA) certificates"
	sourceS001 = "Troubleshoot Expressway certificates"
	sourceS002 = "Renew Expressway certificates, step D"
)

// alike is a certificate with the issuer's name whose key did not sign.
func (v *verification) alike(it *Item) *Item {
	for _, c := range v.store.issuers(it) {
		if c != it && !onPath(v.chosen, c) && !v.store.signs(c, it) {
			return c
		}
	}
	return nil
}

// looksIntermediate guesses whether the absent issuer of a leaf is an intermediate:
// it does not call itself a root. Only its own certificate could tell for sure, and
// the fix is the same: get every CA above the leaf.
func looksIntermediate(it *Item) bool {
	return !strings.Contains(strings.ToLower(dnString(it.raw.issuer)), "root")
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
		for _, other := range v.store.bySubject[dnKey(it.raw.subject)] {
			if other != it && v.store.origin[other] == FromTrust && string(other.raw.spki) != string(it.raw.spki) {
				v.say(it, "verify.duplicate-subject", certs.Warning, sourceS000, "Other", other.Place.String())
				break
			}
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
