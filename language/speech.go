package language

import (
	"strings"
)

// signs are what one sentence shows.
type signs struct {
	cert, ask, strong, renew, expiry, past              bool
	errHard, errMid, errSoft, why                       bool
	inspect, look, status, cancel, approve, inject      bool
	howto, nowish, chat, reported, helpWord             bool
	done, since                                         bool // what was done already, and what came after it
	question, polite, names, product, request, artefact bool
	words                                               int
}

// cert: a certificate is spoken of, by that word or by its service.
func (d *document) cert(s span) bool {
	return d.any("cert", s) || len(d.group("service.tomcat", s)) > 0
}

func signsOf(d *document, s sentence) signs {
	text := d.low[s.start:s.end]
	has := func(tag string) bool { return d.any(tag, s.span) }
	g := signs{
		cert:    d.cert(s.span),
		renew:   has("ask.renew"),
		expiry:  has("ask.expiry"),
		past:    has("past"),
		errHard: has("err.hard"), errMid: has("err.mid"), errSoft: has("err.soft"), why: has("why"),
		inspect: has("inspect"), look: has("look"), status: has("status"), cancel: has("cancel"), approve: has("approve"),
		inject: has("inject") && !(askedKey.Match(text)), howto: has("howto"), nowish: has("nowish"), chat: has("chat"),
		reported: has("reported"), helpWord: has("helpword"),
		question: strings.HasSuffix(strings.TrimRight(string(text), " \"')*_"), "?") || leadingQuestion.Match(text) || hanQuestion.Match(text) || curious.Match(text) || asksOutright(text) || hasHan(text) && outrightHan.Match(text),
		request:  requestIDPattern.Match(text) || has("myrequest"),
		artefact: has("artefact"),
		names:    d.hasName(s.span),
		product:  len(d.group("product.cucm", s.span)) > 0 || len(d.group("service.tomcat", s.span)) > 0,
		polite:   (has("politeword") || hasHan(text)) && politeQuestion.Match(text) && !whQuestion.Match(text),
		done:     has("done"),
		since:    has("since"),
		words:    d.words(s.span),
	}
	g.artefact = g.artefact || (g.question || g.look || g.inspect || has("attached")) && atHand.Match(text)
	g.expiry = g.expiry || g.cert && has("timeword") && timeLeft.Match(text)
	wish, verb, please := has("ask.wish"), has("ask.verb"), has("ask.please")
	if g.polite && g.cert && politeMake.Match(text) {
		wish = true
	}
	g.ask = wish || verb || please || has("ask.weak")
	g.strong = wish || please || verb && (g.polite || opens(d, "ask.verb", s)) || g.renew && (g.polite || opens(d, "ask.renew", s))
	return g
}

var politeQuestion = lazy(`\b(?:can|could|would|will|may)\s+(?:you|i|we|someone|somebody|anyone|anybody|y'all|u)\s+(?:please\s+|pls\s+|also\s+|kindly\s+)?(?:get|have|make|create|generate|issue|prepare|sign|order|request|renew|do|help|turn|provide|send|reissue|re-issue|replace|set|arrange|raise|open|check|verify|decode|look|tell|show|list|cancel|withdraw|close|add|extend|read|inspect|parse|compare|take)\b|\bcould\s+someone\b|\bpossible to (?:get|have|make|create|issue|renew|obtain|order|add|extend)\b|\bany chance\b|\bbe so kind\b|\bwould you mind\b|\bwould it be possible\b|帮|麻烦|劳驾|烦请|能不能给|可以给|能给|kannst du|könnt ihr|können sie|könntest|pourriez|pouvez|peux-tu|pourrais|puedes|podrías|podéis|puedo tener|potete|puoi|kunnen jullie|kun je|お願い|いただけ|もらえ`)

// politeMake: the polite questions whose verb makes something.
var politeMake = lazy(`\b(?:would|is) it (?:be )?possible to (?:get|have|obtain|order|issue|create|generate|sign|make)\b|\b(?:can|could|would|will|may)\s+(?:you|i|we|someone|somebody|anyone|anybody)\s+(?:please\s+|pls\s+|also\s+|kindly\s+)?(?:get|have|make|create|generate|issue|prepare|sign|order|request|do|provide|send|set|arrange|raise|add)\b`)

var whQuestion = lazy(`^\W*(?:when|how|where|why|who)\b`)

