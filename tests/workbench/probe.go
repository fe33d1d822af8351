package workbench

import (
	"context"
	"testing"
	"time"

	"countersign/triage/probe"
	"countersign/workflows"
)

// Looking lets the bench look at this machine, and at what rules name.
func (b *Bench) Looking(t *testing.T, rules ...string) {
	t.Helper()
	p := probe.Prober{Policy: probe.Policy{Timeout: 3 * time.Second}}
	for _, line := range rules {
		r, err := probe.ParseRule(line)
		Must(t, err)
		p.Policy.Allow = append(p.Policy.Allow, r)
	}
	b.Support.Prober = p
}

// Aside does what is due in the Aside lane.
func (b *Bench) Aside(t *testing.T) (done int) {
	t.Helper()
	w := b.Set.Background(b.DB, Quiet)
	for {
		busy, err := w.Step(context.Background())
		Must(t, err)
		if !busy {
			return done
		}
		done++
	}
}

func (b *Bench) CaseOf(t *testing.T, at workflows.Place) (c workflows.Case) {
	t.Helper()
	Must(t, b.DB.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(context.Background(), at); return err }))
	return c
}
