package language

import (
	"bytes"
	"slices"
	"strings"

	"countersign/certs"
)

// findCA decides between the CAs spoken of: the one to use now, not the one of the
// expiring certificate, not the negated one.
func findCA(rd *reading) {
	best, bestScore := tagged{}, 0.0
	kinds := map[string]bool{}
	for _, c := range rd.scoped("ca.public") {
		score := caScore(rd, c)
		if score <= 0 {
			continue
		}
		kinds[caKind(c.name)] = true
		if score >= bestScore {
			best, bestScore = c, score
		}
	}
	if bestScore == 0 || rd.u.Intent == Help && len(kinds) > 1 {
		return
	}
	kind := certs.CAKind(caKind(best.name))
	rd.u.CA = &kind
	rd.note("ca", string(kind), best.span)
}

// changesCA: one CA is told to be the one until now, and another the one to use.
func changesCA(d *document) bool {
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

func caScore(rd *reading, c tagged) float64 {
	s := rd.sentenceAt(c.start)
	if s == nil {
		return 0
	}
	if rd.u.Intent == Help && (bytes.HasSuffix(bytes.TrimRight(rd.low[s.start:s.end], " *_\"')"), []byte("?")) || rd.any("howto", s.span) || leadingQuestion.Match(rd.low[s.start:s.end]) || whQuestion.Match(rd.low[s.start:s.end]) || openQuestion.Match(rd.low[s.start:s.end])) || rd.u.Intent == Inspect {
		return 0
	}
	if strings.HasPrefix(c.name, "maybe-") && !caWordNear(rd.document, s.span, c.span) {
		return 0
	}
	if rd.negatedBefore(s.start, c.start) {
		return 0 // "no private CA, please"
	}
	cl := rd.clause(s.span, c.start)
	score := 1.0
	newAt, oldAt := -1, -1
	for _, n := range rd.in("canew", span{cl.start, c.start}) {
		newAt = n.end
	}
	for _, o := range rd.in("caold", span{cl.start, c.start}) {
		gap := span{o.end, c.start}
		if rd.words(gap) <= 4 && len(rd.group("ca.public", gap)) == 0 {
			oldAt = o.end
		}
	}
	for _, n := range rd.in("canew", span{s.start, cl.start}) {
		if newAt < 0 && rd.words(span{n.end, c.start}) <= 8 {
			score += 0.7
		}
	}
	after := span{c.end, cl.end}
	for _, o := range rd.in("caold", after) {
		word := string(rd.low[o.start:o.end])
		if rd.words(span{c.end, o.start}) <= 1 && afterOld.has(word) {
			oldAt = len(rd.low)
		}
	}
	for _, o := range rd.in("carefuses", after) {
		if rd.words(span{c.end, o.start}) <= 1 {
			return 0
		}
	}
	if rd.any("canew", after) && oldAt < 0 {
		score += 0.5
	}
	switch {
	case rd.any("cakeep", s.span):
		score++
	case oldAt > newAt:
		return 0
	case newAt >= 0:
		score += 2
	}
	return score
}

// afterOld words say behind a CA that it was the one until now.
const afterOld wordList = "afterOld"

// caWordNear: "internal" or "public" alone speak of a CA when the clause is nothing
// but them, or when the word CA, issuer or signed is beside them.
func caWordNear(d *document, s, c span) bool {
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
	within := func(n int) func(span) bool {
		return func(w span) bool { return w.end <= c.start && d.words(span{w.end, c.start}) <= n }
	}
	near := d.in("caword", span{max(s.start, c.start-40), min(s.end, c.end+12)})
	return slices.ContainsFunc(d.in("canew", span{max(s.start, c.start-24), c.start}), within(1)) ||
		slices.ContainsFunc(d.in("fromnow", span{s.start, c.start}), within(6)) ||
		slices.ContainsFunc(near, within(2)) ||
		slices.ContainsFunc(near, func(w span) bool { return w.start >= c.end && d.words(span{c.end, w.start}) == 0 })
}
