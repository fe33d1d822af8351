package understand

import (
	"regexp"
	"strings"
)

// findIntent weighs what each sentence of the writer asks for. Commands that only a
// click may give, and attempts to talk the bot out of its rules, win over all else.
func (d *document) findIntent() {
	own := d.authored(true)
	d.useQuotes = false
	if len(own) == 0 {
		d.u.Intent = d.bareIntent()
		return
	}
	var w weights
	for _, s := range own {
		d.weigh(s, &w)
	}
	d.weighWhole(own, &w)
	d.u.Intent = w.winner()
	if len(d.quotes) > 0 && d.namesNothing(own) {
		d.u.Intent = d.quotedIntent(own, d.u.Intent)
		d.useQuotes = d.u.Intent != Other
	}
}

// quotedIntent: the writer names nothing and asks for what is quoted ("I would like
// that one too"): the quotation says whether it is a new certificate.
func (d *document) quotedIntent(own []sentence, i Intent) Intent {
	if i != Other && i != Help {
		return i
	}
	points := false
	for _, s := range own {
		g := d.signsOf(s)
		if g.nowish || g.chat || g.past && !g.ask {
			return i
		}
		points = points || d.any("mine", s.span) || (g.polite || g.ask) && d.any("requestword", s.span)
	}
	if !points {
		return i
	}
	var w weights
	for _, s := range d.sentences {
		if s.quoted {
			d.weigh(s, &w)
		}
	}
	switch {
	case w.renew >= 3:
		return Renew
	case w.request >= 2.4:
		return Request
	}
	return i
}

// bareIntent: nothing but quotations, or nothing but pasted blocks.
func (d *document) bareIntent() Intent {
	if len(d.quotes) > 0 || len(d.pem) == 0 {
		return Other
	}
	if d.pem[0] == PEMRequest {
		return Request
	}
	return Inspect
}

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

// signs are what one sentence shows.
type signs struct {
	cert, ask, renew, expiry, past, errHard, errSoft, why         bool
	inspect, status, cancel, approve, inject, howto, nowish, chat bool
	reported, helpWord, question, names, product, polite, request bool
	words                                                         int
}

func (d *document) signsOf(s sentence) signs {
	has := func(tag string) bool { return d.any(tag, s.span) }
	return signs{
		cert: has("cert") || len(d.group("service.tomcat", s.span)) > 0, ask: has("ask.make"), renew: has("ask.renew"), expiry: has("ask.expiry"),
		past: has("past"), errHard: has("err.hard"), errSoft: has("err.soft"), why: has("why"),
		inspect: has("inspect"), status: has("status"), cancel: has("cancel"), approve: has("approve"),
		inject: has("inject"), howto: has("howto"), nowish: has("nowish"), chat: has("chat"),
		reported: has("reported"), helpWord: has("helpword"),
		question: strings.HasSuffix(strings.TrimRight(string(d.low[s.start:s.end]), " \"')*_"), "?") || leadingQuestion.Match(d.low[s.start:s.end]),
		request:  requestIDPattern.Match(d.low[s.start:s.end]) || d.any("myrequest", s.span),
		names:    d.hasName(s.span), product: len(d.group("product.cucm", s.span)) > 0 || len(d.group("service.tomcat", s.span)) > 0,
		polite: politeQuestion.Match(d.low[s.start:s.end]),
		words:  d.words(s.span),
	}
}

var politeQuestion = regexp.MustCompile(`\b(?:can|could|would|will|may)\s+(?:you|i|we|someone|somebody|anyone|anybody|y'all|u)\s+(?:please\s+|pls\s+|also\s+)?(?:get|have|make|create|generate|issue|prepare|sign|order|request|renew|do|help|turn|provide|send|reissue|re-issue|replace|set|arrange|raise|open|check|verify|decode|look|tell)\b|\bcould\s+someone\b|帮|麻烦|劳驾|kannst du|könnt ihr|können sie|pourriez|pouvez|peux-tu|pourrais|puedes|podrías|podéis|puedo tener|potete|puoi|kunnen jullie|kun je|お願い|いただけ|もらえ`)

