package main

import (
	"fmt"
	"io"
	"strings"

	"countersign/certs"
)

// report writes a result as JSON or for people, and turns "no" into exit status 1.
func (c *console) report(asJSON bool, result any, findings []certs.Finding, ok bool, lines ...string) error {
	var err error
	if asJSON {
		err = writeJSON(c.out, map[string]any{"result": result, "findings": c.findings(findings)})
	} else {
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(l + "\n")
		}
		c.printFindings(&b, findings)
		_, err = io.WriteString(c.out, b.String())
	}
	if err == nil && !ok {
		return exit(1)
	}
	return err
}

// said is a finding in words.
type said struct {
	Rule     string         `json:"rule"`
	Severity certs.Severity `json:"severity"`
	Text     string         `json:"text"`
	Source   string         `json:"source,omitempty"`
}

func (c *console) findings(list []certs.Finding) []said {
	out := make([]said, 0, len(list))
	for _, f := range list {
		out = append(out, said{Rule: f.Rule, Severity: f.Severity, Text: c.text(f.Text), Source: f.Source})
	}
	return out
}

func (c *console) printFindings(b *strings.Builder, list []certs.Finding) {
	for _, f := range c.findings(list) {
		fmt.Fprintf(b, "%s: %s  [%s]\n", f.Severity, f.Text, f.Rule)
	}
}