var openQuestion = lazy(`^\W*(?:what|which|whose|whom)\b`)

var leadingQuestion = lazy(`^[\s\W]*(?:hi |hey |hello |and |so |but |quick question |btw |also )?\W*(?:did|has|have you|have they|is|are|was|were|will|does|what(?:'s| is)|where(?:'s| is| are)|how(?:'s| is)|who(?:'s| is| has)|do (?:i|we|you|they|expressway|certs|certificates|wildcard)|can (?:i|we|one|wildcards?|the|a|an|it|they|expressway|cucm|cms)|could (?:i|we|it|the)|would (?:it|the|a)|should (?:i|we|the|it)|may (?:i|we)|can (?:(?:somebody|someone|anybody|anyone) else|people|others|my \w+|another \w+)|(?:where|how|when|what|which|why)\b.{0,40}\b(?:do|does|can|should|must) (?:i|we|you|one|they)\b|(?:i|we) (?:want|would like|'d like|need|am trying|are trying) to (?:understand|know|learn)|am i|ist|sind|hat|haben wir|kann man|darf|muss|est-ce|peut-on|faut-il|es posible|se puede|è possibile)\b`)

// hanQuestion: Chinese and Japanese questions written without a question mark.
var hanQuestion = lazy(`(?:吗|呢|没有|了没|ですか|ますか)[\s。!.]*$|谁(?:在|来|负责|要|去)?(?:审|批|签|处理|跟)`)

// curious: somebody wants to know, not to have.
var curious = lazy(`\b(?:wants?|needs?|would like|like|trying|curious|keen|wish(?:es)?) to (?:know|understand|learn|find out)\b|\b(?:asks?|asked|asking|wonder(?:s|ing)?) (?:me |us )?(?:how|what|when|why|where|which|whether|if)\b|想(?:知道|了解|弄清)`)

// permission: "who can approve" asks for the rules, not for news.
var whoMay = lazy(`^\W*(?:so |and )?(?:who|whom|wer|qui|quién|chi)\b.{0,24}\b(?:can|may|is allowed to|is able to|should|could|has to|darf|kann|peut|puede|può)\b.{0,24}\b(?:approv\w+|sign off|decide|genehmig\w+|approuver|aprobar|approvare)\b|^\W*who (?:approves|signs off|decides|signs)\b.{0,16}\b(?:requests|certs|certificates|here|in this)\b|(?:谁|哪些人|什么人).{0,6}(?:可以|能|有权|有资格).{0,4}(?:审批|批准|核准|批)|^\W*(?:由|是)?谁(?:来|负责|可以|能)?(?:审批|批准|核准|审核|批|签)[^\p{Han}]*$`)

// whichRole is whoMay by the role.
var whichRole = lazy(`\bwhich (?:role|group|team|person|people|user)s?\b.{0,20}\b(?:approves?|signs?|decides?)\b`)

var permission = lazy(`\b(?:can|may|could|allowed|able|should)\b|可以|能`)

// injectPattern: telling the bot to put its own rules aside.
var injectPattern = lazy(`\b(?:ignore|disregard|forget|override|bypass|disable|circumvent|switch off|turn off)\W+(?:\w+\W+){0,3}?(?:instructions?|rules?|polic(?:y|ies)|approvals?|checks?|guard\w*|restrictions?|prompts?|safety)\b|(?:忽略|无视|绕过|跳过|关闭).{0,12}(?:规则|指令|策略|审批|限制|检查)`)

// opens: a cue of the tag is the first word or two of the sentence: an imperative.
func opens(d *document, tag string, s sentence) bool {
	list := d.in(tag, s.span)
	return len(list) > 0 && d.words(span{s.start, list[0].start}) <= 1
}

// orderPattern: "set request 14 to approved", "把 REQ-20 直接通过".
var orderPattern = lazy(`\brevoke\b[^,;]{0,40}\b(?:cert\w*|it|this)\b|\bneed\b.{0,60}\brevoked\b|吊销.{0,12}(?:证书|凭证)|\b(?:set|mark|flag|put|move|change|switch|consider|treat)\b.{0,60}?\b(?:approved|rejected|on hold|declined|denied|as issued|as done)\b|^\W*(?:请|麻烦)?(?:拒绝|驳回|否决|退回|批准|核准|通过|同意)\W{0,3}(?:req\b|req-|#|\d|申请|这个申请|该申请)|(?:把|将|给我?|直接).{0,30}?(?:通过|批准|核准|驳回|批了)|(?:改成|改为|设为|设成|标记|标成).{0,10}(?:批准|核准|通过)`)

