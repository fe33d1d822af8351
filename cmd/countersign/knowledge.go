package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/support"
)

type profilesCmd struct {
	List profilesList `cmd:"" help:"List the profiles."`
	Show profilesShow `cmd:"" help:"Show one profile."`
}

type profilesList struct {
	Dir        []string `help:"Directories with profiles of your own." type:"existingdir"`
	Procedures bool     `help:"List work that asks for no certificate instead: revocation, monitoring, captures."`
	JSON       bool     `name:"json" help:"Write JSON."`
}

func (p profilesList) Run(c *console) error {
	cat, err := certs.Load(p.Dir...)
	if err != nil {
		return err
	}
	if p.JSON && p.Procedures {
		return writeJSON(c.out, cat.Procedures())
	}
	if p.JSON {
		return writeJSON(c.out, cat.Profiles())
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	if p.Procedures {
		for _, work := range cat.Procedures() {
			fmt.Fprintf(w, "%s\t%s\n", work.ID, c.text(work.Title))
		}
		return w.Flush()
	}
	for _, profile := range cat.Profiles() {
		fmt.Fprintf(w, "%s\t%s\n", profile.ID, c.text(profile.Title))
	}
	return w.Flush()
}

type profilesShow struct {
	Dir  []string `help:"Directories with profiles of your own." type:"existingdir"`
	JSON bool     `name:"json" help:"Write JSON."`
	ID   string   `arg:"" help:"Profile or procedure id, such as expressway-e/server." predictor:"profile"`
}

// profileOf loads the catalogue and finds a profile in it.
func profileOf(id string, dirs ...string) (*certs.Catalogue, certs.Profile, error) {
	cat, err := certs.Load(dirs...)
	if err != nil {
		return nil, certs.Profile{}, err
	}
	profile, ok := cat.Profile(id)
	if !ok {
		err = fmt.Errorf("there is no profile %q; `countersign profiles list` shows them", id)
	}
	return cat, profile, err
}

func (p profilesShow) Run(c *console) error {
	cat, profile, err := profileOf(p.ID, p.Dir...)
	if cat == nil {
		return err
	}
	if work, ok := cat.Procedure(p.ID); ok {
		if p.JSON {
			return writeJSON(c.out, work)
		}
		return printProcedure(c, work)
	}
	if err != nil {
		return err
	}
	if p.JSON {
		return writeJSON(c.out, profile)
	}
	return printProfile(c, profile)
}

type causesCmd struct {
	List   causesList   `cmd:"" help:"List the known causes."`
	Show   causesShow   `cmd:"" help:"Show one cause."`
	Export causesExport `cmd:"" help:"Write the causes that were taught and reviewed, as a file for --causes."`
}

type causesList struct {
	Dir  []string `help:"Directories with causes of your own." type:"existingdir"`
	JSON bool     `name:"json" help:"Write JSON."`
}

// causeSheet is a cause in one language.
type causeSheet struct {
	ID       string              `json:"id"`
	Title    string              `json:"title"`
	Family   string              `json:"family"`
	Taught   bool                `json:"taught,omitempty"`
	Owner    string              `json:"owner,omitempty"`
	Question string              `json:"question,omitempty"`
	Fix      []string            `json:"fix"`
	FixFor   map[string][]string `json:"fix_for,omitempty"`
	Sources  []string            `json:"sources"`
	AsOf     string              `json:"as_of,omitempty"`
}

func (c *console) cause(k *triage.Cause) causeSheet {
	in := func(steps triage.Steps) []string {
		out := []string{}
		for _, s := range steps {
			out = append(out, s.String(c.lang, c.cat.Say))
		}
		return out
	}
	s := causeSheet{ID: k.ID, Title: k.Title.String(c.lang, c.cat.Say), Family: k.Family, Taught: k.Taught, Owner: k.Owner,
		Fix: in(k.Fix), Sources: k.Sources, AsOf: k.AsOf}
	if k.Question != nil {
		s.Question = k.Question.Text.String(c.lang, c.cat.Say)
	}
	for product, steps := range k.FixFor {
		if s.FixFor == nil {
			s.FixFor = map[string][]string{}
		}
		s.FixFor[product] = in(steps)
	}
	return s
}

func (p causesList) Run(c *console) error {
	kb, err := triage.Load(p.Dir...)
	if err != nil {
		return err
	}
	all := []causeSheet{}
	for _, cause := range kb.Causes() {
		all = append(all, c.cause(cause))
	}
	if p.JSON {
		return writeJSON(c.out, all)
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, cause := range all {
		fmt.Fprintf(w, "%s\t%s\n", cause.ID, cause.Title)
	}
	return w.Flush()
}

type causesShow struct {
	Dir  []string `help:"Directories with causes of your own." type:"existingdir"`
	JSON bool     `name:"json" help:"Write JSON."`
	ID   string   `arg:"" help:"Cause id, such as missing-intermediate." predictor:"cause"`
}

func (p causesShow) Run(c *console) error {
	kb, err := triage.Load(p.Dir...)
	if err != nil {
		return err
	}
	found := kb.Cause(p.ID)
	if found == nil {
		return fmt.Errorf("there is no cause %q; `countersign causes list` shows them", p.ID)
	}
	cause := c.cause(found)
	if p.JSON {
		return writeJSON(c.out, cause)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", cause.ID, cause.Title)
	if cause.Question != "" {
		fmt.Fprintf(&b, "  ? %s\n", cause.Question)
	}
	for i, step := range cause.Fix {
		fmt.Fprintf(&b, "  %d) %s\n", i+1, step)
	}
	for _, product := range slices.Sorted(maps.Keys(cause.FixFor)) {
		fmt.Fprintf(&b, "\n%s\n", product)
		for i, step := range cause.FixFor[product] {
			fmt.Fprintf(&b, "  %d) %s\n", i+1, step)
		}
	}
	fmt.Fprintf(&b, "\n%s: %s (%s)\n", c.say("cli.sources"), strings.Join(cause.Sources, ", "), cause.AsOf)
	_, err = fmt.Fprint(c.out, b.String())
	return err
}

type causesExport struct {
	dataFlags
}

// Run writes what is live. The file is a directory's worth of causes for `causes` of
// the configuration, elsewhere or after a reinstallation.
func (e causesExport) Run(c *console) error {
	var live []workflows.Taught
	err := e.view(c, func(rd workflows.Reader) (err error) {
		live, err = rd.TaughtList(c.ctx, "", workflows.Live, 1000)
		return err
	})
	if err != nil {
		return err
	}
	raw, err := support.CausesYAML(live, time.Now())
	if err != nil {
		return err
	}
	_, err = c.out.Write(raw)
	return err
}
