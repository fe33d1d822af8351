package workflows

import (
	"context"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/triage"
)

// kindInspect marks a case that is a look at certificates, not a search for a cause.
const kindInspect = "inspect"

// Inspecting reports whether a case is a look at pasted certificates.
func (c Case) Inspecting() bool { return c.Context["kind"] == kindInspect }

// openInspection keeps what was pasted, without secrets, and has it explained.
func (s *Service) openInspection(ctx context.Context, in Heard) error {
	return s.update(ctx, in.Receipt, in.By, "inspect", "", s.admit(in.By), func(_ Reader, now time.Time) (Change, error) {
		text, _ := triage.Redact(in.Text)
		c := Case{ID: "K-" + s.NewID(), Person: in.By, Place: in.Place, Lang: in.Lang, Input: clipBytes(text, maxCase),
			Context: map[string]string{"kind": kindInspect}, Cause: kindInspect, Created: now, Updated: now}
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

// Examine reads the material of an inspection anew.
func (s *Service) Examine(c Case) Examined {
	m, findings := check.Read("message", []byte(c.Input), check.ReadOptions{})
	x := Examined{Findings: findings}
	if len(m.Of(check.Request)) > 0 && len(m.Of(check.Certificate)) > 0 { // a pair to be matched
		x.Findings = append(x.Findings, check.Match(m.Items).Findings...)
	}
	for _, it := range m.Items {
		if len(x.Items) < 20 {
			x.Items = append(x.Items, check.Inspect(it, s.Now()))
		}
	}
	found := m.Of(check.Certificate)
	if len(found) == 2 && leafCert(found[0]) && leafCert(found[1]) {
		older, newer := found[0], found[1]
		if older.Cert.NotBefore.After(newer.Cert.NotBefore) {
			older, newer = newer, older
		}
		got := check.Compare(older, newer, check.CompareOptions{Now: s.Now()})
		x.Compared = &got
		return x
	}
	if len(found) > 1 {
		x.Chain = check.BuildChain(found[0], found[1:], selfSigned(found), s.Now())
	}
	return x
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
