package triage

import "math"

// topics compares a message with everything the knowledge base says about a cause:
// wordings, examples, title and fix in all languages. It is what is left when nothing
// was recognised: it may suggest, never decide. What it is worth stands in
// docs/decisions.md.
type topics struct {
	ids   map[string]int32
	idf   []float64
	post  [][]share // token -> causes in which it occurs
	norms []float64
}

type share struct {
	cause int32
	w     float64
}

// Scores of a suggestion stay below knownScore: the best gets topicTop when it covers
// the message well, the others their share of it.
const (
	topicBase  = 2.7
	topicTop   = 4.0
	topicFull  = 0.25 // resemblance that counts as covering well
	topicBonus = 0.5  // what it adds where there is other evidence
)

func newTopics(causes []*Cause) *topics {
	t := &topics{ids: map[string]int32{}}
	counts := make([]map[int32]float64, len(causes))
	for i, c := range causes {
		counts[i] = map[int32]float64{}
		read := func(text string, weight float64) {
			eachToken(normalise(text), func(tok string, _, _ int) {
				id, ok := t.ids[tok]
				if !ok {
					id = int32(len(t.ids))
					t.ids[tok] = id
				}
				counts[i][id] += weight
			})
		}
		for j := range c.Messages {
			if c.Messages[j].Weight > 0 {
				for _, w := range c.Messages[j].Say {
					read(w, 1)
				}
			}
		}
		for _, ex := range c.Examples {
			read(ex, 1.5)
		}
		for _, text := range c.Title.In {
			read(text, 1.5)
		}
		for _, step := range c.Fix {
			for _, text := range step.In {
				read(text, 0.5)
			}
		}
	}
	df := make([]int, len(t.ids))
	for _, m := range counts {
		for id := range m {
			df[id]++
		}
	}
	t.idf, t.post = make([]float64, len(df)), make([][]share, len(df))
	for id, n := range df {
		t.idf[id] = math.Log(float64(len(causes)+1) / float64(n))
	}
	t.norms = make([]float64, len(causes))
	for i, m := range counts {
		for id, n := range m {
			w := math.Log1p(n) * t.idf[id]
			t.post[id] = append(t.post[id], share{int32(i), w})
			t.norms[i] += w * w
		}
		// Causes with long texts would never be found by a short message: the norm is
		// softened.
		t.norms[i] = math.Pow(t.norms[i], 0.3)
	}
	return t
}

// resemblances gives how much v is about each cause that shares a word with it, and
// the words that show it.
func (t *topics) resemblances(v *view) map[int32]piece {
	found := make([]piece, len(t.norms))
	seen := map[int32]bool{}
	norm, n := 0.0, 0
	eachToken(v, func(tok string, start, end int) {
		if n++; n > maxSimilarTokens || digits(tok) {
			return
		}
		id, ok := t.ids[tok]
		if !ok {
			norm++
			return
		}
		if seen[id] {
			return
		}
		seen[id] = true
		idf := t.idf[id]
		norm += idf * idf
		from, to := v.span(start, end)
		for _, s := range t.post[id] {
			p := &found[s.cause]
			p.w += s.w * idf
			if idf > 1 && len(p.spans) < maxEvidence {
				p.spans = append(p.spans, hit{int32(from), int32(to)})
			}
		}
	})
	out := map[int32]piece{}
	for c, p := range found {
		if len(p.spans) > 0 {
			p.w /= math.Sqrt(norm) * t.norms[c] * 4
			out[int32(c)] = p
		}
	}
	return out
}

// best is the highest resemblance.
func best(m map[int32]piece) float64 {
	top := 0.0
	for _, p := range m {
		top = max(top, p.w)
	}
	return top
}
