package language

// News of a request is asked for by its state ("is it signed?"), by who holds it
// ("who's got REQ-30"), by what waits or runs out ("anything expiring this month?"),
// or by a nudge ("bump REQ-21").

const (
	approving = `(?:(?:the |any |all |our |both )*(?:approvers?|security|manager|boss|team)|they|he|she|any ?one|any ?body|some ?one|some ?body)`
	stateWord = `(?:signed|approved|issued|ready|done|finished|rejected|declined|denied|processed|delivered|completed?|through|renewed|back|submitted|handled|looked at|picked up|reviewed|stuck|on hold|out|there|ok'?d|closed|expired|forwarded|received|decided|escalated)`
	// mineOrIt can only be the writer's certificate or request.
	mineOrIt = `(?:it|that one|this one|they|mine|ours|(?:my|our)\b(?:\W+[a-z0-9-]+){0,3}?\W+(?:cert\w*|csr|request|order|ticket|renewal|application|one)s?|` + requestID + `|the (?:[a-z0-9+-]+ ){0,4}?(?:cert\w*|csr|request|order|ticket|renewal|one)s?)`
	certOrIt = `(?:cert\w*|csrs?|requests?|orders?|tickets?|renewals?|approvals?|applications?|` + requestID + `)`
)

var (
	// stateAsked: "is it signed", "so is it done or not", "did REQ-77 get rejected".
	stateAsked = lazy(`^\W*(?:(?:hi|hey|hello|so|and|but|ok|well|sorry|btw|also|just|quick one|morning)\W+)*(?:is|are|was|were|has|have|did|hasn't|haven't|isn't|wasn't|why (?:isn't|is|hasn't|haven't|wasn't|didn't))\W+` + mineOrIt + `\W+(?:(?:been|got|get|gotten|already|still|not|yet|finally|ever|even|now|gone|come|go|all)\W+){0,3}` + stateWord + `\b(?:\W+(?:or not|or what|yet|already|now|today|at all|by now|so far|then|please|finally|for me))*\W*$`)
	// approversAsked: "have the approvers decided yet".
	approversAsked = lazy(`^\W*(?:(?:hi|hey|hello|so|and|but|ok|well)\W+)*(?:has|have|did|hasn't|haven't|didn't)\W+` + approving + `\W+(?:(?:already|even|actually|ever|finally)\W+)?(?:decided?|approved?|respond(?:ed)?|answer(?:ed)?|repl(?:y|ied)|look(?:ed)?|seen?|vot(?:e|ed)|sign(?:ed)?|react(?:ed)?|got(?:ten)? (?:round|around) to|get (?:round|around) to)\b(?:.{0,24}\b(?:yet|already|mine|it|that|this|my|our)\b|\W*$)`)
	// whoHolds: "who's got REQ-30 at the moment", "is someone working on the cert".
	whoHolds = lazy(`\b(?:who(?:'s| is| has| was| did|'d)?|(?:is|was|has|did|are) (?:any ?one|any ?body|some ?one|some ?body|the approvers?|they|he|she))\b\W+(?:\w+\W+){0,3}?(?:got|get|has|have|holds?|holding|sitting on|working on|work on|looking (?:at|into|after)|looked (?:at|into)|look (?:at|into)|dealing with|handling|taking care of|took|rejected|declined|approved|signed|reviewing|reviewed|picked up|pick up|seen|see|missing|left|responsible for|assigned to|blocks?|blocking)\b.{0,40}\b` + certOrIt)
	// whatWaits: "what's on my plate", "how many requests are waiting on me".
	whatWaits = lazy(`^\W*(?:(?:so|and|hi|hey|hello)\W+)*(?:what(?:'s| is| are| do)?|which|how many|is there|are there|any|anything|anybody|do i|does|have i|have we|show|list|got any|give me)\b.{0,50}\b(?:on my (?:plate|desk|list|side)|in my (?:queue|inbox|court)|assigned to me|(?:waiting|waits?|pending|open|left|outstanding|due|needed) (?:on|for|from|with|by) (?:me|my|us|our)|(?:for me )?to (?:approve|sign off|decide|review)|awaiting)\b`)
	// whatExpires: "anything expiring this month?", "which of our certs run out in May".
	whatExpires = lazy(`\b(?:list|overview|report|table)\b.{0,30}\b(?:expired|expiring|lapsed)\b.{0,12}\bcert\w*|^\W*(?:(?:so|and|hi|hey|hello|please|pls|can you|could you)\W+)*(?:what(?:'s| is| else)?|which|how many|is there|are there|any|anything|do we have|do i have|show|list|give me|see)\b.{0,50}\b(?:expir\w*|running out|runs? out|laps(?:e|es|ing)|due|up for renewal|end(?:s|ing)?)\b.{0,40}?(?:\b(?:soon|next|this|in|within|before|until|till|by|today|tomorrow|weeks?|months?|days?)\b|\?)`)
	// whatBecame: "what happened with the cert I asked for on Monday".
	whatBecame = lazy(`^\W*(?:\w+\W+)?(?:what|which|how many) (?:[a-z0-9+-]+ ){0,3}cert\w* (?:do|did|have) (?:i|we) (?:own|have|hold|got|get|run|order|request)\w*|^\W*(?:\w+\W+)?(?:do|have|did) (?:we|i)(?: already| even| ever)? (?:have|got|get|own|order|request)\b.{0,30}\bcert\w*|\bwhere (?:are|do|did) we (?:stand |get to |at |now )?(?:on|with|at|regarding)\b.{0,60}\b(?:cert\w*|csr|request|order|renewal|approval)s?\b|\b(?:what(?:'s| has| is)? (?:happened|happening|happens|become|became|going on|up|new|the (?:latest|story|deal|word|news|situation|hold ?up|state|status))|where(?:'s| is| are| does| do)?|how(?:'s| is| are)|what are (?:we|you|they) (?:still )?waiting (?:for|on)|what is (?:it|she|he) waiting (?:for|on)|how (?:far|long)|when)\b.{0,40}?(?:` + requestID + `|\b(?:my|our) (?:[a-z0-9+-]+ ){0,3}?(?:cert\w*|csr|requests?|orders?|tickets?|renewals?|application)\b|\b(?:requests?|orders?|certs?|certificates?|csr|renewal|one)\b.{0,50}?\b(?:(?:i|we)(?:'ve| have| had)? (?:asked|ordered|requested|submitted|sent|filed|raised|put in|opened)))`)
	// asksNews: "any word from the approvers", "heard anything about the cert".
	asksNews = lazy(`\b(?:any|some|no|the latest|heard (?:anything|back)|hear (?:anything|back))\W+(?:word|news|feedback|answer|repl(?:y|ies)|response|reaction|movement|progress|decision|update|sign|luck|result|change|joy|follow ?up)s?\b(?:.{0,12}\b(?:from|on|about|regarding|for|of|with|by|yet)\b|\W*$)|\b(?:still|yet) (?:no|nothing)\b.{0,30}\b(?:on|about|from|for)\b|\bheard (?:anything|back)\b`)
	// nudges: "bump REQ-21", "REQ-12 update?", "the history of REQ-5".
	nudges = lazy(`\b(?:bump\w*|nudg\w+|chas\w+|ping\w*|hurry|poke|remind\w*|push|prod|speed up|history|timeline|log|details?|update|news|progress|state|status|where|check(?:ing)?(?: in| up)? on|follow(?:ing)? up(?: on| with| about)?|asking about|asking after|enquir\w+|inquir\w+|wondering about)\b.{0,30}(?:` + requestID + `|\b(?:my|our) (?:[a-z0-9+-]+ ){0,3}(?:cert\w*|csr|request|order|ticket)\b)|` + requestID + `.{0,24}\b(?:bump|update|news|progress|history|timeline|still|stuck|pending|waiting|eta|where|when|status|nothing|no answer)\b.{0,20}$|` + requestID + `.{0,24}\b(?:done|signed|approved|ready|issued|through)(?: yet| or not| already| now)?\W*\?|^\W*(?:gentle |friendly |just a )?(?:bump|reminder|ping|nudge)\W*$`)
	// pickUp: "when can I pick up the certificate".
	pickUp = lazy(`(?:^|[,;] *)\W*(?:(?:so|and|but|hi|hey|hello|ok)\W+)*(?:when|how soon|how long (?:until|till|before))\b.{0,30}\b(?:can|could|will|may|do|does|is|are)?\b.{0,20}\b(?:pick up|collect|download|fetch|grab|get|have|receive|expect|signed|approved|issued|ready|done|back|finished|arrive)\b`)
	// tooLong: "what's taking so long with the cert", "waiting since Tuesday for it".
	tooLong = lazy(`\btak(?:ing|es) (?:so|this|that|too|very|quite|rather|a)? ?(?:long|forever|ages)\b|\b(?:(?:i'm|we're|i am|we are|been|still)\W+|^\W*)waiting\W+(?:\w+\W+){0,3}?(?:since|for|on)\b`)
	// mySide: "remind me what I've asked for", "my request seems stuck".
	mySide = lazy(`\bwhat (?:have )?(?:i|we)(?:'ve| have| had| did)? (?:already )?(?:request|order|ask|submit|file|sent|send|got open)\w*|\b(?:my|our) (?:[a-z0-9+-]+ ){0,3}?(?:cert\w*|request|order|ticket|renewal|application)s?\b.{0,30}\b(?:stuck|stands?|is pending|still (?:open|pending|waiting|nothing)|not (?:moving|approved|signed|done|back|ready)|taking (?:long|forever|ages|so long)|hanging|in limbo|yet)\b`)

	ourThingHan = `(?:证书?|凭证|证|单子?|工单|申请|请求|req-?\d+|#\d+|csr|它|那张|这张|那个|上次|上周|上礼拜|昨天|我的)`
	// stateHan: 签出来没, 批下来了吗, 到哪一步.
	stateHan = lazy(ourThingHan + `.{0,24}?(?:签|批|审|核|办|发|下|出|弄|搞|做|处理|过|驳回|退|看)[^,。;?]{0,5}(?:了没|[了过好完来到](?:吗|么)|没有?)\W*$|` +
		ourThingHan + `.{0,16}?(?:什么时候|啥时候|何时|几时|还要多久|多久|多长时间|几天)[^,。;]{0,8}(?:下来|拿到|收到|好|签|批|发|出|弄|搞|办|完|能)|` +
		ourThingHan + `.{0,16}?(?:没动静|没反应|没消息|没回音|没下文|没人(?:批|管|理|处理)|卡住|卡在|卡到|到哪(?:[^里儿]|$)|到哪里了|什么情况|怎样了|怎么样|咋样|如何了|进展|进度|被(?:谁)?(?:驳回|退|拒)[^,。;]{0,3}(?:吗|了$))|` +
		`(?:好了|弄好|办好|签好|批好|下来|搞定|完成|通过)(?:没|吗|了没|了吗)\W*$|(?:进度|进展|结果|消息)(?:呢|吗|如何|怎样|怎么样)?\W*$`)
	// whoHan: 谁还没签, 被谁驳回, 审批人看了吗.
	whoHan = lazy(`(?:还有|被|在|等|差|卡在?|轮到|是|到)?谁.{0,6}(?:没|还没|在|驳回|退|拒|拦|压|卡|拿着|手[上里]|负责批|批了|签了).{0,16}|(?:审批人|审核人|批准人|核准人|主管|领导|安全|对方).{0,6}(?:看|批|签|审|核|理|回)(?:了|过)?(?:吗|没|么)`)
	// waitsHan: 今天有我要批的吗, 目前有几张待审.
	waitsHan = lazy(`(?:有|还有|多少|几|哪些|哪几|什么|列).{0,10}(?:等|待|没|未|我们?(?:要|需要|来|去|得)?|要我|需要我|该我)[^要]{0,4}(?:批|审|签|核|处理)|(?:待审|待批|待签|未批|未审|待核准|待办).{0,8}(?:哪些|几|多少|吗|清单|列表)|我.{0,8}(?:几|多少|哪些).{0,6}(?:没批|未批|没好|待|在走|没签|没完)`)
	// expiresHan: 我有几张证书快过期了, 下个月到期的证书有哪些.
	expiresHan = lazy(`(?:有没有|有无|有哪些|还有|哪些|列出?|查).{0,6}(?:到期|过期).{0,3}(?:证|凭)|(?:几|多少|哪|什么|列|有没有|有无|查).{0,12}(?:证书|凭证|证).{0,8}(?:到期|过期|失效|期满)|(?:到期|过期|失效|期满).{0,6}(?:证书|凭证|证)?.{0,6}(?:有?哪|几|多少|列|有吗|清单|列表)|(?:到期|过期)的(?:证书|凭证)?(?:有吗|有没有|列)`)
	nudgesHan  = lazy(`(?:看|查|列出?|显示)(?:一下|下)?[^。,;]{0,4}(?:我们?|所有|全部)[^。,;]{0,5}(?:申请|单子|工单|请求)|(?:催(?:一下|下|催)?|查(?:一下|下|查|询)?|看(?:一下|下|看)|问(?:一下|下))[^。,;?]{0,8}(?:req-?\d+|#\d+|单子|申请|进度|进展|证书好|批)`)
	// wayAsked: how a thing is done here, which is no question about one request.
	wayAsked = lazy(`\b(?:how (?:do|can|could|should|would|to|does)|can i|can we|should i|do i (?:need|have to)|is it possible|am i allowed|what if|what happens|usually|normally|typically|in general|generally|on average)\b|怎么[^样了还不没回]|如何[^了]|能不能|(?:能|可以|可|要|应该|需要|用)[^,。;]{0,16}吗|后(?:要|还要|需要)?(?:多久|几天|多长)|一般|通常|平时|正常|流程|谁(?:有权|可以|能|来|负责)`)
)

