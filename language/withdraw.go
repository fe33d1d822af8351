package language

// cancelled: a cancellation of a request, not of a name in one.
func cancelled(d *document, s sentence, g signs) bool {
	if keptOpen.Match(d.low[s.start:s.end]) {
		return false
	}
	if forgetPattern.Match(d.low[s.start:s.end]) {
		return true
	}
	if cancelPattern.Match(d.low[s.start:s.end]) && !g.howto {
		return true
	}
	if !g.cancel {
		return g.request && refused(d, s)
	}
	for _, c := range d.in("cancel", s.span) {
		word := string(d.low[c.start:c.end])
		if d.negatedBefore(s.start, c.start) {
			continue
		}
		if word == "nvm" || word == "nevermind" || word == "never mind" {
			// The word alone takes back something; what follows says what.
			rest := span{c.end, s.end}
			if d.any("cancel", rest) || d.words(rest) <= 4 && !d.any("ask.verb", rest) {
				return true
			}
			continue
		}
		if holdsAny(word, "request", "申请", "demande", "solicitud", "antrag") || word == "drop req" {
			return true
		}
		if mistaken.Match(d.low[s.start:s.end]) {
			return true
		}
		around := span{max(s.start, c.start-60), min(s.end, c.end+80)}
		if d.any("requestword", around) || g.cert || g.product || requestIDPattern.Match(d.low[around.start:around.end]) || g.words <= 3 {
			return true
		}
	}
	return false
}

// mistaken: what was sent was wrong, and is to be taken back.
var mistaken = lazy(`(?:提|写|填|发|选|交|弄|搞)错了?.{0,12}(?:撤|取消|作废)|\b(?:by mistake|in error|my mistake|my bad|wrong (?:one|box|host\w*|name))\b`)

// cancelPattern: a verb of throwing away whose object is a request.
var cancelPattern = lazy(`\b(?:stop|halt|end)\W+(?:my |the |our |that |this )?(?:req\b|request\b|order\b|ticket\b)|^(?:\W|\w+\W+){0,6}?(?:please |pls )?\b(?:forget|disregard|ignore|pull|kill|close|delete|remove|drop|discard|bin|void|scrap|retract|withdraw|cancel)\b(?:\W+(?:about|my|our|the|that|this|last|latest|previous|earlier|first|second|other|open|pending|cert|certificate|csr|[a-z0-9+-]+)){0,5}?\W+(?:request|ticket|order|application|req\b)`)

// forgetPattern: a certificate is told to be forgotten, as the first thing said.
var forgetPattern = lazy(`^\W*(?:please |pls |just |ok(?:ay)?,? |so |you can |actually,? |sorry,? )?(?:forget|scrap|disregard|bin|kill|never ?mind)(?: about)? (?:the|my|our|that|this) (?:[a-z0-9+&-]+ ){0,4}?(?:cert|certificate|csr)s?\b`)

// keptOpen: what was said is taken back, not the request.
var keptOpen = lazy(`\b(?:keep|leave|let) (?:it|that|them|this|the request|req\S*) (?:going|open|running|alive|as it is|as is|in|be|there|continue)\b|\bstill (?:want|need)(?:ed)? (?:it|that|them)\b|\b(?:don't|do not) (?:cancel|close|withdraw)\b|(?:不要|别|先别|不用)(?:取消|撤|关)`)

// refused: what would be wanted stands under a negation: "we are NOT renewing X".
func refused(d *document, s sentence) bool {
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
	return len(nots) == len(wishes) && !wishBeside(d, s, nots)
}

// unwanted: the sentence says that nothing is wanted. A clause about the CA, the
// names or a feature ("public CA not needed") says no such thing.
func unwanted(d *document, s sentence) bool {
	var nots []span
	for _, c := range d.in("nowish", s.span) {
		cl := d.clause(s.span, c.start)
		other := len(d.group("ca.public", cl)) > 0 || anyLabelButNode(d, cl) || len(d.group("feat.mra", cl)) > 0 || d.any("clustered", cl)
		if !other || d.cert(cl) {
			nots = append(nots, c)
		}
	}
	return len(nots) > 0 && !wishBeside(d, s, nots)
}

// wishBeside: beside the negations at nots there is a wish ("no need for X, but
// renew Y").
func wishBeside(d *document, s sentence, nots []span) bool {
	if len(nots) == 0 {
		return false
	}
	wishes := func(part span) bool {
		return d.any("ask.please", part) && freshRenewal(d, part) || (freshRenewal(d, part) || d.any("ask.verb", part) || d.any("ask.wish", part) || d.any("ask.please", part) || d.any("ask.expiry", part)) && (d.any("cert", part) || d.hasName(part))
	}
	for _, c := range nots {
		if i := firstBreak(d, span{c.end, s.end}); i >= 0 && wishes(span{i, s.end}) {
			return true
		}
	}
	before := span{s.start, nots[0].start}
	return d.words(before) > 3 && wishes(before)
}

func firstBreak(d *document, s span) int {
	for i := s.start; i < s.end; i++ {
		if d.clauseBreak(i) || hasAt(d.low, i, " but ") {
			return i + 1
		}
	}
	return -1
}
