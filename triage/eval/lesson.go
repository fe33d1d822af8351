package eval

import (
	"cmp"
	"slices"

	"countersign/triage"
)

// Lesson is one text to learn from.
type Lesson struct {
	Text   string
	Cause  string
	Also   []string // causes that the text does not exclude
	Not    bool     // the text is not of Cause
	Worth  float64  // beside a text that somebody wrote about a failure of theirs
	Origin string
	Apart  bool // too short, or in words of programs: not remembered as a text

	traits []string
}

// What the parts of the knowledge base are worth as lessons.
const (
	exampleWorth = 1.0
	messageWorth = 0.5
	titleWorth   = 0.5
	nearWorth    = 0.5
	askedWorth   = 2.0 // what people ask, beside the documentation of a machine
	groundWorth  = 0.5
)

// Lessons are what may be learned: items, what kb itself says of its causes, and texts
// of background.
func Lessons(kb *triage.KB, items []Item, background []string) []Lesson {
	var out []Lesson
	for _, it := range items {
		if !it.Sight() {
			l := Lesson{Text: it.Text, Cause: it.CauseID, Also: it.AlsoPossible, Worth: 1, Origin: it.Origin()}
			if it.Faultless() {
				l.Worth = askedWorth
			}
			out = append(out, l)
		}
	}
	for _, c := range kb.Causes() {
		add := func(text string, l Lesson) {
			l.Text, l.Cause = text, c.ID
			out = append(out, l)
		}
		for _, text := range c.Examples {
			add(text, Lesson{Worth: exampleWorth})
		}
		for _, text := range c.NearMisses {
			add(text, Lesson{Worth: nearWorth, Not: true})
		}
		for _, lang := range []string{"en", "zh-Hans", "zh-Hant"} {
			if text := c.Title.In[lang]; text != "" {
				add(text, Lesson{Worth: titleWorth, Apart: true})
			}
		}
		for _, m := range c.Messages {
			if m.Weight >= 4 && len(m.Products) == 0 && m.Pattern == "" {
				for _, text := range m.Say {
					add(text, Lesson{Worth: messageWorth, Apart: true})
				}
			}
		}
	}
	for _, text := range background {
		out = append(out, Lesson{Text: text, Cause: "none:background", Worth: groundWorth})
	}
	for i := range out {
		out[i].traits = kb.Traits(out[i].Text)
	}
	return out
}

// likeness is the share of traits from which one text is a copy of another.
const likeness = 0.6

// copies gives for each lesson the origins of the items that it is a copy of: what was
// copied between files is no other source.
func copies(kb *triage.KB, lessons []Lesson, items []Item) []map[string]bool {
	in := map[string][]int{}
	size := make([]int, len(items))
	for i, it := range items {
		traits := kb.Traits(it.Text)
		size[i] = len(traits)
		for _, t := range traits {
			in[t] = append(in[t], i)
		}
	}
	out := make([]map[string]bool, len(lessons))
	common := make([]int, len(items))
	for n, l := range lessons {
		clear(common)
		for _, t := range l.traits {
			for _, i := range in[t] {
				common[i]++
			}
		}
		for i, k := range common {
			if k > 0 && float64(k) >= likeness*float64(size[i]+len(l.traits)-k) {
				if out[n] == nil {
					out[n] = map[string]bool{}
				}
				out[n][items[i].Origin()] = true
			}
		}
	}
	return out
}

// folds shares the origins of items into n parts of about the same size. What is never
// learned from is a part of its own, since nothing has to be left out for it.
func folds(items []Item, n int) map[string]int {
	sizes := map[string]int{}
	out := map[string]int{}
	for _, it := range items {
		if it.Sight() {
			out[it.Origin()] = n
		}
	}
	for _, it := range items {
		if _, sight := out[it.Origin()]; !sight {
			sizes[it.Origin()]++
		}
	}
	var origins []string
	for o := range sizes {
		origins = append(origins, o)
	}
	slices.SortFunc(origins, func(a, b string) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(a, b)) })
	full := make([]int, n)
	for _, o := range origins {
		least := slices.Index(full, slices.Min(full))
		out[o] = least
		full[least] += sizes[o]
	}
	return out
}
