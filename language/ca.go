package language

import (
	"bytes"
	"strings"

	"countersign/certs"
)

// findCA decides between the CAs spoken of: the one to use now, not the one of the
// expiring certificate, not the negated one.
func (d *document) findCA() {
	best, bestScore := tagged{}, 0.0
	kinds := map[string]bool{}
	for _, c := range d.scoped("ca.public") {
		score := d.caScore(c)
		if score <= 0 {
			continue
		}
		kinds[caKind(c.name)] = true
		if score >= bestScore {
			best, bestScore = c, score
		}
	}
	if bestScore == 0 || d.u.Intent == Help && len(kinds) > 1 {
		return
	}
	kind := certs.CAKind(caKind(best.name))
	d.u.CA = &kind
	d.note("ca", string(kind), best.span)
}

// changesCA: one CA is told to be the one until now, and another the one to use.
func (d *document) changesCA() bool {
	then, now := false, false
	for _, c := range d.scoped("ca.public") {
		s := d.sentenceAt(c.start)
		if s == nil || strings.HasPrefix(c.name, "maybe-") {
			continue
		}
		cl := d.clause(s.span, c.start)
		switch before := string(d.low[cl.start:c.start]); {
		case boughtThen.MatchString(before):
			then = true
		case d.any("canew", cl):
			now = true
		}
	}
	return then && now
}

// boughtThen: words of the past before a CA.
var boughtThen = lazy(`\b(?:replac\w+|distrusted|away from|instead of|last year|until now|up to now|so far|previously|formerly|before|used to|was|were|came|bought|had)\b|老证书|旧证书|老的|旧的|原证书|现有证书|现在的证书|\b(?:old|current|existing|present|expiring) (?:one|cert\w*)\b|以前|之前|原来|原先|过去|去年|上次|bisher|bislang|früher|letztes jahr|auparavant|l'an dernier|hasta ahora`)

func caKind(tag string) string { return strings.TrimPrefix(tag, "maybe-") }

func (d *document) caScore(c tagged) float64 {
	s := d.sentenceAt(c.start)
	if s == nil {
		return 0
	}
	if d.u.Intent == Help && (bytes.HasSuffix(bytes.TrimRight(d.low[s.start:s.end], " *_\"')"), []byte("?")) || d.any("howto", s.span) || leadingQuestion.Match(d.low[s.start:s.end]) || whQuestion.Match(d.low[s.start:s.end]) || openQuestion.Match(d.low[s.start:s.end])) || d.u.Intent == Inspect {
		return 0
	}
	if strings.HasPrefix(c.name, "maybe-") && !d.caWordNear(s.span, c.span) {
		return 0
	}
	if d.negatedBefore(s.start, c.start) {
		return 0 // "no private CA, please"
	}
	cl := d.clause(s.span, c.start)
	score := 1.0
	newAt, oldAt := -1, -1
	for _, n := range d.in("canew", span{cl.start, c.start}) {
		newAt = n.end
	}
	for _, o := range d.in("caold", span{cl.start, c.start}) {
		gap := span{o.end, c.start}
		if d.words(gap) <= 4 && len(d.group("ca.public", gap)) == 0 {
			oldAt = o.end
		}
	}
	for _, n := range d.in("canew", span{s.start, cl.start}) {
		if newAt < 0 && d.words(span{n.end, c.start}) <= 8 {
			score += 0.7
		}
	}
	after := span{c.end, cl.end}
	for _, o := range d.in("caold", after) {
		word := string(d.low[o.start:o.end])
		if d.words(span{c.end, o.start}) <= 1 && afterOld[word] {
			oldAt = len(d.low)
		}
	}
	for _, o := range d.in("carefuses", after) {
		if d.words(span{c.end, o.start}) <= 1 {
			return 0
		}
	}
	if d.any("canew", after) && oldAt < 0 {
		score += 0.5
	}
	switch {
	case d.any("cakeep", s.span):
		score++
	case oldAt > newAt:
		return 0
	case newAt >= 0:
		score += 2
	}
	return score
}

var afterOld = map[string]bool{
	"is out": true, "until now": true, "up to now": true, "so far": true, "previously": true, "formerly": true, "was": true,
	"no longer": true, "bisher": true, "以前": true, "之前": true, "不用": true, "不再用": true, "isn't": true,
}

// caWordNear: "internal" or "public" alone speak of a CA when the clause is nothing
// but them, or when the word CA, issuer or signed is beside them.
func (d *document) caWordNear(s, c span) bool {
	cl := d.clause(s, c.start)
	for i := cl.start; i < c.start; i++ {
		if d.low[i] == '|' {
			cl.start = i + 1 // a cell of a table
		}
	}
	if i := bytes.IndexByte(d.low[c.end:cl.end], '|'); i >= 0 {
		cl.end = c.end + i
	}
	if d.only(span{cl.start, c.start}, " :-*.\"", "glue") && d.only(span{c.end, cl.end}, " .!*\"", "glue") {
		return true
	}
	for _, n := range d.in("canew", span{max(s.start, c.start-24), c.start}) {
		if d.words(span{n.end, c.start}) <= 1 {
			return true
		}
	}
	for _, n := range d.in("fromnow", span{s.start, c.start}) {
		if d.words(span{n.end, c.start}) <= 6 {
			return true
		}
	}
	for _, w := range d.in("caword", span{max(s.start, c.start-40), min(s.end, c.end+12)}) {
		if w.end <= c.start && d.words(span{w.end, c.start}) <= 2 || w.start >= c.end && d.words(span{c.end, w.start}) == 0 {
			return true
		}
	}
	return false
}