// asksNewsOf: the sentence asks how things stand.
func asksNewsOf(d *document, s sentence, g signs) bool {
	text := d.low[s.start:s.end]
	if g.errHard || len(d.quotes) > 0 && !g.request {
		return false
	}
	inHan, news := hasHan(text), g.question || d.any("newsword", s.span)
	if inHan && (waitsHan.Match(text) || expiresHan.Match(text)) ||
		g.question && !g.renew && !g.artefact && (g.cert || g.request || g.words <= 8) && pickUp.Match(text) {
		return true
	}
	if !inHan && !news || wayAsked.Match(text) {
		return false
	}
	return inHan && newsInHan(d, s, g, text) || news && newsAsked(d, s, g, text) ||
		g.question && !g.renew && !g.artefact && requestIDPattern.Match(text)
}

func newsAsked(d *document, s sentence, g signs, text []byte) bool {
	switch {
	case stateAsked.Match(text), approversAsked.Match(text), whatWaits.Match(text), whoHolds.Match(text):
		return true
	case !g.renew && !d.artefactFile(s.span) && !d.any("artefact", s.span) && whatExpires.Match(text):
		return true
	case !g.renew && !g.expiry && nudges.Match(text):
		return true
	case (g.cert || g.request || g.product) && !g.errMid && tooLong.Match(text), mySide.Match(text):
		return true
	case !g.errMid && !d.any("artefact", s.span) && whatBecame.Match(text):
		return true
	}
	return (g.question || g.words <= 9) && asksNews.Match(text)
}

