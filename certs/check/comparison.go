package check

import (
	"slices"
	"strings"
	"time"

	"countersign/certs"
)

// CompareOptions say for what the comparison is made.
type CompareOptions struct {
	Now     time.Time // required
	Product string    // a product or family of Catalogue, on whose pages the steps are done; empty: not known
	// Profile, Version and Catalogue tell which usages the service needs: what it does
	// not need may go (Expressway X15.5 has a store of its own for client
	// authentication). Without them every usage lost counts.
	Profile   string
	Version   string
	Catalogue *certs.Catalogue
	// Trust is what the systems that meet this certificate trust today, if given: then
	// the answer says whether the new issuer is among it.
	Trust []*Item
}

// Change is one attribute of old and new.
type Change struct {
	Field   string   `json:"field"` // san, eku, ku, key, aki, issuer, subject, lifetime, signature
	Same    bool     `json:"same"`
	Old     string   `json:"old"`
	New     string   `json:"new"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// Comparison is what changed between an old certificate and its successor, and what
// follows from it.
type Comparison struct {
	OK       bool            `json:"ok"`       // the new one can take the old one's place once the steps are done
	Same     bool            `json:"same"`     // it is the very same certificate
	SameCA   bool            `json:"same_ca"`  // the same CA key signed both, as far as can be told
	Changes  []Change        `json:"changes"`  // every attribute, changed or not
	Findings []certs.Finding `json:"findings"` //
	Steps    []certs.Step    `json:"steps"`    // what is left to do, in the order A to E of the source document
}

type comparing struct {
	opts         CompareOptions
	a, b         Facts
	older, newer *Item
	out          Comparison
}

func (c *comparing) both() bool { return c.a.Kind == Certificate && c.b.Kind == Certificate }

func (c *comparing) say(rule string, s certs.Severity, source string, pairs ...string) {
	c.out.Findings = append(c.out.Findings, sourced(finding(rule, s, append(pairs, "Title", c.b.Title)...), source))
}

func (c *comparing) change(field, older, newer string) bool {
	c.out.Changes = append(c.out.Changes, Change{Field: field, Same: older == newer, Old: older, New: newer})
	return older != newer
}

// sets compares two lists whose order says nothing.
func (c *comparing) sets(field string, older, newer []string) (added, removed []string) {
	less := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
	}
	added, removed = less(newer, older), less(older, newer)
	c.out.Changes = append(c.out.Changes, Change{Field: field, Same: len(added)+len(removed) == 0,
		Old: strings.Join(older, ", "), New: strings.Join(newer, ", "), Added: added, Removed: removed})
	return added, removed
}

const sourceRenew = "Renew Expressway certificates"