func (d *document) hasName(s span) bool {
	for _, n := range d.names {
		if s.holds(n.span) && n.kind != kindEmail && n.kind != kindFile {
			return true
		}
	}
	for _, n := range d.shorts {
		if s.holds(n.span) && hostStem.MatchString(n.values[0]) {
			return true
		}
	}
	return false
}

// weigh adds the points of one sentence.
func (d *document) weigh(s sentence, w *weights) {
	g := d.signsOf(s)
	if s.code {
		if g.errHard {
			w.diagnose += 3
		}
		return
	}
	if g.inject && !g.errHard {
		w.veto = true
		return
	}
	if g.approve && d.orderTo(s, g) {
		w.order = true
		w.other += 2
		return
	}
	info := g.howto && d.asks(s, g) && !d.forAction(s, g)
	if d.cancelled(s, g) && !(info && !g.request) || g.nowish && g.request && !g.question && !g.errHard {
		w.cancel += 5
		return
	}
	if g.status && d.statusQuestion(s, g) || d.asksProgress(s, g) {
		w.status += 5
		return
	}
	if d.refused(s) {
		w.other += 3
		return
	}
	if g.nowish && !g.errHard && !d.wishBeside(s, d.in("nowish", s.span)) {
		w.other += 3
		return
	}
	if g.chat {
		w.other += 2
	}
	if g.reported && !g.polite {
		w.other += 2.5
		return
	}
	if g.inspect {
		w.inspect += 4
		if g.cert || len(d.pem) > 0 || d.hasFile(s.span) {
			w.inspect++
		}
		if g.names && !d.hasFile(s.span) && len(d.pem) == 0 {
			w.inspect--
		}
	}
	d.weighTrouble(s, g, info, w)
	d.weighWish(s, g, info, w)
	if info {
		switch {
		case g.errHard || !d.onTopic(s, g):
			w.help++
		case g.question || g.words <= 14:
			w.help += 3.6
		default:
			w.help += 2.5
		}
	}
	if g.question && !info && !g.polite && !g.inspect && g.errHard == g.errSoft && !g.errHard && !g.ask && !g.renew && d.onTopic(s, g) {
		w.help += 2.2
	}
	if g.question && (d.hasFile(s.span) || d.any("artefact", s.span)) && !g.errHard && !g.errSoft && !info {
		w.inspect += 3
	}
	if g.helpWord && g.words <= 2 {
		w.help += 2
	}
}

// weighTrouble: errors, complaints, "why".
func (d *document) weighTrouble(s sentence, g signs, info bool, w *weights) {
	switch {
	case g.errHard:
		w.diagnose += 4
	case g.errSoft && g.why:
		w.diagnose += 4.2
	case g.errSoft && (g.cert || g.product || g.names):
		w.diagnose += 2.2
	case g.errSoft:
		w.diagnose += 1.2
	}
	if g.why && !g.errSoft && !g.errHard && !info {
		w.diagnose += 1.5
	}
	if g.why && (g.errHard || g.errSoft) {
		w.diagnose++
	}
}

// weighWish: asks for a new certificate or a renewed one.
func (d *document) weighWish(s sentence, g signs, info bool, w *weights) {
	if info && !g.polite {
		return
	}
	renew := g.renew && !d.pastRenewal(s)
	if g.inspect && !renew {
		return
	}
	subject := g.cert || g.product || g.names
	switch {
	case renew && (subject || g.words <= 8):
		w.renew += 4.2
	case g.expiry && subject && !g.errHard:
		w.renew += 3
	case g.expiry && !g.errHard:
		w.renew += 2
	}
	if g.errHard && !g.polite {
		return
	}
	switch {
	case g.cert && g.ask:
		w.request += 3.6
		w.wish = w.wish || !g.errSoft
	case g.cert && (g.names || g.product) && !g.past && !g.errSoft:
		w.request += 2.6
	case g.ask && (g.product || g.names) && !g.errSoft:
		w.request += 2.4
	case g.names && g.product && !g.errSoft && !g.past:
		w.request += 1.6
	}
}

