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
