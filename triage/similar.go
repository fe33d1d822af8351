package triage

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// similar compares a message with the examples and longer wordings of the knowledge
// base by the words they share, rare words counting more. It finds paraphrases that
// no wording meets literally. Its weight stays below that of a wording. What it is worth
// stands in docs/decisions.md.
type similar struct {
	ids   map[string]int32 // token -> id
	idf   []float64
	trade map[int32]bool // tokens of the trade
	docs  []document
	post  [][]int32 // token -> documents
}

type document struct {
	weights []weight
	tokens  []int32
	mass    float64 // sum of idf of tokens
	ours    bool    // speaks of certificates, keys or TLS
	least   float64 // coverage below which it says nothing
}

// Bounds and scales of the comparison.
const (
	maxSimilarTokens = mostTokens
	windowTokens     = 48
	widestSpan       = 700 // bytes
	exampleWeight    = 6.0
	wordingShare     = 0.75 // of a wording's own weight, when its words are all there
	leastCoverage    = 0.58 // of an example
	leastOfWording   = 0.78 // of a wording: short ones are met by chance
)

type token struct {
	id   int32
	from int32
	to   int32
}

func newSimilar(causes []*Cause, index map[string]int) *similar {
	s := &similar{ids: map[string]int32{}, trade: map[int32]bool{}}
	for i, c := range causes {
		for _, ex := range c.Examples {
			s.add(ex, []weight{{int32(i), exampleWeight}}, 3, leastCoverage)
		}
	}
	for i, c := range causes {
		for j := range c.Messages {
			sig := &c.Messages[j]
			if sig.Weight < 4 || sig.Pattern != "" || len(sig.Products) > 0 {
				continue
			}
			w := []weight{{int32(i), sig.Weight * wordingShare}}
			for id, also := range sig.Also {
				if k, ok := index[id]; ok {
					w = append(w, weight{int32(k), also * wordingShare})
				}
			}
			for _, lit := range sig.Say {
				if !strings.Contains(lit, " ") {
					continue // an identifier: ERR_CERT_INVALID is no ERR_CERT_DATE_INVALID
				}
				s.add(strings.Trim(lit, "*"), w, 4, leastOfWording)
			}
		}
	}
	df := make([]int, len(s.ids))
	s.post = make([][]int32, len(s.ids))
	for d := range s.docs {
		for _, t := range s.docs[d].tokens {
			df[t]++
			s.post[t] = append(s.post[t], int32(d))
		}
	}
	s.idf = make([]float64, len(s.ids))
	n := float64(len(s.docs))
	for t, k := range df {
		s.idf[t] = math.Log(1 + n/float64(k+1))
	}
	for d := range s.docs {
		for _, t := range s.docs[d].tokens {
			s.docs[d].mass += s.idf[t]
		}
	}
	return s
}

// trade are words, less their endings, of which a message has at least one when it is
// about certificates at all. They are so common in wordings that they weigh little:
// without this, "could not read settings" resembles "could not read certificate".
var trade = wordSet(`
	certificat cert crt csr key pem tls ssl x509 chain issuer keystor truststor ca crl ocsp handshak signatur pkix 证书 私钥 密钥
	握手
`)

func (s *similar) add(text string, w []weight, least int, coverage float64) {
	d := document{weights: w, least: coverage}
	seen := map[int32]bool{}
	eachToken(normalise(text), func(tok string, _, _ int) {
		id, ok := s.ids[tok]
		if !ok {
			id = int32(len(s.ids))
			s.ids[tok] = id
		}
		if !seen[id] {
			seen[id] = true
			d.tokens = append(d.tokens, id)
			d.ours = d.ours || trade[tok]
			if trade[tok] {
				s.trade[id] = true
			}
		}
	})
	if len(d.tokens) >= least {
		s.docs = append(s.docs, d)
	}
}

