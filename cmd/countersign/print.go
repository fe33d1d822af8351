package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"countersign/certs"
)

// sheet writes something of the catalogue for people, under headings.
type sheet struct {
	c *console
	b strings.Builder
}

func (s *sheet) line(format string, args ...any) { fmt.Fprintf(&s.b, format+"\n", args...) }

// head starts a section; key is completed to cli.sheet.KEY.
func (s *sheet) head(key string) { s.line("\n%s", s.c.say("cli.sheet."+key)) }

// more is a text under the line before it.
func (s *sheet) more(t certs.Text) {
	if !t.Zero() {
		s.line("      %s", s.c.text(t))
	}
}

func (s *sheet) print() error {
	_, err := io.WriteString(s.c.out, s.b.String())
	return err
}

// printProfile writes a profile for people.
func printProfile(c *console, p certs.Profile) error {
	s := &sheet{c: c}
	s.line("%s\n%s\n%s", p.ID, c.text(p.Title), c.text(p.Purpose))
	s.names(p)
	s.usages("eku", p.EKU)
	s.usages("ku", p.KU)
	s.keys(p)
	s.upload(p.Upload)
	s.trust(p.TrustedBy)
	s.steps(p.Steps)
	s.notes("dangers", p.Dangers)
	s.notes("notes", p.Notes)
	s.sources(p.Source, p.AsOf)
	return s.print()
}

// printProcedure writes a procedure for people.
func printProcedure(c *console, p certs.Procedure) error {
	s := &sheet{c: c}
	s.line("%s\n%s\n%s", p.ID, c.text(p.Title), c.text(p.When))
	s.steps(p.Steps)
	s.notes("notes", p.Notes)
	s.sources(p.Source, p.AsOf)
	return s.print()
}

func (s *sheet) names(p certs.Profile) {
	s.head("names")
	for _, n := range p.CommonName {
		s.line("  CN   %s", strings.TrimSpace(n.From+" "+n.Value))
		s.more(n.Reason)
	}
	for _, n := range p.Names {
		s.line("  SAN  %s", strings.TrimSpace(n.From+" "+n.Value))
		s.more(n.Reason)
	}
	if !p.Wildcard.Reason.Zero() {
		s.line("  *    %s", s.c.text(p.Wildcard.Reason))
	}
}

func (s *sheet) usages(key string, rules []certs.UsageRule) {
	if len(rules) == 0 {
		return
	}
	s.head(key)
	for _, r := range rules {
		s.line("  %-18s %-10s [%s]", r.ID, r.Need, strings.Join(r.Source, ", "))
		s.more(r.Reason)
	}
}

func (s *sheet) keys(p certs.Profile) {
	s.head("key")
	for _, k := range p.Keys {
		sizes := make([]string, 0, len(k.Sizes))
		for _, n := range k.Sizes {
			sizes = append(sizes, strconv.Itoa(n))
		}
		s.line("  %-6s %s", k.Type, strings.Join(sizes, ", "))
	}
	s.head("ca")
	s.line("  %s", p.CA.Default)
	s.more(p.CA.Reason)
}

func (s *sheet) upload(u certs.Upload) {
	s.head("upload")
	s.line("  %s %s", strings.Join(u.Accepts, ", "), u.Extension)
	for _, f := range []struct {
		on  bool
		key string
	}{{u.Chain, "chain"}, {u.Root, "root"}, {u.Bundle, "bundle"}, {u.BundleRoot, "bundle_root"}, {u.EachCA, "each_ca"}, {u.OneNewline, "one_newline"}} {
		if f.on {
			s.line("  - %s", s.c.say("cli.sheet.upload."+f.key))
		}
	}
	s.more(u.Note)
}

func (s *sheet) trust(rules []certs.TrustRule) {
	if len(rules) == 0 {
		return
	}
	s.head("trust")
	for _, r := range rules {
		s.line("  %s: %s", r.By, r.Store)
		s.more(r.Reason)
	}
}

// steps writes a runbook, with a heading where a phase begins.
func (s *sheet) steps(steps []certs.StepRule) {
	if len(steps) == 0 {
		return
	}
	s.head("steps")
	last := certs.Phase("")
	for i, step := range steps {
		if step.Phase != last {
			last = step.Phase
			s.line("  %s", s.c.say("cli.sheet.phase."+string(last)))
		}
		s.line("  %2d. %s", i+1, s.c.text(step.Text))
		for _, command := range step.Commands {
			s.line("        %s", s.c.menu(command))
		}
	}
}

func (s *sheet) notes(key string, notes []certs.Note) {
	if len(notes) == 0 {
		return
	}
	s.head(key)
	for _, n := range notes {
		s.line("  ! %s  [%s]", s.c.text(n.Text), n.Rule)
	}
}

func (s *sheet) sources(list certs.Sources, asOf string) {
	s.line("\n%s: %s (%s)", s.c.say("cli.sources"), strings.Join(list, ", "), asOf)
}
