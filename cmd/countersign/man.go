package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type manCmd struct{}

// Run writes the manual page (man(7)) from the same model as the help.
func (manCmd) Run(c *console, k *kong.Context) error {
	var b strings.Builder
	line := func(macro, text string) { b.WriteString(strings.TrimSpace("."+macro+" "+roff(text)) + "\n") }
	text := func(s string) { b.WriteString(roff(s) + "\n") }
	flags := func(of []*kong.Flag) {
		for _, f := range of {
			if !f.Hidden {
				line("TP", "")
				line("B", f.String())
				text(kong.DefaultHelpValueFormatter(f.Value))
			}
		}
	}
	fmt.Fprintf(&b, ".TH COUNTERSIGN 1 \"\" %q\n", "countersign "+version)
	line("SH", "NAME")
	b.WriteString("countersign \\- " + roff(strings.ToLower(k.Model.Help[:1])+strings.TrimSuffix(k.Model.Help[1:], ".")) + "\n")
	line("SH", "SYNOPSIS")
	line("B", "countersign")
	text("<command> [flags]")
	line("SH", "OPTIONS")
	flags(k.Model.Flags)
	for _, g := range groups {
		line("SH", strings.ToUpper(strings.TrimSuffix(g.Title, ":")))
		for _, leaf := range k.Model.Leaves(true) {
			if leaf.ClosestGroup() == nil || leaf.ClosestGroup().Key != g.Key {
				continue
			}
			line("SS", "countersign "+leaf.Summary())
			text(leaf.Help)
			for _, arg := range leaf.Positional {
				line("TP", "")
				line("I", arg.Summary())
				text(kong.DefaultHelpValueFormatter(arg))
			}
			flags(leaf.Flags)
			line("PP", "")
			line("EX", "")
			for _, x := range exampleLines(commandOf(leaf)) {
				text(x)
			}
			line("EE", "")
		}
	}
	line("SH", "EXIT STATUS")
	text("0: fine. 1: the check says no. 2: bad usage, or input that cannot be read.")
	_, err := io.WriteString(c.out, b.String())
	return err
}

// roff writes text that is only text: no escape, no request at the start of the line,
// hyphens that can be copied.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "\n", " ").Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
