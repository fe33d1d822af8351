package main

import (
	"countersign/triage"
	"countersign/workflows/support"
)

// diagnosis is what diagnose --json writes: the report, and what the artefacts are that
// were given.
type diagnosis struct {
	triage.Report
	Artefacts []describedArtefact `json:"artefacts,omitempty"`
}

// describedArtefact is one artefact in words.
type describedArtefact struct {
	Source  string   `json:"source"`
	Kind    string   `json:"kind"`
	Summary string   `json:"summary"`
	Notes   []string `json:"notes"`
}

// diagnosis words an answer in the language of the console.
func (c *console) diagnosis(e support.Explained) diagnosis {
	d := diagnosis{Report: e.Report(c.lang, c.cat.Say)}
	for _, a := range e.Artefacts {
		one := describedArtefact{Source: a.Source, Kind: a.Kind, Summary: c.text(a.Summary), Notes: []string{}}
		for _, n := range a.Notes {
			one.Notes = append(one.Notes, c.text(n))
		}
		d.Artefacts = append(d.Artefacts, one)
	}
	return d
}
