package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countersign/certs"
	"countersign/workflows"
)

// Words are how a plan is said: texts in the reader's language, paths through the pages of
// products, and profiles and products by their ids where programs read along.
type Words struct {
	Say  func(workflows.Text) string
	Menu func(path string) string
	IDs  bool
}

// PlanText writes a plan for people: certificates with names, usages and reasons,
// who must trust whom, then the runbook.
func PlanText(p certs.Plan, w Words) string {
	var b strings.Builder
	say := w.Say
	name := func(key, id string) string {
		if said := say(certs.T(key + id)); !w.IDs && said != key+id {
			return said
		}
		return id
	}
	findings := func(indent string, list []certs.Finding) {
		for _, f := range list {
			rule := ""
			if w.IDs {
				rule = "  [" + f.Rule + "]"
			}
			fmt.Fprintf(&b, "%s%s: %s%s\n", indent, say(certs.T("workflows.plan."+string(f.Severity))), say(f.Text), rule)
		}
	}
	findings("", p.Findings)
	if len(p.Missing) > 0 {
		fmt.Fprintf(&b, "%s: %s\n", say(certs.T("workflows.plan.missing")), strings.Join(p.Missing, ", "))
	}
	for i, s := range p.Specs {
		fmt.Fprintf(&b, "\n%d. %s  (%s)\n", i+1, name("profile.", s.Profile), strings.Join(s.For, ", "))
		fmt.Fprintf(&b, "   CN=%s  %s  %s  %s: %s\n", s.CommonName, s.Key, say(certs.T("workflows.plan.days", "Days", strconv.Itoa(s.Days))), say(certs.T("form.ca.label")), name("form.ca.option.", string(s.CA)))
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
		at := t.Store
		if len(t.Nodes) > 0 {
			at += " (" + strings.Join(t.Nodes, ", ") + ")"
		}
		fmt.Fprintf(&b, "   %s -> %s, %s: %s\n", name("profile.", t.Of), name("form.product.option.", t.By), at, say(t.Reason))
	}
	if len(p.Runbook) > 0 {
		fmt.Fprintf(&b, "\n%s\n", say(certs.T("workflows.plan.runbook")))
	}
	for i, s := range p.Runbook {
		fmt.Fprintf(&b, "%3d. %s\n", i+1, strings.TrimSpace(name("form.product.option.", s.Where)+"  "+say(s.Text)))
		for _, command := range s.Commands {
			fmt.Fprintf(&b, "       %s\n", w.Menu(command))
		}
	}
	return strings.TrimPrefix(b.String(), "\n")
}
