// Package read finds the structures in a text: the regions that are no words (Cut), and
// what programs state by the form of their output rather than by a fixed sentence
// (Facts): the verdict of a connection, the direction of an alert, the two names of a
// mismatch. Fixed sentences are no business of this package: they are data in
// triage/verdicts. It knows no causes, no products and no one to answer.
package read

import (
	"cmp"
	"slices"
	"strings"
)

// Facts reads the structures of text. It is linear in the text and gives at most 200
// facts, the first cause of each story before its symptoms; see Order.
func Facts(text string) []Fact {
	lines := split(text)
	var facts []Fact
	for _, reader := range []func(string, []line) []Fact{connections, alerts, names, problems, sides, objects, refusals, events, served} {
		facts = append(facts, reader(text, lines)...)
	}
	for i := range facts {
		facts[i].Value = bounded(facts[i].Value)
	}
	Order(text, facts)
	facts = distinct(facts)
	return facts[:min(len(facts), mostFacts)]
}

// Order sorts facts of text, whoever found them, so that the first cause of each story
// comes first. A story is a connection of s_client, a stack trace with what caused it, or
// the text around those. Stories keep their order in the text. Within one: what was
// refused before the peer's alerts, those before symptoms (no certificate came, closed),
// and what went well last; a nested cause ("Caused by:", "--->") before its wrappers;
// otherwise by place. Program and Depth of a fact do not count.
func Order(text string, facts []Fact) {
	stories := storiesOf(text)
	type place struct{ story, nest int }
	at := make(map[int]place, len(facts))
	for _, f := range facts {
		if _, seen := at[f.Start]; !seen {
			story, nest := stories.at(f.Start)
			at[f.Start] = place{story: story, nest: nest}
		}
	}
	slices.SortStableFunc(facts, func(a, b Fact) int {
		x, y := at[a.Start], at[b.Start]
		return cmp.Or(
			cmp.Compare(x.story, y.story),
			cmp.Compare(symptom(a.Kind), symptom(b.Kind)),
			cmp.Compare(y.nest, x.nest),
			cmp.Compare(a.Start, b.Start),
		)
	})
}

// symptom says how far from the cause a kind of fact is.
func symptom(kind string) int {
	switch {
	case kind == "verify.ok":
		return 4
	case strings.HasPrefix(kind, "chain."):
		return 1 // explains the verdict of its connection
	case strings.HasPrefix(kind, "alert."):
		return 2
	case kind == "tls.closed", kind == "tls.no-peer-certificate", kind == "tls.failed": // names nothing
		return 3
	}
	return 0
}

// distinct leaves out what was read before: the same of the same depth and value, in
// order. Two connections that say the same say it once.
func distinct(facts []Fact) []Fact {
	type key struct {
		kind, value string
		depth       int
	}
	seen := make(map[key]bool, len(facts))
	return slices.DeleteFunc(facts, func(f Fact) bool {
		k := key{f.Kind, f.Value, f.Depth}
		again := seen[k]
		seen[k] = true
		return again
	})
}