// weighWhole adds what only the whole text shows: forms, pasted blocks, a renewal
// that comes with the words of a request.
func (d *document) weighWhole(own []sentence, w *weights) {
	fields := 0
	for _, s := range own {
		if keyValue.Match(d.low[s.start:s.end]) {
			fields++
		}
	}
	if fields >= 3 {
		w.request += 3
	}
	if w.request > 0 && w.request < 3 || w.request == 0 && w.renew+w.diagnose+w.inspect+w.status+w.help+w.cancel+w.other == 0 {
		w.request += d.specification(own)
	}
	csr, cert := 0, 0
	for _, k := range d.pem {
		switch k {
		case PEMRequest:
			csr++
		case PEMCertificate:
			cert++
		}
	}
	if cert > 0 && w.renew < 3 {
		w.inspect += 2
	}
	if csr > 0 && w.inspect == 0 {
		w.request += 2
	}
	if w.renew >= 3 {
		// "needs a new one before it expires" is a renewal.
		w.renew += min(w.request, 3)
		if w.diagnose < 4 || w.renew >= 6 {
			w.request = min(w.request, w.renew-0.5)
		}
	}
	if w.diagnose >= 4 && (!w.wish || w.request < 4.5) && w.renew < 3 {
		w.request = min(w.request, w.diagnose-0.5)
	}
	if w.help > 0 && w.request >= 5 {
		w.help = min(w.help, w.request-0.5)
	}
	if w.other >= 3 && w.request < 3 && w.renew < 4 {
		w.other += 2
	}
	// Thanks, it works: nothing is wanted although certificates are spoken of.
	if w.other >= 3 && w.request <= 3.6 && w.renew <= 4.2 && w.diagnose < 4 {
		w.request = min(w.request, 2.9)
	}
}

var keyValue = regexp.MustCompile(`^[\s•*\-|>0-9.)]*[\p{L}][\p{L}0-9 /&_()*.]{0,30}[ \t]*(?:[:=|]|\s-)\s*\S`)

// orderTo: the sentence tells the bot to decide, rather than asks about a decision.
func (d *document) orderTo(s sentence, g signs) bool {
	if g.question && !g.polite || g.howto && !g.polite {
		return false
	}
	for _, c := range d.in("approve", s.span) {
		before := strings.Fields(string(d.low[max(s.start, c.start-40):c.start]))
		if len(before) > 0 {
			switch before[len(before)-1] {
			case "to", "must", "who", "they", "he", "she", "boss", "manager", "not", "be", "been", "was", "is", "are", "gets", "got", "already", "will", "should", "can't", "cannot", "has", "have", "were", "being", "needs":
				if !strings.Contains(string(d.low[c.start:c.end]), "as approved") {
					continue
				}
			}
		}
		return true
	}
	return false
}

// forAction: a question that is a polite order ("can you renew X?").
func (d *document) forAction(s sentence, g signs) bool {
	if !g.polite {
		return false
	}
	for _, c := range d.in("howto", s.span) {
		word := string(d.low[c.start:c.end])
		switch word {
		case "吗", "呢", "请问", "can the", "can a", "该", "可以用", "什么", "必须", "能不能", "可不可以", "说明", "可否":
		default:
			if strings.HasPrefix(word, "how") || strings.HasPrefix(word, "wh") || word == "怎么" || word == "如何" || word == "哪些" || word == "解释" || word == "介绍" || word == "explain" {
				return false
			}
		}
	}
	return g.cert && (g.ask || g.renew) || g.renew || g.inspect
}

