package language

import "strings"

// weights collects points for each intent; veto settles it at once.
type weights struct {
	request, renew, diagnose, inspect, status, help, cancel, other float64
	order, veto                                                    bool
	wish                                                           bool // an open request, apart from any trouble
}

func (w *weights) winner() Intent {
	if w.veto || w.order && w.request < 3 && w.renew < 3 {
		return Other
	}
	best, score := Other, max(w.other, 1)
	for _, c := range []struct {
		i Intent
		v float64
	}{
		{Cancel, w.cancel}, {Status, w.status}, {Inspect, w.inspect}, {Diagnose, w.diagnose},
		{Renew, w.renew}, {Request, w.request}, {Help, w.help},
	} {
		if c.v > score {
			best, score = c.i, c.v
		}
	}
	return best
}

// weigh adds the points of one sentence. A sentence is one speech act: an order to
// the bot, a question about a request, about a thing at hand, about the matter; a
// complaint; a wish.
func weigh(d *document, s sentence, w *weights) {
	text := d.low[s.start:s.end]
	g := signsOf(d, s)
	if log := logLine.Match(text); s.code || log {
		switch {
		case g.errHard:
			w.diagnose += 3
		case log:
			w.diagnose += 1.5
		}
		return
	}
	switch {
	case (g.inject || injectPattern.Match(text)) && !g.errHard:
		w.veto = true
		return
	case len(d.names)+len(d.shorts) == 0 && capability.Match(d.low[s.start:min(len(d.low), s.end+1)]):
		w.help += 5
		return
	case toColleague(d, s), !g.names && d.any("endword", s.span) && forbids.Match(text):
		w.other += 4
		return
	case contradicted.Match(text) && !g.ask:
		w.diagnose += 4.5
		return
	case (askedBefore.Match(text) || askedFor.Match(text)) && !g.cancel:
		w.status += 4
		return
	case orderTo(d, s, g):
		w.order = true
		w.other += 2
		return
	case ends(d, s, g), cancelled(d, s, g) && !(g.howto && !g.request) || g.nowish && g.request && !g.question && !g.errHard:
		w.cancel += 5
		return
	case g.question && g.cert && inOrder.Match(text) && handedOver(d, d.authored(true)):
		w.inspect += 4.5
		return
	case (g.artefact || d.artefactFile(s.span)) && !g.request && inspects(d, s, g):
		w.inspect += 4.5
		return
	case whichRole.Match(text), whoMay.Match(text) && !g.request && !listAsked(d, s):
		w.help += 3.6
		return
	case g.status && statusQuestion(d, s, g) || asksProgress(d, s, g):
		w.status += 5
		return
	case g.renew && !g.ask && afterwards(d, s) && pastRenewal(d, s):
		w.diagnose += 4
		return
	case refused(d, s) || !g.question && !g.errHard && !g.errMid && unwanted(d, s):
		w.other += 3
		return
	case g.reported && !g.errHard && (g.nowish || strings.Contains(string(text), ": \"")):
		w.other += 3
		return
	}
	if (g.reported || d.any("past", s.span)) && sentAway.Match(text) {
		w.other += 4
		return
	}
	if g.reported && !g.strong && !g.errHard {
		w.other += 2.5
		return
	}
	if g.chat {
		w.other += 2
	}
	if inspects(d, s, g) {
		w.inspect += 4.5
		return
	}
	if (g.since || nowTrouble.Match(text)) && !g.strong && (g.done || g.renew && pastRenewal(d, s)) && !g.nowish {
		w.diagnose += 2 // what goes on since a change is told because it is bad
	}
	action := forAction(d, s, g) || g.names && nounOnly.Match(text)
	field := keyValue.Match(text) && !strings.HasSuffix(strings.TrimSpace(string(text)), "?")
	asks := (g.howto && asksExplanation(d, s, g) && !action || g.question && !action) && !field
	trouble := weighTrouble(d, s, g, asks, w)
	if asks {
		weighQuestion(d, s, g, trouble, w)
		return
	}
	weighWish(d, s, g, w)
	if g.helpWord && g.words <= 2 {
		w.help += 2
	}
}

// weighQuestion: a question that asks for no action wants an explanation.
func weighQuestion(d *document, s sentence, g signs, trouble float64, w *weights) {
	if trouble >= 3 {
		return
	}
	switch {
	case d.any("botquestion", s.span):
		w.help += 3.6
	case !onTopic(d, s, g):
		w.help += 0.4
	case g.howto && (g.words <= 16 || g.question):
		w.help += 3.6
	default:
		w.help += 3
	}
	if g.renew && g.expiry && !g.howto && !pastRenewal(d, s) {
		w.renew += 2 // "cert expires on Friday, renewal?"
	}
}

// weighTrouble: errors, complaints, "why".
func weighTrouble(d *document, s sentence, g signs, asks bool, w *weights) float64 {
	points := 0.0
	about := g.cert || g.product || g.names || d.any("affected", s.span) || len(d.group("feat.mra", s.span)) > 0
	switch {
	case g.errHard:
		points = 4
	case g.why && !g.errMid && !g.since && whyNeeded.Match(d.low[s.start:s.end]):
	case (g.errMid || g.errSoft || g.since) && !asks && !g.why && announced.Match(d.low[s.start:s.end]):
		w.other += 1.5
	case g.errMid && (about || g.why):
		points = 3.6
	case g.errMid && g.question:
		points = 0.9 // "is the coffee machine broken again?"
	case g.errMid:
		points = 2.2
	case (g.errSoft || g.since) && g.why:
		points = 3.8
	case g.errSoft && about && !asks:
		points = 1.8
	case g.errSoft:
		points = 0.8
	case g.why && !g.howto:
		points = 1.5
	}
	if g.why && (g.errHard || g.errMid) {
		points++
	}
	if asks && g.howto && !g.why && !g.errHard && points < 3.6 {
		points /= 2
	}
	w.diagnose += points
	return points
}

// weighWish: asks for a new certificate or a renewed one.
func weighWish(d *document, s sentence, g signs, w *weights) {
	text := d.low[s.start:s.end]
	renew := g.renew && !pastRenewal(d, s)
	initial := d.any("initial", s.span)
	g.cert = g.cert || initial
	if renew && initial {
		// The box's own first certificate is not renewed, it is replaced by a real one.
		renew, g.ask = false, true
	}
	subject := g.cert || g.product || g.names
	broken := g.errHard || g.errMid
	switch {
	case renew && (subject || g.words <= 8) && (!broken || g.strong):
		w.renew += 4.2
	case renew && !broken:
		w.renew += 3
	case g.expiry && subject && !broken:
		w.renew += 3
	case g.expiry:
		w.renew += 2
	}
	if broken && !(g.strong && g.cert && !g.errHard) {
		return
	}
	switch {
	case !g.past && !g.reported && (g.cert || d.any("requestword", s.span)) && (newRequest.Match(text) || halfSaid.Match(text)):
		w.request += 3.6
		w.wish = true
	case g.cert && g.ask:
		w.request += 3.6
		if g.strong && !broken {
			w.wish = true
		}
	case g.strong && refersBack(d, s):
		w.request += 3
		w.wish = w.wish || !broken
	case g.cert && (g.names || g.product) && !g.past && !g.done && !g.errSoft:
		w.request += 2.6
	case g.ask && (g.product || g.names) && !g.errSoft:
		w.request += 2.4
	case g.names && g.product && !g.errSoft && !g.past && !g.done:
		w.request += 1.6
	}
}
