package language

// What ends a request is said in three ways: a verb of ending with the request as its
// object ("take REQ-9 out of the queue"), going on with it negated ("let's not do
// REQ-18"), or the request called pointless ("REQ-9 is a duplicate").

// These are parts of the expressions below.
const (
	requestNoun = `(?:requests?|orders?|tickets?|applications?|submissions?|req)`
	ofEarlier   = `(?:(?:very )?(?:last|latest|previous|first|second|third|other|earlier|open|pending|current|recent|wrong|old|duplicate|most recent|whole|entire|cert\w*|csr|renewal|[a-z0-9+-]+)\W+)`
	// earlier is a request spoken of before, in words that a name of a box does not fit.
	earlier = `(?:` + requestID +
		`|(?:my|our|the|that|this|these|those|both|all|your|any)\W+` + ofEarlier + `{0,4}` + requestNoun + `\b` +
		`|(?:the|that|this|my)\W+(?:last|latest|previous|first|second|other|earlier|wrong|most recent)\W+(?:one|thing|cert\w*|csr)\b` +
		`|(?:the|that|this) (?:one|cert\w*|csr|thing)s?\W+(?:that |which )?(?:i|we)(?:'ve| have| had)? (?:just )?(?:opened|sent|submitted|asked|made|filed|created|ordered|requested|raised|entered|started|put)\b` +
		`|(?:the|that) one (?:from|for|of|on)\b` +
		`|what i(?:'ve| have)? (?:just )?(?:asked|requested|sent|submitted|ordered)\b)`
	endVerb   = `(?:cancel|withdraw|close|remove|delete|bin|scrap|drop|kill|forget(?: about)?|pull|undo|abandon|abort|stop|retract|revoke|void|discard|disregard|ignore|scratch|trash|ditch|nuke|dump|erase|halt|terminate|end|skip|(?:get )?rid of|take back|call off|throw away|throw out|shut down|clean up|take|roll back|strike|back out of|step back from|chuck|toss)`
	endedVerb = `(?:cancell?ed|withdrawn|closed|removed|deleted|binned|scrapped|dropped|killed|forgotten|pulled|abandoned|aborted|stopped|retracted|voided|discarded|disregarded|ignored|trashed|ditched|terminated|skipped)`
	goOn      = `(?:go(?:ing)? (?:ahead|through|forward|further|on)(?: with)?|proceed(?:ing)?(?: with)?|continu(?:e|ing)(?: with)?|pursu(?:e|ing)|carry(?:ing)? on(?: with)?|mov(?:e|ing) (?:ahead|forward)(?: with)?)`
	doIt      = `(?:submit|send|process|file|do|issue|sign|order|place|forward|handle|run|start|raise|create|make|bother with|bother about|worry about)`
	notDo     = `(?:don't|do not|dont|not|won't|will not|no longer|never|let's not|shouldn't|needn't|rather not|aren't|isn't)`
)

