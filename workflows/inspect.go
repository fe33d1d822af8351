package workflows

import (
	"context"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
)

// kindInspect marks a case that is a look at certificates, not a search for a cause.
const kindInspect = "inspect"

// Inspecting reports whether a case is a look at pasted certificates.
func (c Case) Inspecting() bool { return c.Context["kind"] == kindInspect }

// openInspection keeps what was given, without secrets, and has it explained.
func (s *Service) openInspection(ctx context.Context, in Pasted, files *attached) error {
	return s.update(ctx, in.Receipt, in.By, "inspect", "", s.admit(in.By), func(_ Reader, now time.Time) (Change, error) {
		c := s.newCase(in, files, now).with("kind", kindInspect)
		c.Cause = kindInspect
		return Change{Cases: []Case{c}, Effects: []Effect{showCase(c)},
			Audit: []Audit{{At: now, Actor: in.By, Verb: "inspect", Subject: c.ID}}}, nil
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
func (s *Service) Examine(c Case) Examined {
	items := c.material()
	_, findings := check.Read("message", []byte(c.Input), check.ReadOptions{})
	x := Examined{}
	if len(c.Certs) == 0 || strings.Contains(c.Input, "-----BEGIN ") {
		x.Findings = findings
	}
	if len(requests(items)) > 0 && len(certificates(items)) > 0 { // a pair to be matched
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
	found := certificates(items)
	if len(found) == 2 && leafCert(found[0]) && leafCert(found[1]) {
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
func (s *Service) chainOf(c Case, items []*check.Item) check.Chain {
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
	if n := len(c.Looks); n > 0 && len(files[c.Looks[n-1].Target]) > 0 {
		latest = c.Looks[n-1].Target // what is presented goes before what was pasted
	}
	for _, it := range certificates(items) {
		switch {
		case latest != "" && it.Place.File != latest && !lists[it.Place.File]:
		case leaf == nil && leafCert(it):
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
	opts := check.VerifyOptions{Untrusted: sent, Trust: trust, Now: s.Now(), Verifier: verifierOf(c.Context["product"])}
	if len(trust) == 0 {
		opts.Trust, opts.Verifier = selfSigned(sent), ""
	}
	return check.Verify(leaf, opts).Chain
}

func leafCert(it *check.Item) bool { return it.Cert != nil && !it.Cert.IsCA }

// PictureOf draws who signed whom, as PNG, with the words that say gives; nil when
// there is nothing to draw.
func (s *Service) PictureOf(x Examined, say func(Text) string) ([]byte, error) {
	if len(x.Chain.Nodes) < 2 {
		return nil, nil
	}
	return check.DrawChain(x.Chain, check.LabelsFor(x.Chain, s.Now(), say))
}

// Comparison is what changed between a certificate and its successor.
type Comparison = check.Comparison
