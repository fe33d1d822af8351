package support

import (
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/triage"
	"countersign/workflows"
)

// kinds are the facts of the knowledge base that results of checks stand for. A rule
// that is absent here is no reason by itself.
var kinds = map[string]string{
	"match.no": "key.mismatch", "match.none": "key.mismatch", "match.reversed": "bundle.wrong-order",
	"order.reversed": "bundle.wrong-order", "order.leaf-not-first": "bundle.wrong-order", "order.same-subject": "trust.duplicate-subject",
	"verify.missing-intermediate": "chain.intermediate-missing", "verify.root-missing": "chain.root-untrusted",
	"verify.root-untrusted": "chain.root-untrusted", "verify.intermediate-without-root": "chain.root-missing",
	"verify.self-signed": "cert.self-signed", "verify.issuer-key": "chain.untrusted", "verify.shadowed": "trust.duplicate-subject",
	"verify.expired": "chain.expired", "verify.critical-extension": "cert.critical-extension", "verify.weak-signature": "cert.weak-signature",
	"verify.host": "name.not-in-san", "verify.host-ip": "name.ip-not-in-san", "verify.host-cn-only": "cert.no-san",
	"verify.host-short": "name.not-in-san", "verify.host-wildcard": "name.not-in-san",
	"verify.cucm-expired": "chain.expired",
}

// weak are results that are worth a look without being decisive, or exclude a cause.
var weak = map[string]map[string]float64{
	"verify.intermediate-not-in-list": {"ssh-tunnel-intermediate-missing": 4},
	"form.blank-line":                 {"wrong-bundle-order": 3.4},
	"form.bom":                        {"wrong-format": 3.4},
	"verify.name-met":                 {"name-mismatch": excluded},
}

// fits are results of a comparison in which a key or request has its certificate.
var fits = map[string]bool{"match.yes": true, "match.right-one": true}

// observed turns a result of a check into an observation; false: it supports nothing.
func observed(f certs.Finding, place string) (Observation, bool) {
	o := Observation{Kind: kinds[f.Rule], Source: place, Text: triage.Text{Key: f.Text.Key, Args: f.Text.Args, In: f.Text.In}, Supports: weak[f.Rule]}
	if o.Kind != "" {
		return o, true
	}
	o.Kind = f.Rule
	return o, o.Supports != nil
}

// facts checks the certificates and requests of a case against each other, as the
// verifier in question would. What is fine gives nothing: no fact, no claim.
func facts(c workflows.Case, verifier check.Verifier, st story, now time.Time) []Observation {
	items := Material(c)
	if len(items) == 0 {
		return nil
	}
	out := append(usageFacts(c, items, st), dateFacts(items, now)...)
	add := func(f certs.Finding, place string) {
		if o, ok := observed(f, place); ok && len(out) < maxSeen {
			out = append(out, o)
		}
	}
	var order []string
	files := map[string][]*check.Item{}
	for _, it := range items {
		if files[it.Place.File] == nil {
			order = append(order, it.Place.File)
		}
		files[it.Place.File] = append(files[it.Place.File], it)
	}
	var trust []*check.Item
	for _, name := range order {
		group := files[name]
		if !strings.Contains(name, "#") { // those of a capture were judged by the time of their packets
			r := check.InspectAll(check.Material{Name: name, Items: group}, nil, now)
			for _, f := range r.Findings {
				if !dated[f.Rule] {
					add(f, name)
				}
			}
			for _, it := range group {
				out = append(out, itemFacts(it, now)...)
			}
		}
		if trustList(name, group) {
			trust = append(trust, Certificates(group)...)
		}
	}
	for _, name := range order {
		if !trustList(name, files[name]) {
			chainFacts(c, Certificates(files[name]), trust, verifier, now, add)
		}
	}
	for _, l := range c.Probes {
		out = append(out, served(c, l)...)
	}
	return append(out, pairFacts(items)...)
}

// itemFacts is what one certificate shows by itself besides its dates.
func itemFacts(it *check.Item, now time.Time) []Observation {
	f := check.Inspect(it, now)
	var out []Observation
	if o, weak := weakKey(it, f); weak {
		out = append(out, o)
	}
	if it.Kind != check.Certificate {
		return out
	}
	say := func(kind, key string, pairs ...string) {
		out = append(out, Observation{Kind: kind, Source: it.Place.String(), Text: triage.T(key, append(pairs, "Title", it.Title())...)})
	}
	if f.Role == check.SelfSigned {
		say("cert.self-signed", "workflows.seen.self_signed")
	}
	if !f.IsCA && f.Role == check.Leaf && len(f.Names) == 0 {
		say("cert.no-san", "workflows.seen.no_san")
	}
	if (strings.Contains(f.Signature, "SHA1") || strings.Contains(f.Signature, "MD5")) && f.Role != check.Root {
		say("cert.weak-signature", "check.verify.weak-signature", "Algorithm", f.Signature)
	}
	return out
}
