package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"countersign/certs"
)

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// printProfile writes a profile for people.
func printProfile(c *console, p certs.Profile) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n", p.ID, c.text(p.Title), c.text(p.Purpose))
	usages := func(label string, rules []certs.UsageRule) {
		for _, r := range rules {
			fmt.Fprintf(&b, "  %-4s %-18s %-10s %s\n", label, r.ID, r.Need, strings.Join(r.Source, ", "))
		}
	}
	usages("EKU", p.EKU)
	usages("KU", p.KU)
	for _, n := range p.Names {
		fmt.Fprintf(&b, "  SAN  %-18s %s\n", n.From, c.text(n.Reason))
	}
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "  %-8s %s %s\n", s.Phase, c.text(s.Text), strings.Join(s.Commands, " ; "))
	}
	for _, n := range append(append([]certs.Note{}, p.Notes...), p.Dangers...) {
		fmt.Fprintf(&b, "  ! %s\n", c.text(n.Text))
	}
	fmt.Fprintf(&b, "%s: %s (%s)\n", c.say("cli.sources"), strings.Join(p.Source, ", "), p.AsOf)
	_, err := io.WriteString(c.out, b.String())
	return err
}

// printPlan writes a plan for people: certificates with reasons, then the runbook.
func printPlan(c *console, p certs.Plan) error {
	var b strings.Builder
	findings := func(indent string, list []certs.Finding) {
		for _, f := range list {
			fmt.Fprintf(&b, "%s%s: %s  [%s]\n", indent, f.Severity, c.text(f.Text), f.Rule)
		}
	}
	findings("", p.Findings)
	if len(p.Missing) > 0 {
		fmt.Fprintf(&b, "%s: %s\n", c.say("cli.plan.missing"), strings.Join(p.Missing, ", "))
	}
	for i, s := range p.Specs {
		fmt.Fprintf(&b, "\n%d. %s  %s  (%s)\n   CN=%s  %s %d  %d d  CA: %s\n", i+1, s.Profile, s.CommonName, strings.Join(s.For, ", "), s.CommonName, s.Key.Type, s.Key.Size, s.Days, s.CA)
		for _, n := range s.Names {
			fmt.Fprintf(&b, "   %-5s %-40s %s  [%s]\n", strings.ToUpper(string(n.Type)), n.Value, c.text(n.Reason), n.Source)
		}
		for _, u := range append(slices.Clone(s.EKU), s.KU...) {
			fmt.Fprintf(&b, "   use   %-40s %s  [%s]\n", u.ID, c.text(u.Reason), u.Source)
		}
		findings("   ", s.Findings)
	}
	if len(p.Trust) > 0 {
		fmt.Fprintf(&b, "\n%s\n", c.say("cli.plan.trust"))
	}
	for _, t := range p.Trust {
		fmt.Fprintf(&b, "   %s -> %s, %s (%s): %s\n", t.Of, t.By, t.Store, strings.Join(t.Nodes, ", "), c.text(t.Reason))
	}
	if len(p.Runbook) > 0 {
		fmt.Fprintf(&b, "\n%s\n", c.say("cli.plan.runbook"))
	}
	for i, s := range p.Runbook {
		fmt.Fprintf(&b, "%3d. %s %s\n", i+1, s.Where, c.text(s.Text))
		for _, command := range s.Commands {
			fmt.Fprintf(&b, "       $ %s\n", command)
		}
	}
	_, err := io.WriteString(c.out, strings.TrimPrefix(b.String(), "\n"))
	return err
}