// orderTo: the sentence tells the bot to decide, rather than asks about a decision.
func orderTo(d *document, s sentence, g signs) bool {
	if (g.question || g.howto) && !g.polite {
		return false
	}
	marked := d.any("orderword", s.span) || hasHan(d.low[s.start:s.end])
	if !marked && !d.any("approve", s.span) {
		return false
	}
	if text := d.low[s.start:s.end]; listAsked(d, s) || whoMay.Match(text) || whoHan.Match(text) {
		return false // "list what I have not approved yet", "who may approve", "被谁驳回了"
	}
	if marked && orderPattern.Match(d.low[s.start:s.end]) {
		return true
	}
	for _, c := range d.in("approve", s.span) {
		before := strings.Fields(string(d.low[max(s.start, c.start-40):c.start]))
		if len(before) == 0 || !approvalReports[before[len(before)-1]] || strings.Contains(string(d.low[c.start:c.end]), "as approved") {
			return true
		}
	}
	return false
}

// approvalReports stand before "approve" where a decision is spoken of, not ordered.
var approvalReports = wordSet(`to must who they he she boss manager not be been was is are gets got already will should can't cannot has have
	were being needs nobody noone none anybody anyone somebody someone i we you`)

// forAction: a question that is a polite order ("can you renew X?").
func forAction(d *document, s sentence, g signs) bool {
	if !g.polite {
		return false
	}
	for _, c := range d.in("howto", s.span) {
		word := string(d.low[c.start:c.end])
		if strings.HasPrefix(word, "how") || strings.HasPrefix(word, "wh") || explaining[word] {
			return false
		}
	}
	return g.cert && g.ask || g.renew || g.inspect || g.ask && (g.names || g.product || refersBack(d, s))
}

var explaining = phraseSet(`怎么|怎样|如何|哪些|解释|介绍|explain|区别|注意什么|说明|steps to|steps for|the steps|procedure|instructions for|guide|documentation|
	tell me about|walk me through|can you explain|could you explain|teach me|advice`)

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

func listAsked(d *document, s sentence) bool {
	text := d.low[s.start:s.end]
	return (d.any("newsword", s.span) || hasHan(text)) && listRequests.Match(text)
}

