package triage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"countersign/certs"
)

// maxDiagnose bounds a text that Diagnose reads whole; longer ones go through Scan.
const maxDiagnose = 256 << 10

// Diagnose finds the known cause of what in holds. It never fails on hostile text; it
// returns an error only when ctx ends. Its time is linear in the text.
func (kb *KB) Diagnose(ctx context.Context, in Input) (Answer, error) {
	if len(in.Text) > maxDiagnose {
		return kb.Scan(ctx, strings.NewReader(in.Text), in)
	}
	text, redactions := Redact(strings.ToValidUTF8(in.Text, "\uFFFD"))
	lines := lineStarts(text)
	return kb.diagnose(ctx, in, text, redactions, lines)
}

func (kb *KB) diagnose(ctx context.Context, in Input, text string, redactions []Redaction, lines []int) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, fmt.Errorf("triage: diagnose: %w", err)
	}
	name := cmp.Or(in.Name, "input")
	a := Answer{Redacted: redactions, Text: text}
	pieces := make([][]piece, len(kb.causes))
	seen, stated, told := kb.reads(text, func(s *sighting) map[string]bool {
		a.Products = kb.recognise(s, in.Context.Product)
		return setOf(a.Products)
	})
	stated = spokenBy(in.Context.Side, byAddress(text, kb.contradicted(text, stated, in.Context.Now)))
	verdict := slices.ContainsFunc(stated, statement.explicit)
	for _, f := range told {
		for _, w := range f.signal.weights {
			if verdict && w.w > 0 && kb.causes[w.cause].symptom() {
				w.w *= besideVerdict
			}
			pieces[w.cause] = append(pieces[w.cause], f.piece(w.w))
		}
	}
	kb.addStated(pieces, stated)
	kb.addFacts(pieces, in)
	if err := ctx.Err(); err != nil {
		return Answer{}, fmt.Errorf("triage: diagnose: %w", err)
	}
	look := kb.outlook(text, seen, stated)
	look.exclude(pieces)
	a.Findings, a.Verdict = kb.decide(pieces, firm(pieces, look.views), hintScore, name, text, lines)
	spoken := slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.told >= hintScore })
	switch {
	case computed(pieces), spoken && a.Findings[0].Cause.Taught: // an artefact, and what staff taught, outrank how a story sounds
	case spoken:
		a.Verdict = look.beside(a.Verdict)
	case states(stated, verified), look.faultless():
		a.Findings, a.Verdict = nil, Unknown
	default:
		a.Findings, a.Verdict = kb.decide(pieces, look.views, fewSay, name, text, lines)
		a.Verdict = look.alone(a.Verdict)
	}
	a.Question = kb.ask(a, in.Context)
	return a, nil
}

// WarmUp diagnoses a text once. What a first diagnosis has to build takes a slow machine
// longer than Slack waits for the answer to a click.
func (kb *KB) WarmUp(ctx context.Context) {
	_, _ = kb.Diagnose(ctx, Input{Text: "certificate has expired"}) // it fails only when ctx ends
}

// computed reports whether a computed fact speaks for a cause.
func computed(pieces [][]piece) bool {
	return slices.ContainsFunc(pieces, func(list []piece) bool {
		return slices.ContainsFunc(list, func(p piece) bool { return p.fact != nil && p.w >= hintScore })
	})
}

// firm leaves those of views that count beside other evidence: the ones of causes that
// have some, and the ones that are sure enough to need none.
func firm(pieces [][]piece, views map[int]piece) map[int]piece {
	out := map[int]piece{}
	for c, p := range views {
		if len(pieces[c]) > 0 || p.w >= (opinion{p: firmOpinion}).worth() {
			out[c] = p
		}
	}
	return out
}

// givesWay is what the answer to its own question weighs against a cause that leaves the
// reason open.
const givesWay = -6

// addFacts adds what was computed elsewhere and what was answered before.
func (kb *KB) addFacts(pieces [][]piece, in Input) {
	for i := range in.Facts {
		f := &in.Facts[i]
		for id, w := range f.Supports {
			if c, ok := kb.index[id]; ok {
				pieces[c] = append(pieces[c], piece{w: w, fact: f})
			}
		}
		for c, cause := range kb.causes {
			if w, ok := cause.Facts[f.Kind]; ok {
				if _, direct := f.Supports[cause.ID]; !direct {
					pieces[c] = append(pieces[c], piece{w: w, fact: f})
				}
			}
		}
	}
	for _, q := range kb.questions {
		for _, o := range q.Options {
			if o.ID != in.Context.Answers[q.ID] {
				continue
			}
			fact := &Fact{Kind: "answer", Source: q.ID, Text: o.Text.In[certs.English]}
			for id, w := range o.Favour {
				if c, ok := kb.index[id]; ok {
					pieces[c] = append(pieces[c], piece{w: w, fact: fact})
				}
			}
			for c, cause := range kb.causes {
				if cause.Open && cause.Question == q && o.Favour[cause.ID] == 0 && len(o.Favour) > 0 {
					pieces[c] = append(pieces[c], piece{w: givesWay, fact: fact}) // why, was the question
				}
			}
		}
	}
}

// recognise gives the products that show in a text, the one named by the caller
// first, then by number of marks.
func (kb *KB) recognise(s *sighting, named string) []string {
	type mark struct {
		id string
		n  int
	}
	var marks []mark
	add := func(id string, n int) {
		if i := slices.IndexFunc(marks, func(m mark) bool { return m.id == id }); i >= 0 {
			marks[i].n += n
		} else {
			marks = append(marks, mark{id, n})
		}
	}
	if named != "" {
		add(kb.family(named), 1000)
	}
	for i, g := range kb.product {
		if n := len(s.hits[g]); n > 0 {
			add(kb.products[i].ID, n*10)
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return b.n - a.n })
	out := make([]string, len(marks))
	for i, m := range marks {
		out[i] = m.id
	}
	return out
}

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}
