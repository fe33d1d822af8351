package support

import (
	"slices"
	"time"

	"countersign/certs"
	"countersign/triage/probe"
	"countersign/workflows"
)

// How many looks a case keeps, and how many a person may have made within looksWithin: a
// bot is no scanner.
const (
	maxProbes    = 8
	maxPersonal  = 10
	probesWithin = 10 * time.Minute
)

// withProbe puts what came of a look into a case, in the place of an earlier one at the
// same target.
func withProbe(c workflows.Case, target string, by workflows.Person, results []probe.Result, now time.Time) workflows.Case {
	l := workflows.Probe{Target: target, By: by, At: now}
	if t, err := probe.ParseTarget(target); err == nil {
		l.Target = t.String()
	}
	c.Probing = ""
	c.Probes = slices.DeleteFunc(slices.Clone(c.Probes), func(o workflows.Probe) bool { return o.Target == l.Target })
	c.Certs = slices.DeleteFunc(slices.Clone(c.Certs), func(a workflows.Attached) bool { return a.Name == l.Target })
	c.Seen = slices.DeleteFunc(slices.Clone(c.Seen), func(o Observation) bool { return o.Source == l.Target })
	var chain [][]byte
	for _, r := range results {
		l.Said = append(l.Said, TextOf(r.Summary))
		for _, o := range r.Observations {
			if o.Source = l.Target; len(c.Seen) < maxSeen {
				c.Seen = append(c.Seen, o)
			}
		}
		if len(r.Presented) > 0 {
			chain = r.Presented
		}
	}
	if len(results) == 0 {
		l.Said = []workflows.Text{certs.T("workflows.look.failed", "Target", l.Target)}
	}
	for _, der := range chain {
		if len(c.Certs) < maxCerts && len(der) <= 64<<10 {
			c.Certs = append(c.Certs, workflows.Attached{Name: l.Target, Kind: "CERTIFICATE", DER: der})
		}
	}
	c.Probes = append(c.Probes, l)
	c.Probes = c.Probes[max(0, len(c.Probes)-maxProbes):]
	return c
}

// served compares what a target presents with the certificates that people gave.
func served(c workflows.Case, l workflows.Probe) []Observation {
	r := probe.Result{Target: l.Target}
	var pasted [][]byte
	for _, it := range Certificates(Material(c)) {
		switch {
		case it.Place.File == l.Target:
			r.Presented = append(r.Presented, it.DER)
		case !c.Probed(it.Place.File):
			pasted = append(pasted, it.DER)
		}
	}
	return append(r.Compare(pasted), r.Unsent(pasted)...)
}