// cancelled: a cancellation of a request, not of a name in one.
func (d *document) cancelled(s sentence, g signs) bool {
	if cancelPattern.Match(d.low[s.start:s.end]) && !g.howto {
		return true
	}
	if !g.cancel {
		return false
	}
	for _, c := range d.in("cancel", s.span) {
		word := string(d.low[c.start:c.end])
		if d.negatedBefore(s.start, c.start) {
			continue
		}
		if word == "nvm" || word == "nevermind" || word == "never mind" {
			// The word alone takes back something; what follows says what.
			rest := span{c.end, s.end}
			if d.any("cancel", rest) || d.words(rest) <= 4 && !d.any("ask.make", rest) {
				return true
			}
			continue
		}
		if strings.Contains(word, "request") || strings.Contains(word, "申请") || strings.Contains(word, "demande") || strings.Contains(word, "solicitud") || strings.Contains(word, "antrag") || word == "drop req" {
			return true
		}
		around := span{max(s.start, c.start-60), min(s.end, c.end+80)}
		if d.any("requestword", around) || g.cert || g.product || requestIDPattern.Match(d.low[around.start:around.end]) || g.words <= 3 {
			return true
		}
	}
	return false
}

// cancelPattern: a verb of throwing away whose object is a request.
var cancelPattern = regexp.MustCompile(`^(?:\W|\w+\W+){0,6}?(?:please |pls )?\b(?:forget|disregard|ignore|pull|kill|close|delete|remove|drop|discard|bin|void|scrap|retract|withdraw|cancel)\b(?:\W+(?:about|my|our|the|that|this|last|latest|previous|earlier|first|second|other|open|pending|cert|certificate|csr|[a-z0-9+-]+)){0,5}?\W+(?:request|ticket|order|application|req\b)`)

// asksProgress: a question about one's own or a numbered request being done.
func (d *document) asksProgress(s sentence, g signs) bool {
	if !g.question && !progressWord.Match(d.low[s.start:s.end]) || g.errHard || g.polite {
		return false
	}
	if g.approve && !g.howto && g.question {
		return true
	}
	return g.request && (progressWord.Match(d.low[s.start:s.end]) || g.question && g.words <= 8)
}

var progressWord = regexp.MustCompile(`\b(?:signed|issued|approved|ready|done|finished|completed?|state|stuck|waiting|how long|when|where|who|news|update|yet|still)\b|进展|好了|批了|通过了|完成|多久|什么时候|何时|到哪|哪一步|[吗没么]\s*[?？]*$`)

// refused: what would be wanted stands under a negation: "we are NOT renewing X".
func (d *document) refused(s sentence) bool {
	wishes := append(d.in("ask.renew", s.span), d.in("ask.wish", s.span)...)
	if len(wishes) == 0 || !d.any("cert", s.span) && !d.hasName(s.span) {
		return false
	}
	var nots []span
	for _, c := range wishes {
		if d.negatedBefore(s.start, c.start) {
			nots = append(nots, c)
		}
	}
	return len(nots) == len(wishes) && !d.wishBeside(s, nots)
}

func (d *document) negatedBefore(from, p int) bool {
	for _, c := range d.in("off", span{max(from, p-24), p}) {
		if d.words(span{c.end, p}) <= 1 {
			return true
		}
	}
	return false
}