var (
	// listRequests: show, list, which, how many ... requests; certificates that expire.
	listRequests = lazy(`^\W*(?:all )?(?:of )?(?:my|our) (?:certs|certificates|requests|orders)(?: please| pls)?\W*(?:$|[,;])|\b(?:show|list|display|see|which|what|how many|any|get|give me|wo|welche|zeig\w*|liste|quelles|montre|muestra|cuáles)\b\W+(?:\w+\W+){0,5}?(?:requests|approvals|orders|anträge|demandes|solicitudes)\b\W*(?:\w+\W+){0,3}?(?:open|pending|waiting|for me|for my|are there|do i|i have|left|outstanding|right now|today|from|offen|en attente|pendientes|of mine|$)|\b(?:show|list|which|what|how many|give me|any)\b[^.?!]{0,40}\bcert\w*[^.?!]{0,30}\b(?:expir\w*|run out|running out|due|end|ends|ending|lapse\w*)\b|\bwhat (?:i|we) (?:requested|ordered|asked for|submitted)\b|(?:列出|显示|查看|看看|看一下|查一下|有哪些|哪些|多少)[^。?]{0,24}(?:到期|过期|快过期)[^。?]{0,8}(?:证书|凭证)|(?:列出|显示|查看|看看|看一下|查一下|还有|有没有|有哪些|哪些|多少|有几[个张条笔])[^。?]{0,10}(?:申请|请求|审批|单子)|(?:哪些|多少|列出|查)[^。?]{0,6}(?:证书|凭证)[^。?]{0,14}(?:到期|过期)|\bsupposed to approve\b|\bdo i (?:have|need) to approve\b|\bwaiting for (?:me|my|us|our)\b`)
	// perfect: is it signed, has it been done; 签下来了吗.
	// whereToSee asks for the way, not for the list.
	whereToSee = lazy(`^\W*(?:where|how) (?:can|do|could|would|should)\b|在哪里?.{0,4}(?:看|查)|怎么(?:看|查)`)
	perfect    = lazy(`\b(?:has|have|is|are|was|were|did|when (?:will|do|does|can|is|was))\b.{0,60}\b(?:signed|issued|approved|ready|done|finished|completed|processed|renewed|delivered|handled|sent|submitted|forwarded|ordered|come back|came back|arrived?|returned|gone through|go through)\b|\bwhen (?:will|do|can|could|may|shall)\b.{0,60}\b(?:get|have|receive|expect)\b|(?:签|批|审|办|发|下来|完成|通过|处理|做|搞)[^,。]{0,4}(?:了|好)[^,。]{0,3}(?:吗|没有?|么|\?)|(?:什么时候|何时|多久).{0,8}(?:拿到|收到|签好|办好|批好|下来|好)|(?:unterschrieben|genehmigt|fertig|signé|approuvée?|prête?|firmado|aprobada?|listo)\b.{0,10}\?|\b(?:wann|quand|cuándo|quando)\b.{0,40}\b(?:fertig|da sein|prêt\w*|list[oa]|pront[oa]|disponible)\b`)
	// byMe: a decision is told, not asked for.
	byMe         = lazy(`\b(?:from|on) (?:my|our) (?:side|end)\b|\b(?:approved|signed|done|ok) by me\b|^\W*(?:approved|rejected)\b`)
	toldWhether  = lazy(`\b(?:tell (?:me|us)|know|see|check|find out|confirm) (?:whether|if|when|who)\b`)
	numberDone   = lazy(`^\W*(?:and |so )?(?:is|has|was|did) #?\d{1,6} (?:been |already |finally )*(?:through|done|approved|signed|issued|ready|out|in|back|get)\b`)
	overdue      = lazy(`\b(?:cert\w*|csr|request|order|it) (?:was|were|is|should have been|had been) (?:promised|due|supposed to (?:be|come)|meant to (?:be|come)|expected)\b.{0,60}\b(?:still|nothing|not yet|no sign|yet)\b`)
	whenGet      = lazy(`^\W*(?:and |so )?when (?:will|do|can|could|may|shall) (?:i|we)\b.{0,40}\b(?:get|have|receive|expect)\b|(?:什么时候|何时|多久).{0,8}(?:拿到|收到|签好|办好|批好|下来)`)
	showRequest  = lazy(`^\W*(?:please |pls |can you |could you )?(?:show|open|display|pull up|give me)(?: me)? (?:request )?(?:req\b[ -]?#?|#)\d+|^\W*(?:看看|看一下|看下|查看|显示|打开)\W*(?:req\b[ -]?#?|#)\d+`)
	whenExpires  = lazy(`\bwhen (?:does|do|will|is|did)\b.{0,80}\b(?:expir\w*|run out|due|lapse|end)\b|\bexpir\w+ date of\b|\bwann läuft\b|\bquand expire\b|\bcuándo (?:caduca|vence)\b|(?:什么时候|何时|哪天).{0,6}(?:到期|过期)`)
	progressWord = lazy(`\b(?:signed|issued|approved|ready|done|finished|completed?|state|status|stuck|waiting|how long|when|where|who|news|update|looked at|yet|still)\b|进展|好了|批了|通过了|完成|多久|什么时候|何时|到哪|哪一步|哪一关|卡在|什么情况|有没有[过批通]|过没过|[吗没么]\s*[?？]*$`)
)

// lookAt: "please have a look at my CSR", "check the chain of expe1".
var lookAt = lazy(`(?:看|查|检查|核对|确认|解析|分析|读)(?:一下|下|看)?[^,。]{0,6}(?:csr|证书|凭证|p7b|pem|证书链) ?(?:里|的|上|中|有没有|对不对|是否)|\b(?:look (?:at|over|into|through)|go over|glance (?:at|over)|eyes on|sanity[ -]?check|double[ -]?check|cross[ -]?check|proofread|check|review|inspect|validate|verify|read|examine|analy[sz]e)\W+(?:my|our|the|this|that|these|those|a|an|his|her|their)\W+(?:\w+\W+){0,2}?(?:csrs?|cert\w*|chain|p7b|pem|bundle)\b`)

// tellWhether: "pasted below, tell me whether it has the cluster".
var tellWhether = lazy(`\b(?:tell (?:me|us)|check|see|say|let me know|verify) (?:whether|if|which|what|how)\b|看(?:看|下|一下)?(?:有没有|是不是|对不对)`)

