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
	Matches  check.Matches
	Findings []certs.Finding
}

// Examine reads the material of an inspection anew.
func (s *Service) Examine(c Case) Examined {
	m, findings := check.Read("message", []byte(c.Input), check.ReadOptions{})
	x := Examined{Findings: findings, Matches: check.Match(m.Items)}
	for _, it := range m.Items {
		if len(x.Items) < 20 {
			x.Items = append(x.Items, check.Inspect(it, s.Now()))
		}
	}
	return x
}
