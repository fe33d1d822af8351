package intake

import (
	"fmt"
	"slices"
	"strings"

	"countersign/certs"
	"countersign/workflows"
)

// PlanText writes a plan for people: certificates with names, usages and reasons,
// who must trust whom, then the runbook. say renders texts in the reader's language.
func PlanText(p certs.Plan, say func(workflows.Text) string) string {
	var b strings.Builder
	findings := func(indent string, list []certs.Finding) {
		for _, f := range list {
			fmt.Fprintf(&b, "%s%s: %s  [%s]\n", indent, f.Severity, say(f.Text), f.Rule)
		}
	}
	findings("", p.Findings)
	if len(p.Missing) > 0 {
		fmt.Fprintf(&b, "%s: %s\n", say(certs.T("workflows.plan.missing")), strings.Join(p.Missing, ", "))
	}
	for i, s := range p.Specs {
		fmt.Fprintf(&b, "\n%d. %s  (%s)\n", i+1, s.Profile, strings.Join(s.For, ", "))
		fmt.Fprintf(&b, "   CN=%s  %s %d  %d d  CA: %s\n", s.CommonName, s.Key.Type, s.Key.Size, s.Days, s.CA)
		for _, n := range s.Names {
			fmt.Fprintf(&b, "   %-5s %-40s %s  [%s]\n", strings.ToUpper(string(n.Type)), n.Value, say(n.Reason), n.Source)
		}
		for _, u := range append(slices.Clone(s.EKU), s.KU...) {
			fmt.Fprintf(&b, "   %-5s %-40s %s  [%s]\n", "use", u.ID, say(u.Reason), u.Source)
		}
		findings("   ", s.Findings)
	}
	if len(p.Trust) > 0 {
		fmt.Fprintf(&b, "\n%s\n", say(certs.T("workflows.plan.trust")))
	}
	for _, t := range p.Trust {
		fmt.Fprintf(&b, "   %s -> %s, %s (%s): %s\n", t.Of, t.By, t.Store, strings.Join(t.Nodes, ", "), say(t.Reason))
	}
	if len(p.Runbook) > 0 {
		fmt.Fprintf(&b, "\n%s\n", say(certs.T("workflows.plan.runbook")))
	}
	for i, s := range p.Runbook {
		fmt.Fprintf(&b, "%3d. %s\n", i+1, strings.TrimSpace(s.Where+"  "+say(s.Text)))
		for _, command := range s.Commands {
			fmt.Fprintf(&b, "       %s\n", command)
		}
	}
	return strings.TrimPrefix(b.String(), "\n")
}
