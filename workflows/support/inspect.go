package support

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/workflows"
)

// Broken reports whether the files by themselves show that something is wrong between
// them, so that they are a question rather than something to be looked at. Nobody
// captures what works: of a capture any cause is an answer.
func (s *Service) Broken(ctx context.Context, in Pasted, a *Attached) bool {
	c := caseOf(in, a, s.Now())
	if a.capture && len(s.Explain(ctx, c).Findings) > 0 {
		return true
	}
	for _, o := range append(facts(c, "", story{}, s.Now()), a.seen...) {
		switch o.Kind {
		case "key.mismatch", "upload.csr-key-mismatch", "bundle.wrong-order", "trust.duplicate-subject", "name.not-in-san",
			"chain.intermediate-missing", "chain.root-untrusted", "chain.root-missing", "chain.untrusted", "file.damaged",
			"cert.weak-key", "cert.expired", "chain.expired", "cert.not-yet-valid":
			if len(o.Supports) == 0 || slices.Max(slices.Collect(maps.Values(o.Supports))) > aside {
				return true
			}
		}
	}
	return false
}

// OpenInspection keeps what was given, without secrets, and has it explained.
func (s *Service) OpenInspection(ctx context.Context, in Pasted, files *Attached) error {
	return s.Update(ctx, in.Receipt, in.By, "inspect", "", s.Refusal(in.By), func(_ workflows.Reader, now time.Time) (workflows.Change, error) {
		c := s.newCase(in, files, now).With("kind", workflows.KindInspect)
		c.Cause = workflows.KindInspect
		return workflows.Change{Cases: []workflows.Case{c}, Effects: []workflows.Effect{showCase(c)},
			Audit: []workflows.Audit{{At: now, Actor: in.By, Verb: "inspect", Subject: c.ID}}}, nil
	})
}

// Examined is what a look at pasted material gives.
type Examined struct {
	Items    []check.Facts
	Findings []certs.Finding
	Compared *check.Comparison // of two certificates that are no chain: a renewal, perhaps
	Chain    check.Chain       // of the first certificate, when there are several
}

// Examine reads the material of a case anew.
func (s *Service) Examine(c workflows.Case) Examined {
	items := Material(c)
	_, findings := check.Read("message", []byte(c.Input), check.ReadOptions{})
	x := Examined{}
	if len(c.Certs) == 0 || strings.Contains(c.Input, "-----BEGIN ") {
		x.Findings = findings
	}
	if len(requests(items)) > 0 && len(Certificates(items)) > 0 { // a pair to be matched
		x.Findings = append(x.Findings, check.Match(items).Findings...)
	}
	for _, o := range c.Seen { // a key is gone, what it fitted was noted
		x.Findings = append(x.Findings, certs.Finding{Rule: o.Kind, Severity: certs.Info, Text: TextOf(o.Text)})
	}
	for _, it := range items {
		if len(x.Items) < 20 {
			x.Items = append(x.Items, check.Inspect(it, s.Now()))
		}
	}
	found := Certificates(items)
	if len(found) == 2 && LeafCert(found[0]) && LeafCert(found[1]) {
		older, newer := found[0], found[1]
		if older.Cert.NotBefore.After(newer.Cert.NotBefore) {
			older, newer = newer, older
		}
		got := check.Compare(older, newer, check.CompareOptions{Now: s.Now()})
		x.Compared = &got
		return x
	}
	x.Chain = s.chainOf(c, items)
	return x
}

// chainOf is the chain of the first server certificate of a case, as the trust lists
// that were given see it.
func (s *Service) chainOf(c workflows.Case, items []*check.Item) check.Chain {
	var leaf *check.Item
	var sent, trust []*check.Item
	lists := map[string]bool{}
	files := map[string][]*check.Item{}
	for _, it := range items {
		files[it.Place.File] = append(files[it.Place.File], it)
	}
	for name, group := range files {
		lists[name] = len(files) > 1 && trustList(name, group)
	}
	latest := ""
	if n := len(c.Probes); n > 0 && len(files[c.Probes[n-1].Target]) > 0 {
		latest = c.Probes[n-1].Target // what is presented goes before what was pasted
	}
	for _, it := range Certificates(items) {
		switch {
		case latest != "" && it.Place.File != latest && !lists[it.Place.File]:
		case leaf == nil && LeafCert(it):
			leaf = it
		case lists[it.Place.File]:
			trust = append(trust, it)
		default:
			sent = append(sent, it)
		}
	}
	if leaf == nil && len(sent) > 1 {
		leaf, sent = sent[0], sent[1:]
	}
	if leaf == nil || len(sent)+len(trust) == 0 {
		return check.Chain{}
	}
	opts := check.VerifyOptions{Untrusted: sent, Trust: trust, Now: s.Now(), Verifier: s.verifierOf(c.Context["product"])}
	if len(trust) == 0 {
		opts.Trust, opts.Verifier = selfSigned(sent), ""
	}
	return check.Verify(leaf, opts).Chain
}

// PictureOf draws who signed whom, as PNG, with the words that say gives; nil when
// there is nothing to draw.
func (s *Service) PictureOf(x Examined, say func(workflows.Text) string) ([]byte, error) {
	if len(x.Chain.Nodes) < 2 {
		return nil, nil
	}
	return check.DrawChain(x.Chain, check.LabelsFor(x.Chain, s.Now(), say))
}

// Comparison is what changed between a certificate and its successor.
type Comparison = check.Comparison
