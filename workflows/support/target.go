package support

import (
	"slices"
	"strings"

	"countersign/language"
	"countersign/triage/probe"
	"countersign/workflows"
)

// MayProbe decides whether a target may be looked at, as far as that can be known before.
func (s *Service) MayProbe(target string) (probe.Target, *workflows.Error) {
	t, err := probe.ParseTarget(target)
	switch shown := t.String(); {
	case err != nil:
		return t, workflows.Refuse(workflows.Invalid, "workflows.look.bad_target", "Target", workflows.ClipBytes(target, 100))
	case s.Prober == nil || !s.Prober.On():
		return t, workflows.Refuse(workflows.Forbidden, "workflows.look.off", "Target", shown)
	case !s.Prober.Allows(t):
		return t, workflows.Refuse(workflows.Forbidden, "workflows.look.not_allowed", "Target", shown)
	}
	return t, nil
}

// bare reports that a case is nothing but a target to look at.
func bare(c workflows.Case) bool {
	_, err := probe.ParseTarget(strings.TrimSpace(c.Input))
	return err == nil && len(c.Certs)+len(c.Seen) == 0
}

// BareTarget reads a text that is a target and nothing else.
func BareTarget(text string) string {
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
func (s *Service) offered(c workflows.Case) []string {
	if s.Prober == nil || !s.Prober.On() || c.Probing != "" {
		return nil
	}
	var out []string
	for _, text := range []string{c.Said(), workflows.ClipBytes(c.Input, workflows.MaxCase)} {
		for _, target := range language.Targets(text) {
			t, err := probe.ParseTarget(target)
			if err == nil && !slices.Contains(out, target) && !c.Probed(t.String()) && s.Prober.Allows(t) && len(out) < maxOffered {
				out = append(out, target)
			}
		}
	}
	return out
}
