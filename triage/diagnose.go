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
	v := normalise(text)
	seen := kb.sight(text, v)
	a.Products = kb.recognise(seen, in.Context.Product)
	products := map[string]bool{}
	for _, p := range a.Products {
		products[p] = true
	}
	pieces := make([][]piece, len(kb.causes))
	for _, f := range kb.fire(seen, products) {
		for _, w := range f.signal.weights {
			pieces[w.cause] = append(pieces[w.cause], piece{w: w.w * f.factor, spans: f.spans, side: f.signal.side})
		}
	}
	for _, r := range kb.similar().compare(v) {
		for _, w := range kb.similar().docs[r.doc].weights {
			pieces[w.cause] = append(pieces[w.cause], piece{w: w.w * scaled(r.coverage), spans: []hit{r.span}})
		}
	}
	kb.addFacts(pieces, in)
	if err := ctx.Err(); err != nil {
		return Answer{}, fmt.Errorf("triage: diagnose: %w", err)
	}
	about := kb.topics().resemblances(v)
	views := kb.views(seen)
	if len(seen.hits[kb.subject]) == 0 {
		views = scale(views, withoutSubject)
	}
	a.Findings, a.Verdict = kb.decide(pieces, about, firm(pieces, views), name, text, lines)
	if !slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.told >= hintScore }) {
		if kb.fallBack(pieces, about, seen, v) {
			views = scale(views, besideCommonest)
		}
		a.Findings, a.Verdict = kb.decide(pieces, nil, views, name, text, lines)
	}
	a.Question = kb.ask(a, in.Context)
	return a, nil
}

// views gives what experience says of a text, by cause.
func (kb *KB) views(seen *sighting) map[int]piece {
	e := experience()
	views := map[int]piece{}
	for _, o := range e.opinions(seen.readings) {
		if c, ok := kb.index[e.Causes[o.class]]; ok {
			views[c] = piece{w: o.worth(), spans: o.spans}
		}
	}
	return views
}

// scale lowers the views by share.
func scale(views map[int]piece, share float64) map[int]piece {
	for c, p := range views {
		p.w *= share
		views[c] = p
	}
	return views
}

// What experience counts in a text that names nothing of the trade (general words such
// as "could not read" stand in many texts about certificates and in all others), and in
// one that says no more than that a certificate or a handshake was refused.
const (
	withoutSubject  = 0.3
	besideCommonest = 0.5
)

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

// fallBack looks for weak reasons when there are no good ones. What names nothing that
// a certificate problem would name, or mentions it without saying that anything is
// wrong, is something else; the rest gets suggestions. A few words without any stay
// unexplained. It reports whether all that is said is that a certificate was refused.
func (kb *KB) fallBack(pieces [][]piece, about map[int32]piece, seen *sighting, v *view) (refused bool) {
	other, ok := kb.index["not-certificate:other"]
	if !ok || len(v.text) < shortestOther {
		return false
	}
	subject, trouble := seen.hits[kb.subject], seen.hits[kb.trouble]
	if len(subject) == 0 && wordCount(v) < fewestWords {
		return false // nothing is said, so nothing is ruled out
	}
	switch {
	case len(subject) == 0:
		from, to := v.span(0, min(len(v.text), longestQuote/2))
		pieces[other] = append(pieces[other], piece{w: otherScore, spans: []hit{{int32(from), int32(to)}}})
	case len(trouble) == 0:
		pieces[other] = append(pieces[other], piece{w: passingScore, spans: subject[:1]})
	}
	if top := best(about); top > 0 && len(trouble) > 0 {
		for c, p := range about {
			p.w = topicBase*p.w/top + (topicTop-topicBase)*min(1, p.w/topicFull)
			pieces[c] = append(pieces[c], p)
		}
	}
	for _, h := range seen.hits[kb.verify] {
		spans, ok := seen.around([]int32{kb.verify, kb.refusal}, kb.verify, h, nearRefusal)
		if !ok {
			continue
		}
		for id, w := range commonest {
			if c, ok := kb.index[id]; ok {
				pieces[c] = append(pieces[c], piece{w: w, spans: spans})
			}
		}
		return true
	}
	return false
}

// wordCount gives the number of words of v that mean something.
func wordCount(v *view) int {
	n := 0
	eachToken(v, func(string, int, int) { n++ })
	return n
}

// nearRefusal is how close a certificate and its being refused stand, in bytes.
const nearRefusal = 40

// commonest are the usual reasons why a certificate is refused. Where a text says only
// that one was, they are what there is to choose from, and the question to ask.
var commonest = map[string]float64{
	"untrusted-ca": 3.0, "missing-intermediate": 2.9, "name-mismatch": 2.8, "expired": 2.7,
}

// Weights of the fall back: a text without the subject is more surely something else
// than one that mentions it in passing.
const (
	shortestOther = 8
	fewestWords   = 4
	otherScore    = 3.2
	passingScore  = 2.8
)

// scaled turns a coverage into a share of weight: half coverage is nearly nothing.
func scaled(coverage float64) float64 {
	x := (coverage - leastCoverage) / (1 - leastCoverage)
	return 0.35 + 0.65*x
}

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
