package support

import (
	"strings"
	"time"

	"countersign/triage/artefact"
	"countersign/workflows"
)

// pastedFacts reads the output of tools and printed certificates in what people wrote
// themselves, as it is read in a file, so that both are answered alike.
func pastedFacts(c workflows.Case, now time.Time) []Observation {
	var out []Observation
	lines := strings.Split(c.Input, "\n")
	pieces := c.Pieces
	if len(pieces) == 0 {
		pieces = []workflows.Piece{{Line: 1, At: 1}}
	}
	for i, p := range pieces {
		to := len(lines)
		if i+1 < len(pieces) {
			to = pieces[i+1].Line - 1
		}
		if p.Name != "" || p.Line < 1 || p.Line > to || to > len(lines) {
			continue
		}
		for _, o := range artefact.Printed(named(""), strings.Join(lines[p.Line-1:to], "\n"), artefact.Options{Now: now}) {
			if o.Line > 0 {
				o.Line += p.At - 1
			}
			if len(out) < maxSeen {
				out = append(out, o)
			}
		}
	}
	return out
}