var stopWords = wordSet(`
	the a an of to in is are was it its and or for on at be we i our my you this that with by as from has have been does do
	did will please hi help pls any so but they de la le el der die das que 的了 的
`)

// eachToken walks the words of v: Latin words less their ending, Chinese pairs of
// characters.
func eachToken(v *view, f func(tok string, start, end int)) {
	text := v.text
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			if !alnum(text[i]) {
				i++
				continue
			}
			j := i
			for j < len(text) && (alnum(text[j]) || text[j] == '.' && j+1 < len(text) && alnum(text[j+1])) {
				j++
			}
			word := string(text[i:j])
			if !stopWords[word] && len(word) < 40 {
				f(stem(word), i, j)
			}
			i = j
			continue
		}
		_, size := utf8.DecodeRune(text[i:])
		if next := i + size; next < len(text) && text[next] >= utf8.RuneSelf {
			_, more := utf8.DecodeRune(text[next:])
			f(string(text[i:next+more]), i, next+more)
		}
		i += size
	}
}

// stem cuts common English endings, so that renew, renewed and renewal meet.
func stem(w string) string {
	for _, end := range []string{"ations", "ation", "ings", "ing", "als", "al", "ies", "ed", "es", "s", "d", "e"} {
		if len(w) > len(end)+3 && strings.HasSuffix(w, end) {
			return w[:len(w)-len(end)]
		}
	}
	return w
}

// resemblance is a document found in a message.
type resemblance struct {
	doc      int32
	coverage float64
	span     hit
}

// compare gives the best resemblance for every document that v covers well enough.
func (s *similar) compare(v *view) []resemblance {
	tokens := make([]token, 0, min(maxSimilarTokens, len(v.text)/6))
	eachToken(v, func(tok string, start, end int) {
		if id, ok := s.ids[tok]; ok && len(tokens) < maxSimilarTokens {
			from, to := v.span(start, end)
			tokens = append(tokens, token{id, int32(from), int32(to)})
		}
	})
	if len(tokens) == 0 {
		return nil
	}
	c := comparison{similar: s, best: map[int32]resemblance{}, mass: make([]float64, len(s.docs))}
	for start := 0; ; start += windowTokens / 2 {
		end := min(start+windowTokens, len(tokens))
		c.window(tokens[start:end])
		if end == len(tokens) {
			break
		}
	}
	// In one order, so that the same text is answered with the same quotations.
	return slices.SortedFunc(maps.Values(c.best), func(a, b resemblance) int { return cmp.Compare(a.doc, b.doc) })
}

// comparison is what one message shares with the documents: mass is that of the words
// shared with each in the present window, of which touched have some.
type comparison struct {
	*similar
	best    map[int32]resemblance
	mass    []float64
	touched []int32
	seen    []int32
}

func (c *comparison) window(tokens []token) {
	ours := false
	c.seen = c.seen[:0]
	for _, t := range tokens {
		if slices.Contains(c.seen, t.id) {
			continue
		}
		c.seen = append(c.seen, t.id)
		ours = ours || c.trade[t.id]
		for _, d := range c.post[t.id] {
			if c.mass[d] == 0 {
				c.touched = append(c.touched, d)
			}
			c.mass[d] += c.idf[t.id]
		}
	}
	for _, d := range c.touched {
		cov := c.mass[d] / c.docs[d].mass
		c.mass[d] = 0
		if cov < c.docs[d].least || c.docs[d].ours && !ours || cov <= c.best[d].coverage {
			continue
		}
		span := hit{from: -1}
		for _, t := range tokens {
			if slices.Contains(c.docs[d].tokens, t.id) {
				if span.from < 0 {
					span.from = t.from
				}
				span.to = max(span.to, t.to)
			}
		}
		if span.to-span.from > widestSpan {
			continue // words that far apart say nothing together
		}
		c.best[d] = resemblance{doc: d, coverage: cov, span: span}
	}
	c.touched = c.touched[:0]
}
