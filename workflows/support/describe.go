package support

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/workflows"
)

// Described is one artefact of a case in words: what it is, and what of it matters.
type Described struct {
	Source  string
	Kind    string // certificate, csr, capture, Paired or Closed
	Summary workflows.Text
	Notes   []workflows.Text
}

// Kinds that are no objects of their own.
const (
	Closed = "closed" // a container or key that needs its password to be looked into
	Paired = "pair"   // a key or request, and the certificate that belongs to it
	Remark = "remark" // what is odd about a file
)

// maxDescribed bounds the artefacts that are described: of a trust list, the first ones.
const maxDescribed = 12

// Describe says what the artefacts of a case are, whether or not something is wrong with
// them: a good one is no reason to say nothing.
func Describe(c workflows.Case, now time.Time) []Described {
	items := Material(c)
	out := make([]Described, 0, min(len(items), maxDescribed))
	for _, it := range items {
		if len(out) == maxDescribed {
			break
		}
		if !c.Probed(it.Place.File) { // those stand with the look
			out = append(out, describe(it, items, now))
		}
	}
	out = append(append(paired(items), out...), remarks(items, now)...)
	for _, o := range c.Seen {
		switch o.Kind {
		case "file.closed":
			out = append(out, closedOf(o))
		case "pair.match":
			out = slices.Insert(out, 0, Described{Source: o.Source, Kind: Paired, Summary: TextOf(o.Text)})
		case "capture.summary":
			out = append(out, Described{Source: o.Source, Kind: "capture", Summary: TextOf(o.Text)})
		case "capture.all-completed":
			for i := range out {
				if out[i].Kind == "capture" && out[i].Source == o.Source {
					out[i].Notes = append(out[i].Notes, TextOf(o.Text))
				}
			}
		}
	}
	return out
}

// Describes reports whether an observation is among what Describe says.
func Describes(o Observation) bool {
	return slices.Contains([]string{"file.closed", "pair.match", "capture.summary", "capture.all-completed"}, o.Kind)
}

// describe says what one certificate or request is.
func describe(it *check.Item, items []*check.Item, now time.Time) Described {
	f := check.Inspect(it, now)
	d := Described{Source: it.Place.String(), Kind: string(it.Kind), Summary: f.Summary}
	note := func(key string, pairs ...string) {
		d.Notes = append(d.Notes, certs.T("workflows.artefact."+key, pairs...))
	}
	if f.Subject != "" {
		note("subject", "Subject", f.Subject)
	}
	if len(f.Names) > 0 {
		const shown = 8
		names := make([]string, 0, shown)
		for _, n := range f.Names[:min(len(f.Names), shown)] {
			names = append(names, n.Value)
		}
		note("names", "Names", strings.Join(names, ", "), "More", strconv.Itoa(max(0, len(f.Names)-shown)))
	}
	if it.Kind == check.Certificate {
		note("dates", "From", f.NotBefore.Format(time.DateOnly), "Until", f.NotAfter.Format(time.DateOnly))
	}
	if !f.IsCA && (it.Kind == check.Certificate || len(f.EKU) > 0) {
		note("usage", "EKU", strings.Join(f.EKU, ", "), "Server", yes(slices.Contains(f.GoodFor, "server")), "Client", yes(slices.Contains(f.GoodFor, "client")))
	}
	if f.Key.Type != "" {
		note("key", "Key", f.Key.String(), "Signature", f.Signature)
	}
	if it.Kind == check.Certificate && f.Role != check.Root && f.Role != check.SelfSigned {
		describeChain(it, items, now, note)
	}
	return d
}

// describeChain says how far the chain above a certificate goes in what was given.
func describeChain(it *check.Item, items []*check.Item, now time.Time, note func(string, ...string)) {
	path, whole := pathOf(it, Certificates(items), now)
	switch issuer := check.Inspect(it, now).Issuer; {
	case whole:
		note("chain_whole", "Root", path[len(path)-1].Title(), "Count", strconv.Itoa(len(path)))
	case len(path) == 0:
		note("chain_none", "Issuer", issuer)
	default:
		top := path[len(path)-1]
		note("chain_part", "Top", top.Title(), "Issuer", check.Inspect(top, now).Issuer)
	}
}

// harmless are remarks that speak of no fault: a list may hold a thing twice, and an
// intermediate may be sent without its root.
var harmless = map[string]bool{"order.duplicate": true, "order.no-root": true}

// remarks says what is odd about the files that items came from.
func remarks(items []*check.Item, now time.Time) []Described {
	var out []Described
	var order []string
	files := map[string][]*check.Item{}
	for _, it := range items {
		if files[it.Place.File] == nil {
			order = append(order, it.Place.File)
		}
		files[it.Place.File] = append(files[it.Place.File], it)
	}
	for _, name := range order {
		for _, f := range check.InspectAll(check.Material{Name: name, Items: files[name]}, nil, now).Findings {
			if f.Severity != certs.Info && !harmless[f.Rule] && len(out) < maxDescribed {
				out = append(out, Described{Source: name, Kind: Remark, Summary: f.Text})
			}
		}
	}
	return out
}

// closedOf says what a container or key is that could not be looked into.
func closedOf(o Observation) Described {
	key := "workflows.artefact.closed_p12"
	if o.Text.Key == "check.read.key-encrypted" {
		key = "workflows.artefact.closed_key"
	}
	return Described{Source: o.Source, Kind: Closed, Summary: certs.T(key), Notes: []workflows.Text{certs.T(key + "_next")}}
}

// paired says which certificate belongs to which request.
func paired(items []*check.Item) []Described {
	csrs := requests(items)
	if len(csrs) == 0 || len(Certificates(items)) == 0 {
		return nil
	}
	var out []Described
	for _, f := range check.Match(items).Findings {
		if fits[f.Rule] && len(out) < maxDescribed {
			out = append(out, Described{Source: csrs[0].Place.String(), Kind: Paired, Summary: f.Text})
		}
	}
	return out
}

// yes is a condition for a text of the catalogue.
func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
