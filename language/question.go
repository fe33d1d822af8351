package language

import (
	"slices"
	"strings"
)

// asksExplanation: the question word opens the sentence, or the sentence is a question; "which"
// in the middle is a relative pronoun. Chinese question words stand anywhere.
func asksExplanation(d *document, s sentence, g signs) bool {
	if g.question {
		return true
	}
	return slices.ContainsFunc(d.in("howto", s.span), func(c span) bool {
		return d.low[c.start] >= 0x80 || d.words(span{s.start, c.start}) <= 3
	})
}

// onTopic: the question is about certificates or the bot, not about lunch.
func onTopic(d *document, s sentence, g signs) bool {
	if !g.cert && !g.product && !g.names && toPeople.Match(d.low[s.start:s.end]) {
		return false
	}
	topics := []string{"shared", "separate", "clustered", "own", "ask.renew", "ask.expiry", "approve", "cancel", "topic", "botquestion"}
	return g.cert || g.product || g.names || slices.ContainsFunc(topics, func(t string) bool { return d.any(t, s.span) }) ||
		len(d.group("ca.public", s.span)) > 0 || len(d.group("feat.mra", s.span)) > 0
}

// forAction: a question that is a polite order ("can you renew X?").
func forAction(d *document, s sentence, g signs) bool {
	if !g.polite {
		return false
	}
	for _, c := range d.in("howto", s.span) {
		word := string(d.low[c.start:c.end])
		if strings.HasPrefix(word, "how") || strings.HasPrefix(word, "wh") || explaining.has(word) {
			return false
		}
	}
	return g.cert && g.ask || g.renew || g.inspect || g.ask && (g.names || g.product || refersBack(d, s))
}

// explaining words want to know how, though asked politely.
const explaining wordList = "explaining"

// questioned: one of the sentences is a question.
func questioned(d *document, own []sentence) bool {
	return slices.ContainsFunc(own, func(s sentence) bool { return signsOf(d, s).question })
}
