package workflows

import (
	"slices"
	"strings"

	"countersign/language"
	"countersign/triage/probe"
)

// bareTarget reads a text that is a target and nothing else.
func bareTarget(text string) string {
	text = strings.Trim(strings.TrimSpace(text), "`")
	if t, err := probe.ParseTarget(text); err == nil && strings.Contains(t.Host, ".") {
		return text
	}
	return ""
}

// maxOffered is how many targets a card offers to look at.
const maxOffered = 2

// offered are the targets that are named in a case, may be looked at and were not yet,
// those first that people wrote themselves.
func (s *Service) offered(c Case) []string {
	if s.Prober == nil || !s.Prober.On() || c.Looking != "" {
		return nil
	}
	var out []string
	for _, text := range []string{c.said(), clipBytes(c.Input, maxCase)} {
		for _, target := range language.Targets(text) {
			t, err := probe.ParseTarget(target)
			if err == nil && !slices.Contains(out, target) && !c.LookedAt(t.String()) && s.Prober.Allows(t) && len(out) < maxOffered {
				out = append(out, target)
			}
		}
	}
	return out
}