var (
	// endsIt: a verb of ending, told or asked of the bot, with an earlier request.
	endsIt = lazy(`(?:^\W*|\b(?:please|pls|plz|can you|could you|would you|will you|can i|could i|may i|can we|could we|just|kindly|i want to|i'd like to|i would like to|we want to|we'd like to|i need to|we need to|i have to|let's|lets|let us|i'll|i will|we'll|we will|you can|you may|you could|i|we|and|so|then|to|should)\W+|[,;:.!-]\W*)` +
		endVerb + `\W+(?:of\W+)?` + earlier)
	// endsThat is the same with a pronoun, which needs a request nearby or a text that
	// says nothing else; "take" and "end" alone are too common for it.
	endsThat = lazy(`(?:^\W*|\b(?:please|pls|plz|can you|could you|can i|could i|may i|can we|just|kindly|i want to|i'd like to|let's|you can|you may|and|so|then)\W+|[,;:.!-]\W*)(?:(?:cancel|withdraw|close|remove|delete|bin|scrap|kill|undo|abandon|abort|retract|revoke|void|discard|disregard|scratch|trash|ditch|get rid of|call off|drop)\W+(?:it|that|this|them|these|those|that one|this one|the one|both|all of it|all of them|all two|all three|all four|everything|one of them)\b|(?:take|throw|chuck|toss|pull|call|get|bring) (?:it|that|this|them|that one|this one) (?:back|out|away|off)\b|(?:cancel|abort|withdraw)(?:,? (?:please|pls|plz|thanks|thx|then|now))?\W*$)`)
	// idThenEnd: "REQ-9: please discard".
	idThenEnd = lazy(`(?:^|\W)` + requestID + `\W+(?:(?:can|could|would|you|please|pls|plz|just|kindly|i want to|let's|we|should)\W+){0,3}` + endVerb + `(?:\W+(?:it|that|this|please|pls|now|thanks|thx|again))*\W*(?:$|[,;.!])`)
	takesBack = lazy(`\btake\W+` + earlier + `\W+(?:back|out|off|down|away)\b`)
	// isEnded: "the one I opened can be deleted", "REQ-9 should be closed".
	isEnded = lazy(earlier + `.{0,40}?\b(?:(?:can|could|should|may|must|needs? to|has to|is to|to|please) (?:please |now |then |all )?(?:be ` + endedVerb + `|go away|go\W*$)|can go|is history)\b`)
	// endable: "can REQ-18 be withdrawn?"
	endable = lazy(`\b(?:can|could|may|should|shall|would|will) (?:you |we )?` + earlier + `\W+(?:please |still |now |then )?be ` + endedVerb + `\b`)
	// notPursued: "we are not going ahead with the tomcat cert", "let's not do REQ-18".
	notPursued = lazy(`\b` + notDo + `\b(?:\W+(?:be|to|going to|want to|wish to|intend to|plan to|planning to|like to|need to|please|longer|really|actually|now)){0,2}\W+(?:` + goOn + `\W+(?:` + earlier + `|(?:the|that|this|my|our|it)\b)|` + goOn + `\W*$|` + doIt + `\W+` + earlier + `|(?:submit|send|process|file|place|forward|raise)\W+(?:it|that|this|them|anything)\b)`)
	// pointless: the request is a duplicate, a mistake, or not needed any more.
	pointless = lazy(earlier + `.{0,60}?\b(?:obsolete|duplicate|redundant|pointless|moot|superseded|unnecessary|by accident|by mistake|in error|accidentally|(?:isn't|is not|not|no longer) (?:needed|required|necessary|relevant|wanted)|(?:was|is) (?:a mistake|a test|wrong|an error|meant for|not mine))` +
		`|\b(?:duplicate|copy|repeat) of ` + requestID +
		`|\bno (?:more |longer |further )?(?:need|use)(?: any ?more)? (?:for|of) ` + earlier +
		`|\b(?:don't|do not|no longer|doesn't|won't) (?:need|want) ` + earlier +
		`|\b(?:that|this|it) was (?:a mistake|an accident|just a test|only a test|a test|a duplicate|meant for)\b`)
	// halts: nothing but stop. What follows a comma is the reason.
	halts = lazy(`^\W*(?:(?:oh|no|wait|sorry|ok|okay|actually|oops|please|pls|hey|argh|hold on|hang on|ah|eh|hmm|and)\W+)*(?:(?:stop|halt|abort|undo|cancel)(?: (?:it|that|this|everything|now|please|right there))?\W*(?:$|[,;.!:-])|(?:don't|do not|dont)(?: (?:do|submit|send|process) (?:it|that|this|anything))?(?: yet)?\W*(?:$|[,;.!])|(?:leave|scrap|bin|drop|cancel) (?:it|that|this)\b\W*(?:$|[,;.!]))`)

	earlierHan = `(?:req-?#? ?\d+|#\d+|\d+ ?号|单子|工单|订单|单(?:据|号)?(?:[^机独位纯]|$)|申请|请求|[这那][张条个笔份次]|刚才|刚刚|上一?[个张条笔次]|昨天|前面|之前|上面|我提|我发|我交|重复|[提填发送交写弄搞选打]错)`
	endHan     = `(?:取消|撤回|撤销|撤掉|撤了|撤下|撤单|撤一下|撤吧|结案|销掉|删掉|删除|删了|删一下|关掉|关了|关闭|关一下|收回|作废|终止|中止|停掉|停了|退掉|清掉|结束掉)`
	endsHan    = lazy(earlierHan + `.{0,40}` + endHan + `|` + endHan + `.{0,24}` + earlierHan)
	// notPursuedHan: 先别提交, 不用处理了, 不做了; with the request named or nothing else said.
	notPursuedHan = lazy(`(?:先|就|都|可以|请|暂时)?(?:别|不要|不用|不必|甭|无需|不再|不)(?:再|先|帮我)?(?:(?:提交|做|办理?|处理|送出?|发出|递交|交|推进|继续|发|弄|搞|走|签|批)(?:了|吧|它|这个?|那个?)?|申请了)(?:[,。;!.]|\s*$)`)
	pointlessHan  = lazy(earlierHan + `.{0,30}(?:不要了|不用了|不需要了|用不着|用不上|没用了|多余|黄了|不做了|提重复|重复了|搞重复|不算数)|(?:提|填|发|送|交|弄|搞|开)(?:重复|多)了`)
	haltsHan      = lazy(`^\W*(?:等等|等一下|慢着|啊|哎|不好意思|抱歉|那)?\W*(?:先停|停一下|停下|先别|先不要|先等等|算了|别)(?:[^\p{Han}]|吧|$)`)
	endIsAsked    = lazy(`(?:怎么|如何|怎样|哪里|在哪)|\b(?:how|where|when|what|why|who|which)\b|\b(?:did|has|have|was|were|is|are|does|can|could|may) (?:somebody|someone|anyone|anybody|he|she|they|one|people|users|approvers|the|a|an|that|it)\b`)
	declined      = lazy(`(?:不用|不必|无需|不需要)(?:再)?(?:续|换|更新|申请)`)
)

