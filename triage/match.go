package triage

import (
	"cmp"
	"slices"
	"strings"
)

// maxHits bounds the occurrences kept of one group: more say nothing new.
const maxHits = 64

// sighting is what the automaton saw in one text: for each group, where.
type sighting struct {
	source string
	hits   [][]hit // by group, in order of from
	fuzzy  []bool  // by group: seen only after correcting typing errors

	denials *denials
	flat    string // the source unwrapped, in lower case; made when it is first needed

	readings []*view // the text as it stands first, then in other languages
}

// sight finds the literals of the knowledge base in v.
func (kb *KB) sight(source string, v *view) *sighting {
	s := &sighting{source: source, denials: kb.denials, hits: make([][]hit, kb.groups), fuzzy: make([]bool, kb.groups)}
	kb.collect(s, v, false)
	if corrected := kb.lexicon().correct(source, v); corrected != nil {
		kb.collect(s, corrected, true)
	}
	s.readings = append([]*view{v}, retold(v)...)
	for _, one := range s.readings[1:] {
		kb.collect(s, one, true)
	}
	return s
}

func (kb *KB) collect(s *sighting, v *view, corrected bool) {
	if len(v.text) == 0 {
		return
	}
	touched := map[int32]bool{}
	kb.auto().scan(0, v.text, func(id int32, end int) bool {
		l := &kb.literals[id]
		start, ok := l.at(v.text, end)
		if !ok {
			return true
		}
		from, to := v.span(start, end)
		for _, g := range kb.inGroup[id] {
			list := s.hits[g]
			if len(list) >= maxHits {
				continue
			}
			if corrected {
				if slices.ContainsFunc(list, func(h hit) bool { return h.from == int32(from) }) {
					continue
				}
				if len(list) == 0 {
					s.fuzzy[g] = true
				}
				touched[g] = true
			}
			s.hits[g] = append(list, hit{int32(from), int32(to)})
		}
		return true
	})
	// Literals of one group end in order; they need not begin in order.
	for g, list := range s.hits {
		if len(list) > 1 && (!corrected || touched[int32(g)]) {
			slices.SortFunc(list, func(a, b hit) int { return int(a.from - b.from) })
		}
	}
}

// at gives the start of the literal that ends at text[:end], if word boundaries
// allow it. A plural s after a word is allowed. Separator runs in raw text make the
// start approximate; the caller only quotes it.
func (l *literal) at(text []byte, end int) (int, bool) {
	start := end - len(l.text)
	if start < 0 {
		return 0, false
	}
	if l.head && start > 0 && alnum(text[start-1]) {
		return 0, false
	}
	if l.tail && end < len(text) && alnum(text[end]) &&
		!(text[end] == 's' && (end+1 == len(text) || !alnum(text[end+1]))) {
		return 0, false
	}
	return start, true
}

// fired is a signal that holds, with the spans that show it.
type fired struct {
	signal *signal
	spans  []hit
	factor float64
	denied bool // the text says that it is not so
}

