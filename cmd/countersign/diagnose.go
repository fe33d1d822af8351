package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/triage/artefact"
	"countersign/workflows"
	"countersign/workflows/services"
	"countersign/workflows/support"
)

type diagnoseCmd struct {
	JSON   bool     `name:"json" help:"Write JSON."`
	Batch  bool     `help:"Read JSON lines {id, text}, write one each."`
	Causes []string `help:"Directories with causes of your own." type:"existingdir"`
	Files  []string `arg:"" optional:"" help:"Files, or - for standard input. Logs, archives, captures, certificates, keys: all are read together."`
}

func (d diagnoseCmd) Run(c *console) error {
	cat, err := certs.Load()
	if err != nil {
		return err
	}
	kb, err := triage.LoadFor(cat, d.Causes...)
	if err != nil {
		return err
	}
	in, err := inputs(c, d.Files)
	if err != nil {
		return err
	}
	for _, f := range in {
		defer f.Close()
	}
	s := services.New(&workflows.Kernel{Catalogue: cat, Say: c.cat.Say, Now: time.Now}, services.Ports{Triage: kb}).Support
	if d.Batch {
		for _, f := range in {
			err := batch(f, c.out, func(text string) (any, error) {
				a, err := explainText(c, s, kb, text)
				return c.diagnosis(a), err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	files := make([]workflows.File, 0, len(in))
	for _, f := range in {
		file, err := f.file()
		if err != nil {
			return fmt.Errorf("read %s: %w", f.name, err)
		}
		files = append(files, file)
	}
	a, err := explainFiles(c, s, kb, files)
	if err != nil {
		return err
	}
	if d.JSON {
		return writeJSON(c.out, c.diagnosis(a))
	}
	return printReport(c, c.diagnosis(a), a.Said())
}

// explainFiles answers what the files hold. One log alone is read whole, of any length.
func explainFiles(c *console, s *support.Service, kb *triage.KB, files []workflows.File) (support.Explained, error) {
	if len(files) == 1 {
		a, ok, err := explainLog(c, kb, files[0])
		if ok || err != nil {
			return support.Explained{TriageAnswer: a}, err
		}
	}
	return s.ExplainFiles(c.ctx, c.lang, "", files)
}

// explainText answers a text of a batch. Where an artefact stands in it, it is read as a
// file would be.
func explainText(c *console, s *support.Service, kb *triage.KB, text string) (support.Explained, error) {
	if !strings.Contains(text, "-----BEGIN ") && len(artefact.Printed("input", text, artefact.Options{Now: time.Now()})) == 0 {
		a, err := kb.Diagnose(c.ctx, triage.Input{Text: text, Name: "input", Context: triage.Context{Now: time.Now()}})
		return support.Explained{TriageAnswer: a}, err
	}
	src := strings.NewReader(text)
	return s.ExplainFiles(c.ctx, c.lang, "", []workflows.File{{Name: "input", Src: src, Size: src.Size()}})
}

// explainLog answers a file that is a log and nothing else; false: it is something else.
func explainLog(c *console, kb *triage.KB, f workflows.File) (triage.Answer, bool, error) {
	b, err := artefact.Open(c.ctx, f.Name, f.Src, f.Size, artefact.Options{Now: time.Now()})
	if err != nil {
		return triage.Answer{}, false, err
	}
	if len(b.Parts) != 1 || b.Parts[0].Kind != artefact.Log || b.Parts[0].Name != b.Name || len(b.Parts[0].Data) > 0 || len(b.All()) > 0 {
		return triage.Answer{}, false, nil
	}
	a, err := b.Diagnose(c.ctx, kb, triage.Input{Name: f.Name, Context: triage.Context{Now: time.Now()}}, c.lang, c.cat.Say)
	for i := range a.Findings {
		for k := range a.Findings[i].Evidence {
			if e := &a.Findings[i].Evidence[k]; e.Source == b.Name {
				e.Source = f.Name // as it was given, with its path
			}
		}
	}
	return a, true, err
}

// printReport writes an answer for people.
func printReport(c *console, r diagnosis, verdict string) error {
	var b strings.Builder
	b.WriteString(c.say("cli.verdict."+verdict) + "\n")
	for i, cause := range r.Causes {
		if i > 0 && cause.Confidence < 0.01 {
			break // ranked, and no longer worth a person's time; JSON has them all
		}
		fmt.Fprintf(&b, "\n%d. %s  [%s, %.0f %%]\n", i+1, cause.Title, cause.ID, cause.Confidence*100)
		for _, e := range cause.Evidence {
			at := e.Source
			if e.Line > 0 {
				at = fmt.Sprintf("%s:%d", e.Source, e.Line)
			}
			fmt.Fprintf(&b, "   %s: %s\n", at, e.Text)
		}
		for n, step := range cause.Fix {
			if r.Verdict == triage.Unknown {
				break // what is nearest to something unknown is nothing to act on
			}
			fmt.Fprintf(&b, "   %d) %s\n", n+1, step)
		}
	}
	for i, a := range r.Artefacts {
		if i == 0 || len(a.Notes) > 0 {
			b.WriteString("\n")
		}
		b.WriteString(a.Source + ": " + a.Summary + "\n")
		for _, note := range a.Notes {
			b.WriteString("   " + note + "\n")
		}
	}
	for _, q := range r.Questions {
		b.WriteString("\n? " + q + "\n")
	}
	_, err := io.WriteString(c.out, b.String())
	return err
}