func newsInHan(d *document, s sentence, g signs, text []byte) bool {
	switch {
	case stateHan.Match(text):
		return true
	case whoHan.Match(text):
		return g.request || d.any("requestword", s.span) || g.cert || g.words <= 8
	}
	return !g.artefact && !d.artefactFile(s.span) && nudgesHan.Match(text)
}

// asksProgress: a question about one's own or a numbered request being done, or a
// wish to see requests or what expires.
func asksProgress(d *document, s sentence, g signs) bool {
	text := d.low[s.start:s.end]
	if g.errHard {
		return false
	}
	if whereToSee.Match(text) {
		return false
	}
	if asksNewsOf(d, s, g) {
		return true
	}
	if g.request && byMe.Match(text) {
		return false
	}
	if listAsked(d, s) || showRequest.Match(text) || g.names && whenExpires.Match(text) {
		return true
	}
	if g.polite && !g.status && !opens(d, "look", s) && !toldWhether.Match(text) {
		return false
	}
	if g.request && perfect.Match(text) && toldWhether.Match(text) || overdue.Match(text) || numberDone.Match(text) {
		return true
	}
	if g.question && g.approve && !g.howto && !permission.Match(text) {
		return true
	}
	if g.question && (g.cert || g.renew || g.request) && perfect.Match(text) && !(asksOutright(text) && openQuestion.Match(text)) {
		return true
	}
	if g.cert && whenGet.Match(text) {
		return true
	}
	if !g.request {
		return false
	}
	progress := progressWord.Match(text)
	return (progress && (g.question || g.howto || g.words <= 6) || g.question && g.words <= 8)
}

