package language

import (
	"slices"
	"strings"
)

// pastRenewal: every renewal word of the sentence tells of what was done.
func pastRenewal(d *document, s sentence) bool {
	list := d.in("ask.renew", s.span)
	for _, c := range list {
		word := string(d.low[c.start:c.end])
		if strings.HasSuffix(word, "ed") && !strings.Contains(word, "need") && !strings.Contains(word, " be ") && !toBeDone.Match(d.low[max(s.start, c.start-100):c.start]) {
			continue
		}
		cl := d.clause(s.span, c.start)
		if (strings.Contains(word, "换") || strings.HasPrefix(word, "replac")) && len(d.group("ca.public", cl)) > 0 && !d.cert(cl) && !d.hasName(cl) {
			continue // it is the CA that changes
		}
		past := slices.ContainsFunc(d.in("past", cl), func(p span) bool {
			return p.end <= c.start && d.words(span{p.end, c.start}) <= 5 || p.start >= c.end && d.words(span{c.end, p.start}) <= 2 || p.holds(c)
		})
		if !past && !hasAt(d.low, c.end, "完") && !hasAt(d.low, c.end, "过") && !hasAt(d.low, c.end, "后") {
			return false
		}
	}
	return true
}

// toBeDone: "get it renewed", "needs to be renewed".
var toBeDone = lazy(`\b(?:get|have|need|needs|want|wants|be|getting|would like|please|pls)\b[^;]*$`)

// freshRenewal: a renewal is spoken of that is not told as done.
func freshRenewal(d *document, s span) bool {
	return slices.ContainsFunc(d.in("ask.renew", s), func(c span) bool { return !strings.HasSuffix(string(d.low[c.start:c.end]), "ed") })
}

// afterwards: something shows since a renewal: "after the renewal browsers still say
// that it has expired", "憑證更新後瀏覽器顯示已過期".
func afterwards(d *document, s sentence) bool { return showsAfter.Match(d.low[s.start:s.end]) }

var showsAfter = lazy(`(?:更新|续期|续订|更换|换)[^，。,]{0,6}后[^。]{0,20}(?:显示|提示|报|还是|仍|依然)|\b(?:after|since)\b.{0,40}\brenew\w*.{0,60}\b(?:still|shows?|says?|complains?|displays?|reports?)\b|\brenewed\b.{0,60}\b(?:but|yet|still)\b.{0,40}\b(?:still|shows?|says?|complains?|displays?|reports?|expired)\b`)
