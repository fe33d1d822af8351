package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
)

// readAll reads the files into material; findings go to standard error.
func readAll(c *console, files []string, passwords []string) ([]*check.Item, []certs.Finding, error) {
	var items []*check.Item
	var findings []certs.Finding
	for _, name := range files {
		raw, err := readBounded(c, name)
		if err != nil {
			return nil, nil, err
		}
		m, f := check.Read(name, raw, check.ReadOptions{Passwords: passwords, Local: true})
		items, findings = append(items, m.Items...), append(findings, f...)
	}
	return items, findings, nil
}

type inspectCmd struct {
	Password []string `help:"Passwords to try on PKCS #12 and encrypted keys." env:"COUNTERSIGN_PASSWORD"`
	JSON     bool     `name:"json" help:"Write JSON."`
	Files    []string `arg:"" help:"Files, or - for standard input."`
}

func (i inspectCmd) Run(c *console) error {
	items, findings, err := readAll(c, i.Files, i.Password)
	if err != nil {
		return err
	}
	facts := make([]check.Facts, 0, len(items))
	for _, it := range items {
		facts = append(facts, check.Inspect(it, time.Now()))
	}
	if i.JSON {
		err = writeJSON(c.out, map[string]any{"items": facts, "findings": c.findings(findings)})
	} else {
		var b strings.Builder
		for _, f := range facts {
			fmt.Fprintf(&b, "%s  %s\n", f.Place, c.text(f.Summary))
			printFacts(&b, f)
		}
		c.printFindings(&b, findings)
		_, err = io.WriteString(c.out, b.String())
	}
	if err == nil && len(items) == 0 {
		return exit(2)
	}
	return err
}

func printFacts(b *strings.Builder, f check.Facts) {
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(b, "    %-10s %s\n", label, value)
		}
	}
	names := make([]string, 0, len(f.Names))
	for _, n := range f.Names {
		names = append(names, n.Type+":"+n.Value)
	}
	line("subject", f.Subject)
	line("issuer", f.Issuer)
	line("SAN", strings.Join(names, " "))
	line("EKU", strings.Join(f.EKU, " "))
	line("KU", strings.Join(f.KU, " "))
	if !f.NotAfter.IsZero() {
		line("valid", f.NotBefore.Format(time.DateOnly)+" – "+f.NotAfter.Format(time.DateOnly))
	}
	line("SKI", f.SKI)
	line("AKI", f.AKI)
	line("SHA-256", f.SHA256)
}

type matchCmd struct {
	Password []string `help:"Passwords to try on PKCS #12 and encrypted keys." env:"COUNTERSIGN_PASSWORD"`
	JSON     bool     `name:"json" help:"Write JSON."`
	Files    []string `arg:"" help:"Keys, CSRs, certificates."`
}

func (m matchCmd) Run(c *console) error {
	items, findings, err := readAll(c, m.Files, m.Password)
	if err != nil {
		return err
	}
	got := check.Match(items)
	if m.JSON {
		err = writeJSON(c.out, map[string]any{"match": got, "findings": c.findings(append(findings, got.Findings...))})
	} else {
		var b strings.Builder
		c.printFindings(&b, append(findings, got.Findings...))
		_, err = io.WriteString(c.out, b.String())
	}
	if err == nil && !got.OK {
		return exit(1)
	}
	return err
}
