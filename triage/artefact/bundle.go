package artefact

import (
	"io"

	"countersign/triage"
)

// Kind says what a Part is.
type Kind string

// The kinds.
const (
	Log      Kind = "log"      // text; Text has it when short, Logs reads all of them
	Material Kind = "material" // certificates, requests, keys in some encoding: Data is for certs/check
	Pcap     Kind = "capture"
)

// Part is one file: the one that was opened, or one of an archive.
type Part struct {
	// Name is fit to be shown: the path, with the archives it was in, without control
	// characters or steps upwards. It is no path to write to.
	Name string
	Kind Kind
	Size int64
	// Data is the file as it is: of Material, and of a short Log that has PEM in it. It
	// may hold private keys; the holder wipes it.
	Data []byte
	// Text is a short Log in UTF-8, not yet redacted.
	Text    string
	Capture *Capture
	// Dumps are certificates that a Log has in printed form.
	Dumps []Dump
	// Observations are what this part shows; those about the file as a whole, and what
	// could not be read, are in the Bundle.
	Observations []Observation
}

// Bundle is what Open found. It reads from the source again for Logs.
type Bundle struct {
	Name         string
	Parts        []Part
	Observations []Observation // what was left out, and why
	Skipped      int           // files of archives that hold nothing for triage
	// Key says that a file has a private key in it, in whatever encoding.
	Key bool

	src     io.ReaderAt
	size    int64
	options Options
	places  []place // of the text that the last Logs gave
}

// place says which file begins at a line of what Logs gives.
type place struct {
	line int // from 1
	name string
}

// All gives every observation of the bundle: of its parts in turn, then its own.
func (b *Bundle) All() []Observation {
	var out []Observation
	for _, p := range b.Parts {
		out = append(out, p.Observations...)
	}
	return append(out, b.Observations...)
}

// note adds an observation about the bundle, each kind of a name once.
func (b *Bundle) note(kind, name, key string, pairs ...string) {
	if len(b.Observations) >= b.options.Limits.Findings {
		return
	}
	pairs = append(pairs, "Name", name)
	b.Observations = append(b.Observations, Observation{Kind: kind, Source: name, Text: triage.T(key, pairs...)})
}
