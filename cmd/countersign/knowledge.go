package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"countersign/certs"
	"countersign/triage"
)

// text renders a text of the certificate domain.
func (c *console) text(t certs.Text) string { return c.cat.Text(c.lang, t.Key, t.Args, t.In) }

type profilesCmd struct {
	List profilesList `cmd:"" help:"List the profiles."`
	Show profilesShow `cmd:"" help:"Show one profile."`
}

type profilesList struct {
	Dir  []string `help:"Directories with profiles of your own." type:"existingdir"`
	JSON bool     `name:"json" help:"Write JSON."`
}

func (p profilesList) Run(c *console) error {
	cat, err := certs.Load(p.Dir...)
	if err != nil {
		return err
	}
	if p.JSON {
		return writeJSON(c.out, cat.Profiles())
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, profile := range cat.Profiles() {
		fmt.Fprintf(w, "%s\t%s\n", profile.ID, c.text(profile.Title))
	}
	return w.Flush()
}

type profilesShow struct {
	Dir  []string `help:"Directories with profiles of your own." type:"existingdir"`
	JSON bool     `name:"json" help:"Write JSON."`
	ID   string   `arg:"" help:"Profile id, such as expressway-e/server."`
}

func (p profilesShow) Run(c *console) error {
	cat, err := certs.Load(p.Dir...)
	if err != nil {
		return err
	}
	profile, ok := cat.Profile(p.ID)
	if !ok {
		return fmt.Errorf("there is no profile %q; `countersign profiles list` shows them", p.ID)
	}
	if p.JSON {
		return writeJSON(c.out, profile)
	}
	return printProfile(c, profile)
}

type causesCmd struct {
	List causesList `cmd:"" help:"List the known causes."`
	Show causesShow `cmd:"" help:"Show one cause."`
}

type causesList struct {
	Dir []string `help:"Directories with causes of your own." type:"existingdir"`
}

func (p causesList) Run(c *console) error {
	kb, err := triage.Load(p.Dir...)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, cause := range kb.Causes() {
		fmt.Fprintf(w, "%s\t%s\n", cause.ID, cause.Title.String(c.lang, c.cat.Say))
	}
	return w.Flush()
}

type causesShow struct {
	Dir []string `help:"Directories with causes of your own." type:"existingdir"`
	ID  string   `arg:"" help:"Cause id, such as missing-intermediate."`
}

func (p causesShow) Run(c *console) error {
	kb, err := triage.Load(p.Dir...)
	if err != nil {
		return err
	}
	cause := kb.Cause(p.ID)
	if cause == nil {
		return fmt.Errorf("there is no cause %q; `countersign causes list` shows them", p.ID)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", cause.ID, cause.Title.String(c.lang, c.cat.Say))
	for i, step := range cause.Fix {
		fmt.Fprintf(&b, "  %d) %s\n", i+1, step.String(c.lang, c.cat.Say))
	}
	for _, product := range sortedKeys(cause.FixFor) {
		fmt.Fprintf(&b, "\n%s\n", product)
		for i, step := range cause.FixFor[product] {
			fmt.Fprintf(&b, "  %d) %s\n", i+1, step.String(c.lang, c.cat.Say))
		}
	}
	for _, s := range cause.Sources {
		fmt.Fprintf(&b, "  [%s]\n", s)
	}
	_, err = fmt.Fprint(c.out, b.String())
	return err
}