// within drops the hits that stand inside a longer one of another signal: a sentence that
// is documented says more than the words in it.
func (kb *KB) within(s *sighting) {
	type owned struct {
		hit
		group int32
	}
	var all []owned
	for i := range kb.signals {
		if g := kb.signals[i].group; kb.signals[i].re == nil && !setting(kb.signals[i].kind) {
			for _, h := range s.hits[g] {
				all = append(all, owned{h, g})
			}
		}
	}
	slices.SortFunc(all, func(a, b owned) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	inside := map[owned]bool{}
	var widest owned // reaches furthest of those that begin before
	for _, h := range all {
		if h.to <= widest.to && h.to-h.from < widest.to-widest.from && h.group != widest.group {
			inside[h] = true
			continue
		}
		if h.to > widest.to {
			widest = h
		}
	}
	if len(inside) == 0 {
		return
	}
	for i := range kb.signals {
		g := kb.signals[i].group
		s.hits[g] = slices.DeleteFunc(s.hits[g], func(h hit) bool { return inside[owned{h, g}] })
	}
}

// fire evaluates the signals on what was seen.
func (kb *KB) fire(s *sighting, products map[string]bool) []fired {
	kb.within(s)
	var out []fired
	for i := range kb.signals {
		if len(s.hits[kb.signals[i].group]) == 0 {
			continue
		}
		fires := s.fires
		if setting(kb.signals[i].kind) {
			fires = s.settles
		}
		if f, ok := fires(&kb.signals[i], products); ok {
			out = append(out, f)
		}
	}
	return out
}

// maxSpans bounds what is quoted for one signal.
const maxSpans = 3

func (s *sighting) fires(sig *signal, products map[string]bool) (fired, bool) {
	if !sig.fits(products) || !s.holds(sig.needs) {
		return fired{}, false
	}
	f := fired{signal: sig, factor: 1}
	if s.fuzzy[sig.group] {
		f.factor = fuzzyFactor
	}
	searched := int32(0)
	for _, h := range s.hits[sig.group] {
		if sig.re != nil {
			if h.to < searched {
				continue // in what was searched for the hit before
			}
			m, ok := s.match(sig, h)
			if !ok {
				searched = h.to + searchAfter/2
				continue
			}
			h = m
		}
		if s.denials.denied(s.source, h) {
			f.denied = true
			continue
		}
		if f.spans = append(f.spans, h); len(f.spans) == maxSpans {
			break
		}
	}
	if f.denied && len(f.spans) == 0 {
		return f, true
	}
	f.denied = false
	return f, len(f.spans) > 0
}

// settles evaluates a signal about circumstances: where it stands, with a word of with in its
// clause, and whether what the text says last of it is that there is no such thing.
func (s *sighting) settles(sig *signal, _ map[string]bool) (fired, bool) {
	f := fired{signal: sig, factor: 1}
	var with hit
	for _, h := range s.hits[sig.group] {
		if n := len(f.spans); n > 0 && f.spans[n-1].overlaps(h) || strings.ContainsAny(s.source[h.from:h.to], "，。；：！？、\n") {
			continue // two clauses that only stand side by side
		}
		if sig.with > 0 {
			where := clauseAround(s.source, h, clauseStops)
			i := slices.IndexFunc(s.hits[sig.with], func(k hit) bool { return where.from <= k.from && k.to <= where.to && !k.overlaps(h) })
			if i < 0 {
				continue
			}
			with = s.hits[sig.with][i]
		}
		f.spans = append(f.spans, h)
	}
	if len(f.spans) == 0 || area(sig.kind) != settingArea {
		return f, len(f.spans) > 0
	}
	last := f.spans[len(f.spans)-1]
	if sig.with == 0 {
		f.denied = s.denials.absent(s.source, last)
	} else {
		f.denied = s.denials.denied(s.source, last) || s.denials.denied(s.source, with)
	}
	return f, true
}

// decisiveWeight is that of a message which means its cause alone.
const decisiveWeight = 9

const fuzzyFactor = 0.92

func (sig *signal) fits(products map[string]bool) bool {
	return len(sig.products) == 0 || slices.ContainsFunc(sig.products, func(p string) bool { return products[p] })
}

// How far around a hit a pattern is searched, in bytes.
const (
	searchBefore = 400
	searchAfter  = 600
)

// match runs the pattern of sig on the text around h.
func (s *sighting) match(sig *signal, h hit) (hit, bool) {
	from := max(0, int(h.from)-searchBefore)
	to := min(len(s.source), int(h.to)+searchAfter)
	for m := range 4 {
		loc := sig.re.FindStringIndex(s.source[from:to])
		if loc == nil {
			return h, sig.re.MatchString(unwrap(s.source[from:to]))
		}
		if loc[1] > loc[0] {
			return hit{int32(from + loc[0]), int32(from + loc[1])}, true
		}
		from += loc[1] + 1
		if from >= to || m == 3 {
			break
		}
	}
	return hit{}, false
}

// holds reports whether the text has one literal of each list.
func (s *sighting) holds(needs [][]string) bool {
	if len(needs) == 0 {
		return true
	}
	if s.flat == "" {
		s.flat = strings.ToLower(unwrap(s.source))
	}
	for _, either := range needs {
		if !slices.ContainsFunc(either, func(literal string) bool { return strings.Contains(s.flat, literal) }) {
			return false
		}
	}
	return true
}

// unwrap undoes what happens to a log line on its way through terminals and chat:
// breaks inside it, doubled blanks, wide forms, invisible characters.
func unwrap(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	last := rune(0)
	for _, r := range s {
		switch {
		case r == '\r', invisible(r):
			continue
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case r == 0x3000, r == '\t':
			r = ' '
		case strings.ContainsRune("‘’“”", r):
			r = '"'
		}
		if r == '\n' || r == ' ' && last == ' ' {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}