// statusQuestion: asks for news, rather than happens to say "status" or "pending".
func (d *document) statusQuestion(s sentence, g signs) bool {
	if g.errHard {
		return false
	}
	for _, c := range d.in("status", s.span) {
		word := string(d.low[c.start:c.end])
		switch word {
		case "status", "queue", "progress", "状态", "进度", "eta", "status of", "statut", "状況", "update on", "still waiting":
			if g.question || g.words <= 8 || d.any("requestword", s.span) {
				return true
			}
		case "is pending", "are pending", "still pending", "pending request", "pending requests":
			if g.question || g.ask || g.words <= 8 || d.any("ask.make", s.span) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// pastRenewal: every renewal word of the sentence tells of what was done.
func (d *document) pastRenewal(s sentence) bool {
	list := d.in("ask.renew", s.span)
	for _, c := range list {
		word := string(d.low[c.start:c.end])
		if strings.HasSuffix(word, "ed") && !strings.Contains(word, "need") && !d.any("ask.make", span{max(s.start, c.start-24), c.start}) {
			continue
		}
		cl := d.clause(s.span, c.start)
		past := false
		for _, p := range d.in("past", cl) {
			if p.end <= c.start && d.words(span{p.end, c.start}) <= 5 || p.start >= c.end && d.words(span{c.end, p.start}) <= 2 || p.holds(c) {
				past = true
			}
		}
		if strings.HasPrefix(string(d.low[c.end:min(c.end+6, len(d.low))]), "完") || strings.HasPrefix(string(d.low[c.end:min(c.end+6, len(d.low))]), "过") || strings.HasPrefix(string(d.low[c.end:min(c.end+6, len(d.low))]), "后") {
			past = true
		}
		if !past {
			return false
		}
	}
	return true
}

// wishBeside: beside the negations at nots there is a wish ("no need for X, but
// renew Y").
func (d *document) wishBeside(s sentence, nots []span) bool {
	if len(nots) == 0 {
		return false
	}
	wishes := func(part span) bool {
		return (d.any("ask.renew", part) || d.any("ask.make", part)) && (d.any("cert", part) || d.hasName(part))
	}
	for _, c := range nots {
		if i := d.firstBreak(span{c.end, s.end}); i >= 0 && wishes(span{i, s.end}) {
			return true
		}
	}
	before := span{s.start, nots[0].start}
	return d.words(before) > 3 && wishes(before)
}

func (d *document) firstBreak(s span) int {
	for i := s.start; i < s.end; i++ {
		if d.clauseBreak(i) || hasAt(d.low, i, " but ") {
			return i + 1
		}
	}
	return -1
}

func (d *document) hasFile(s span) bool {
	for _, n := range d.names {
		if n.kind == kindFile && s.holds(n.span) {
			return true
		}
	}
	return false
}

// specification: a text that names a box, its product and who signs with which key
// is a request without saying so.
func (d *document) specification(own []sentence) float64 {
	points := 0.0
	names, product, other := false, false, false
	for _, s := range own {
		names = names || d.hasName(s.span)
		product = product || len(d.group("product.cucm", s.span)) > 0
		other = other || d.any("ask.make", s.span) || len(d.group("ca.public", s.span)) > 0 || rsaPattern.Match(d.low[s.start:s.end])
	}
	if names && product {
		points += 1.2
	}
	if names && other {
		points += 0.8
	}
	return points
}

var leadingQuestion = regexp.MustCompile(`^[\s\W]*(?:hi |hey |hello |and |so |but |quick question |btw |also )?\W*(?:did|has|have you|have they|is|are|was|were|will|does|do (?:i|we|you|they|expressway|certs|certificates)|can (?:i|we|one|wildcards?|the|a|an|it|they|expressway|cucm|cms)|could (?:i|we|it|the)|would (?:it|the|a)|should (?:i|we|the|it)|may (?:i|we)|am i|ist|sind|hat|haben wir|kann man|darf|muss|est-ce|peut-on|faut-il|es posible|se puede|è possibile)\b`)

// asks: the question word opens the sentence, or the sentence is a question; "which"
// in the middle is a relative pronoun. Chinese question words stand anywhere.
func (d *document) asks(s sentence, g signs) bool {
	if g.question {
		return true
	}
	for _, c := range d.in("howto", s.span) {
		if d.low[c.start] >= 0x80 || d.words(span{s.start, c.start}) <= 3 {
			return true
		}
	}
	return false
}

// onTopic: the question is about certificates or the bot, not about lunch.
func (d *document) onTopic(s sentence, g signs) bool {
	return g.cert || g.product || g.names || d.any("topic", s.span) || d.any("botquestion", s.span) || len(d.group("feat.mra", s.span)) > 0
}

// namesNothing: the writer's own words hold no name and no product.
func (d *document) namesNothing(own []sentence) bool {
	for _, s := range own {
		if d.hasName(s.span) || len(d.group("product.cucm", s.span)) > 0 {
			return false
		}
	}
	return true
}

var requestIDPattern = regexp.MustCompile(`(?i)\breq(?:uest)?[ \-#]{0,2}#?(\d{1,8})\b|#(\d{1,8})\b|申请单?号?[ #]*(\d{1,8})|(\d{1,8}) ?号(?:申请|单)`)

// requestID is the request spoken of, as written.
func (d *document) requestID() string {
	m := requestIDPattern.FindSubmatch(d.text)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(string(m[0]))
}