// ends: the sentence takes an earlier request back.
func ends(d *document, s sentence, g signs) bool {
	text := d.low[s.start:s.end]
	if !d.any("endword", s.span) || d.reply && !namesRequest.Match(text) {
		return false // in a reply "remove the last one" is said of a name or a box
	}
	if g.errHard || endIsAsked.Match(text) || keptOpen.Match(text) {
		return false
	}
	if len(d.quotes) > 0 && !g.request {
		return false // "please don't process it" is said of what is quoted
	}
	if endsIt.Match(text) || idThenEnd.Match(text) || takesBack.Match(text) || isEnded.Match(text) || endable.Match(text) || notPursued.Match(text) {
		return !d.any("approve", s.span)
	}
	inHan := hasHan(text)
	if g.question && !g.polite && !endsThat.Match(text) && !(inHan && endsHan.Match(text)) {
		return false
	}
	if pointless.Match(text) || inHan && (pointlessHan.Match(text) || endsHan.Match(text)) {
		return !d.any("approve", s.span) && !wishBeside(d, s, []span{{s.start, s.start}})
	}
	little := g.words <= 14 && !g.names && !g.product
	if endsThat.Match(text) && (little && !g.cert || speaksOfRequest(d)) {
		return true
	}
	if inHan && notPursuedHan.Match(text) && !declined.Match(text) && (g.request || requestHan.Match(text) || little && !g.cert) {
		return true
	}
	return little && !g.cert && !d.any("chat", s.span) && (halts.Match(text) || inHan && haltsHan.Match(text))
}

// namesRequest: a request is spoken of as one.
var namesRequest = lazy(`\b(?:requests?|orders?|tickets?|applications?|certs?|certificates?|csrs?|renewals?)\b|\breq-?\d|申请|单子|工单|证书|凭证`)

var requestHan = lazy(earlierHan)

// speaksOfRequest: somewhere in the text a request is spoken of as one.
func speaksOfRequest(d *document) bool {
	return requestIDPattern.Match(d.low) || len(d.cuesOf("myrequest")) > 0 || earlierRequest.Match(d.low)
}

var earlierRequest = lazy(`\b` + earlier + `|` + earlierHan)

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
