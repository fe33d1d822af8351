package support

import (
	"encoding/pem"
	"slices"
	"sort"
	"strings"

	"countersign/certs/check"
	"countersign/triage"
	"countersign/triage/artefact"
	"countersign/workflows"
)

// maxSeen bounds the observations that a case keeps.
const maxSeen = 100

// maxCerts bounds what a case keeps of certificates: more than any trust list has.
const maxCerts = 400

// ownPart cuts a quotation that runs over from one piece of the input to the next down
// to the piece that has most of it: nobody wrote the two as one.
func ownPart(c workflows.Case, e triage.Evidence) triage.Evidence {
	piece := func(line int) int {
		return sort.Search(len(c.Pieces), func(i int) bool { return c.Pieces[i].Line > line })
	}
	lines := strings.SplitAfter(e.Text, "\n")
	if e.End-e.Start != len(e.Text) || piece(e.Line) == piece(e.Line+len(lines)-1) {
		return e
	}
	best, at := e, e.Start
	best.Text = ""
	for i := 0; i < len(lines); {
		part := e
		part.Line, part.Start, part.Text = e.Line+i, at, ""
		for ; i < len(lines) && piece(e.Line+i) == piece(part.Line); i++ {
			part.Text += lines[i]
		}
		at += len(part.Text)
		part.Text = strings.TrimRight(part.Text, "\n")
		part.End = part.Start + len(part.Text)
		if len(part.Text) > len(best.Text) {
			best = part
		}
	}
	return best
}

// Material gives the certificates and requests of a case, with the places at which
// its people know them.
func Material(c workflows.Case) []*check.Item {
	m, _ := check.Read("", []byte(c.Input), check.ReadOptions{Limits: check.Limits{Items: maxCerts}})
	out := make([]*check.Item, 0, len(m.Items)+len(c.Certs))
	have := map[string]bool{}
	add := func(it *check.Item, at check.Place) {
		if key := at.File + "\x00" + string(it.DER); it.Kind != check.PrivateKey && !have[key] {
			have[key] = true
			it.Place = at
			out = append(out, it)
		}
	}
	for i, it := range m.Items {
		file, line := c.Locate(it.Place.Line)
		add(it, check.Place{File: named(file), Line: line, Index: i})
	}
	for i, a := range c.Certs {
		m, _ := check.Read(a.Name, pem.EncodeToMemory(&pem.Block{Type: a.Kind, Bytes: a.DER}), check.ReadOptions{})
		for _, it := range m.Items {
			add(it, check.Place{File: a.Name, Line: a.Line, Index: i})
		}
	}
	return out
}

// attach keeps the certificates and requests among items; false: not all of them fit.
func attach(c *workflows.Case, items []*check.Item) bool {
	c.Certs = c.Certs[:len(c.Certs):len(c.Certs)]
	have := map[string]bool{}
	for _, a := range c.Certs {
		have[a.Name+string(a.DER)] = true
	}
	for _, it := range items {
		kind := map[check.Kind]string{check.Certificate: "CERTIFICATE", check.Request: "CERTIFICATE REQUEST"}[it.Kind]
		if kind == "" || have[it.Place.File+string(it.DER)] {
			continue
		}
		if len(c.Certs) == maxCerts || len(it.DER) > 64<<10 {
			return false
		}
		have[it.Place.File+string(it.DER)] = true
		c.Certs = append(c.Certs, workflows.Attached{Name: it.Place.File, Line: it.Place.Line, Kind: kind, DER: it.DER})
	}
	return true
}

// Observation is one thing that the files or certificates of a case show.
type Observation = artefact.Observation

// trustList reports whether a file is a list of CAs rather than what a server sends.
func trustList(name string, items []*check.Item) bool {
	found := Certificates(items)
	if len(found) == 0 || strings.Contains(name, "#") {
		return false
	}
	return !slices.ContainsFunc(found, LeafCert)
}

func Certificates(items []*check.Item) []*check.Item { return ofKind(items, check.Certificate) }

func requests(items []*check.Item) []*check.Item { return ofKind(items, check.Request) }

func ofKind(items []*check.Item, k check.Kind) []*check.Item {
	return check.Material{Items: items}.Of(k)
}

// named is how a source is quoted: a file by its name, else the person's words.
func named(file string) string {
	if file == "" {
		return "message"
	}
	return file
}

// selfSigned are the roots among items: for want of a trust list, a chain that ends in
// one of them is whole.
func selfSigned(items []*check.Item) []*check.Item {
	return slices.DeleteFunc(slices.Clone(items), func(it *check.Item) bool {
		return it.Cert == nil || !it.Cert.IsCA || it.Cert.CheckSignatureFrom(it.Cert) != nil
	})
}

func LeafCert(it *check.Item) bool { return it.Cert != nil && !it.Cert.IsCA }
