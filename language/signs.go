package language

import "strings"

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

var (
	politeQuestion = lazy(`\b(?:can|could|would|will|may)\s+(?:you|i|we|someone|somebody|anyone|anybody|y'all|u)\s+(?:please\s+|pls\s+|also\s+|kindly\s+)?(?:get|have|make|create|generate|issue|prepare|sign|order|request|renew|do|help|turn|provide|send|reissue|re-issue|replace|set|arrange|raise|open|check|verify|decode|look|tell|show|list|cancel|withdraw|close|add|extend|read|inspect|parse|compare|take)\b|\bcould\s+someone\b|\bpossible to (?:get|have|make|create|issue|renew|obtain|order|add|extend)\b|\bany chance\b|\bbe so kind\b|\bwould you mind\b|\bwould it be possible\b|帮|麻烦|劳驾|烦请|能不能给|可以给|能给|kannst du|könnt ihr|können sie|könntest|pourriez|pouvez|peux-tu|pourrais|puedes|podrías|podéis|puedo tener|potete|puoi|kunnen jullie|kun je|お願い|いただけ|もらえ`)
	// politeMake: the polite questions whose verb makes something.
	politeMake      = lazy(`\b(?:would|is) it (?:be )?possible to (?:get|have|obtain|order|issue|create|generate|sign|make)\b|\b(?:can|could|would|will|may)\s+(?:you|i|we|someone|somebody|anyone|anybody)\s+(?:please\s+|pls\s+|also\s+|kindly\s+)?(?:get|have|make|create|generate|issue|prepare|sign|order|request|do|provide|send|set|arrange|raise|add)\b`)
	whQuestion      = lazy(`^\W*(?:when|how|where|why|who)\b`)
	openQuestion    = lazy(`^\W*(?:what|which|whose|whom)\b`)
	leadingQuestion = lazy(`^[\s\W]*(?:hi |hey |hello |and |so |but |quick question |btw |also )?\W*(?:did|has|have you|have they|is|are|was|were|will|does|what(?:'s| is)|where(?:'s| is| are)|how(?:'s| is)|who(?:'s| is| has)|do (?:i|we|you|they|expressway|certs|certificates|wildcard)|can (?:i|we|one|wildcards?|the|a|an|it|they|expressway|cucm|cms)|could (?:i|we|it|the)|would (?:it|the|a)|should (?:i|we|the|it)|may (?:i|we)|can (?:(?:somebody|someone|anybody|anyone) else|people|others|my \w+|another \w+)|(?:where|how|when|what|which|why)\b.{0,40}\b(?:do|does|can|should|must) (?:i|we|you|one|they)\b|(?:i|we) (?:want|would like|'d like|need|am trying|are trying) to (?:understand|know|learn)|am i|ist|sind|hat|haben wir|kann man|darf|muss|est-ce|peut-on|faut-il|es posible|se puede|è possibile)\b`)
	// hanQuestion: Chinese and Japanese questions written without a question mark.
	hanQuestion = lazy(`(?:吗|呢|没有|了没|ですか|ますか)[\s。!.]*$|谁(?:在|来|负责|要|去)?(?:审|批|签|处理|跟)`)
	// curious: somebody wants to know, not to have.
	curious = lazy(`\b(?:wants?|needs?|would like|like|trying|curious|keen|wish(?:es)?) to (?:know|understand|learn|find out)\b|\b(?:asks?|asked|asking|wonder(?:s|ing)?) (?:me |us )?(?:how|what|when|why|where|which|whether|if)\b|想(?:知道|了解|弄清)`)
)

// opens: a cue of the tag is the first word or two of the sentence: an imperative.
func opens(d *document, tag string, s sentence) bool {
	list := d.in(tag, s.span)
	return len(list) > 0 && d.words(span{s.start, list[0].start}) <= 1
}

// atHand: what was posted, uploaded or stands above, and things named for comparison.
var atHand = lazy(`\b(?:is|was|if|whether) this\b.{0,24}\b(?:cert\w*|csr|chain|key|root|intermediate)\b|\bthis is (?:a|an|the)\b.{0,20}\b(?:cert\w*|csr|chain|key)\b|\b(?:cert\w*|csrs?|chain|bundle|file|pem|p7b|p12|pfx|key|request)\b(?:\W+\w+){0,2}?\W+(?:(?:that |which )?(?:i|we)(?:'ve| have)? (?:just |already )?(?:posted|uploaded|sent|pasted|attached|shared|dropped|put|added|gave)|in (?:the|this|my|that) (?:thread|channel|message|last message|previous message|post|attachment|zip)|(?:from )?above|below|attached)\b|\b(?:diff|compare)\b.{0,40}\b(?:cert\w*|csrs?|chains?|keys?|pems?)\b`)