// inspects: the sentence wants something at hand looked into: a pasted block, a
// file, "this certificate".
func inspects(d *document, s sentence, g signs) bool {
	if g.errHard && !g.inspect || g.errMid && !g.inspect {
		return false
	}
	file := d.artefactFile(s.span)
	thing := g.artefact || file || len(d.pem) > 0 && (g.cert || g.words <= 12)
	makes := d.any("ask.verb", s.span) && !(hasHan(d.low[s.start:s.end]) && outrightHan.Match(d.low[s.start:s.end])) || g.renew && !pastRenewal(d, s) || d.any("ask.wish", s.span) && d.any("caword", s.span)
	if g.inspect {
		return thing || g.cert && !makes && !(g.howto && g.names && g.expiry)
	}
	if d.any("attached", s.span) && !makes && tellWhether.Match(d.low[s.start:s.end]) {
		return true
	}
	if g.look && !makes && !g.expiry && (!g.question || g.polite) && lookAt.Match(d.low[s.start:s.end]) {
		return true
	}
	return thing && !makes && (g.question || g.look || openQuestion.Match(d.low[s.start:s.end]))
}

// atHand: what was posted, uploaded or stands above, and things named for comparison.
var atHand = lazy(`\b(?:is|was|if|whether) this\b.{0,24}\b(?:cert\w*|csr|chain|key|root|intermediate)\b|\bthis is (?:a|an|the)\b.{0,20}\b(?:cert\w*|csr|chain|key)\b|\b(?:cert\w*|csrs?|chain|bundle|file|pem|p7b|p12|pfx|key|request)\b(?:\W+\w+){0,2}?\W+(?:(?:that |which )?(?:i|we)(?:'ve| have)? (?:just |already )?(?:posted|uploaded|sent|pasted|attached|shared|dropped|put|added|gave)|in (?:the|this|my|that) (?:thread|channel|message|last message|previous message|post|attachment|zip)|(?:from )?above|below|attached)\b|\b(?:diff|compare)\b.{0,40}\b(?:cert\w*|csrs?|chains?|keys?|pems?)\b`)

// artefactFile: a file of certificates, keys or requests is named.
func (d *document) artefactFile(s span) bool {
	for _, n := range d.names {
		if n.kind == kindFile && s.holds(n.span) && artefactExtensions[n.ext] {
			return true
		}
	}
	return false
}

var artefactExtensions = wordSet(`pem cer crt csr key p7b p7c p12 pfx der req`)

// asks: the question word opens the sentence, or the sentence is a question; "which"
// in the middle is a relative pronoun. Chinese question words stand anywhere.
func asksExplanation(d *document, s sentence, g signs) bool {
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
func onTopic(d *document, s sentence, g signs) bool {
	if !g.cert && !g.product && !g.names && toPeople.Match(d.low[s.start:s.end]) {
		return false
	}
	for _, t := range []string{"shared", "separate", "clustered", "own", "ask.renew", "ask.expiry", "approve", "cancel"} {
		if d.any(t, s.span) {
			return true
		}
	}
	return g.cert || g.product || g.names || d.any("topic", s.span) || d.any("botquestion", s.span) || len(d.group("ca.public", s.span)) > 0 || len(d.group("feat.mra", s.span)) > 0
}

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
		switch word {
		case "status", "queue", "progress", "状态", "进度", "eta", "status of", "statut", "状況", "update on", "still waiting":
			if g.question || g.words <= 8 || d.any("requestword", s.span) {
				return true
			}
		case "is pending", "are pending", "still pending", "pending request", "pending requests":
			if g.question || g.ask || g.words <= 8 || d.any("ask.verb", s.span) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

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

// toBeDone: "get it renewed", "needs to be renewed".
var toBeDone = lazy(`\b(?:get|have|need|needs|want|wants|be|getting|would like|please|pls)\b[^;]*$`)

// freshRenewal: a renewal is spoken of that is not told as done.
func freshRenewal(d *document, s span) bool {
	for _, c := range d.in("ask.renew", s) {
		if !strings.HasSuffix(string(d.low[c.start:c.end]), "ed") {
			return true
		}
	}
	return false
}

func firstBreak(d *document, s span) int {
	for i := s.start; i < s.end; i++ {
		if d.clauseBreak(i) || hasAt(d.low, i, " but ") {
			return i + 1
		}
	}
	return -1
}

// hasName: a name of a box or domain, in full or short, is in s.
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