// listAsked: to see requests, or certificates that expire.
func listAsked(d *document, s sentence) bool {
	text := d.low[s.start:s.end]
	return (d.any("newsword", s.span) || hasHan(text)) && listRequests.Match(text)
}

var (
	// listRequests: show, list, which, how many ... requests; certificates that expire.
	listRequests = lazy(`^\W*(?:all )?(?:of )?(?:my|our) (?:certs|certificates|requests|orders)(?: please| pls)?\W*(?:$|[,;])|\b(?:show|list|display|see|which|what|how many|any|get|give me|wo|welche|zeig\w*|liste|quelles|montre|muestra|cuáles)\b\W+(?:\w+\W+){0,5}?(?:requests|approvals|orders|anträge|demandes|solicitudes)\b\W*(?:\w+\W+){0,3}?(?:open|pending|waiting|for me|for my|are there|do i|i have|left|outstanding|right now|today|from|offen|en attente|pendientes|of mine|$)|\b(?:show|list|which|what|how many|give me|any)\b[^.?!]{0,40}\bcert\w*[^.?!]{0,30}\b(?:expir\w*|run out|running out|due|end|ends|ending|lapse\w*)\b|\bwhat (?:i|we) (?:requested|ordered|asked for|submitted)\b|(?:列出|显示|查看|看看|看一下|查一下|有哪些|哪些|多少)[^。?]{0,24}(?:到期|过期|快过期)[^。?]{0,8}(?:证书|凭证)|(?:列出|显示|查看|看看|看一下|查一下|还有|有没有|有哪些|哪些|多少|有几[个张条笔])[^。?]{0,10}(?:申请|请求|审批|单子)|(?:哪些|多少|列出|查)[^。?]{0,6}(?:证书|凭证)[^。?]{0,14}(?:到期|过期)|\bsupposed to approve\b|\bdo i (?:have|need) to approve\b|\bwaiting for (?:me|my|us|our)\b`)
	// perfect: is it signed, has it been done; 签下来了吗.
	perfect = lazy(`\b(?:has|have|is|are|was|were|did|when (?:will|do|does|can|is|was))\b.{0,60}\b(?:signed|issued|approved|ready|done|finished|completed|processed|renewed|delivered|handled|sent|submitted|forwarded|ordered|come back|came back|arrived?|returned|gone through|go through)\b|\bwhen (?:will|do|can|could|may|shall)\b.{0,60}\b(?:get|have|receive|expect)\b|(?:签|批|审|办|发|下来|完成|通过|处理|做|搞)[^,。]{0,4}(?:了|好)[^,。]{0,3}(?:吗|没有?|么|\?)|(?:什么时候|何时|多久).{0,8}(?:拿到|收到|签好|办好|批好|下来|好)|(?:unterschrieben|genehmigt|fertig|signé|approuvée?|prête?|firmado|aprobada?|listo)\b.{0,10}\?|\b(?:wann|quand|cuándo|quando)\b.{0,40}\b(?:fertig|da sein|prêt\w*|list[oa]|pront[oa]|disponible)\b`)
	// whereToSee asks for the way, not for the list.
	whereToSee = lazy(`^\W*(?:where|how) (?:can|do|could|would|should)\b|在哪里?.{0,4}(?:看|查)|怎么(?:看|查)`)
	// byMe: a decision is told, not asked for.
	byMe         = lazy(`\b(?:from|on) (?:my|our) (?:side|end)\b|\b(?:approved|signed|done|ok) by me\b|^\W*(?:approved|rejected)\b`)
	toldWhether  = lazy(`\b(?:tell (?:me|us)|know|see|check|find out|confirm) (?:whether|if|when|who)\b`)
	numberDone   = lazy(`^\W*(?:and |so )?(?:is|has|was|did) #?\d{1,6} (?:been |already |finally )*(?:through|done|approved|signed|issued|ready|out|in|back|get)\b`)
	overdue      = lazy(`\b(?:cert\w*|csr|request|order|it) (?:was|were|is|should have been|had been) (?:promised|due|supposed to (?:be|come)|meant to (?:be|come)|expected)\b.{0,60}\b(?:still|nothing|not yet|no sign|yet)\b`)
	whenGet      = lazy(`^\W*(?:and |so )?when (?:will|do|can|could|may|shall) (?:i|we)\b.{0,40}\b(?:get|have|receive|expect)\b|(?:什么时候|何时|多久).{0,8}(?:拿到|收到|签好|办好|批好|下来)`)
	showRequest  = lazy(`^\W*(?:please |pls |can you |could you )?(?:show|open|display|pull up|give me)(?: me)? (?:request )?(?:req\b[ -]?#?|#)\d+|^\W*(?:看看|看一下|看下|查看|显示|打开)\W*(?:req\b[ -]?#?|#)\d+`)
	whenExpires  = lazy(`\bwhen (?:does|do|will|is|did)\b.{0,80}\b(?:expir\w*|run out|due|lapse|end)\b|\bexpir\w+ date of\b|\bwann läuft\b|\bquand expire\b|\bcuándo (?:caduca|vence)\b|(?:什么时候|何时|哪天).{0,6}(?:到期|过期)`)
	progressWord = lazy(`\b(?:signed|issued|approved|ready|done|finished|completed?|state|status|stuck|waiting|how long|when|where|who|news|update|looked at|yet|still)\b|进展|好了|批了|通过了|完成|多久|什么时候|何时|到哪|哪一步|哪一关|卡在|什么情况|有没有[过批通]|过没过|[吗没么]\s*[?？]*$`)
	// permission: "who can approve" asks for the rules, not for news.
	permission = lazy(`\b(?:can|may|could|allowed|able|should)\b|可以|能`)
)

// stateWords and pendingWords are the words of status that by themselves ask nothing.
const stateWords, pendingWords wordList = "stateWords", "pendingWords"

// statusQuestion: asks for news, rather than happens to say "status" or "pending".
func statusQuestion(d *document, s sentence, g signs) bool {
	if g.errHard {
		return false
	}
	if hasHan(d.low[s.start:s.end]) && placeAsked.Match(d.low[s.start:s.end]) {
		return false
	}
	for _, c := range d.in("status", s.span) {
		word := string(d.low[c.start:c.end])
		switch {
		case stateWords.has(word):
			if g.question || g.words <= 8 || d.any("requestword", s.span) {
				return true
			}
		case pendingWords.has(word):
			if g.question || g.ask || g.words <= 8 || d.any("ask.verb", s.span) {
				return true
			}
		default:
			return true
		}
	}
	return false
}
