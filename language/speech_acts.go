package language

import "strings"

var (
	// inOrder: "is my CSR ok?"
	inOrder = lazy(`\b(?:ok|okay|valid|correct|right|fine|good|alright|complete|in order)\b\W*$|(?:对|正确|可以|有问题|没问题|完整|有效)(?:吗|么|不)`)
	// capability: "can you also do client certificates?", where no box is named.
	capability = lazy(`^\W*(?:and |so |hi,? |hey,? )?(?:can|could|do) you (?:also |even |actually )?(?:do|make|handle|issue|support|create|renew|sign|read|decode|check|order)\b(?:\W+[a-z0-9-]+){0,4}?\W+(?:certs|certificates|csrs|chains|requests)\W*\?`)
	// toSomebody: a colleague is asked what he has done, not the bot.
	toSomebody = lazy(`^\W*(?:@\w+ *)?([A-Z]\p{Ll}{1,14}),? (?:did|have|has) (?:you|he|she)\b|^\W*(?:小|老|阿)?\p{Han}{1,2},? ?你(?:们)?(?:那边|这边|那里)`)
)

// greetings begin a text to the bot as well.
const greetings wordList = "greetings"

var (
	// nounOnly: "CSR for turn on cms1.a.example?" has no verb: it is a wish.
	nounOnly = lazy(`^\W*(?:new |a |another |one |fresh )*(?:csr|cert|certificate|renewal)s? (?:for|on|of) [^?]{0,120}\?\W*$`)
	// replies open an answer to what is quoted.
	replies = lazy(`^\W*(?:sure|yes|yep|yeah|no|nope|of course|done|nice|agreed|好的|可以|行|没问题|已经)\b[,.! ]`)
	// contradicted: what should have helped did not.
	contradicted = lazy(`\b(?:is|are|was|looks|seems) (?:valid|fine|ok|okay|new|correct|there|installed|good|renewed|trusted|imported)\b.{0,16}\bbut\b.{0,60}\b(?:still|warns?|says?|shows?|prompts?|fails?|complains?|refuses?|rejects?|error)\b|\b(?:but|although|though|even though) (?:i|we)(?:'ve| have| had)? (?:already |just )?(?:uploaded|renewed|replaced|installed|imported|restarted)\b|\b(?:although|though|even though|but) (?:it|this|that|they|the [a-z]+)(?:'s| is| was| were| has been| had been) (?:only |already |just |recently )?(?:renewed|replaced|installed|imported|reissued|updated|swapped)\b|(?:但|可)是?.{0,6}(?:明明|已经|刚)?(?:换过|更新过|上传过|换了|更新了|上传了)`)
	// askedBefore: a request is told to have been made.
	askedBefore = lazy(`\b(?:sent|submitted|filed|raised|opened|placed|put)(?: in)? (?:a|an|my|the|our) (?:[a-z-]+ ){0,3}?(?:request|ticket|order|application)\b.{0,80}\b(?:ago|yesterday|last|on (?:mon|tues|wednes|thurs|fri)day|this morning|earlier)\b`)
	// askedFor: somebody is told to have asked for a certificate, and what became of it is
	// the question.
	askedFor = lazy(`\b(?:asked|applied|requested|put in|ordered)\b.{0,60}\b(?:cert\w*|csr|req\w*)\b.{0,80}\b(?:has|have|did|is|was|any)\b.{0,30}\b(?:got|get|received|come|done|issued|ready|signed|happened|news|progress|yet)\b.{0,12}\?|(?:申请|提交|要)(?:过|了).{0,40}(?:拿到|收到|办好|批|签)(?:了|没)`)
	// sentAway: whoever wanted something was told to ask for it.
	sentAway = lazy(`\b(?:told|asked) (?:him|her|them)\b|\b(?:he|she|they)(?:'ll| will| should| can) (?:open|raise|file|send|ask)\b|(?:让|叫|请)(?:他|她|他们)(?:自己)?(?:来|去|提|申请|开|找)`)
	// nowTrouble: "I renewed it, now ...".
	nowTrouble = lazy(`[,;] *(?:and |but )?now\b|，?(?:现在|结果)`)
	// logLine: printed by a program: time stamps, key="value" pairs, SIP messages, codes.
	logLine = lazy(`^\W*(?:\d{4}[-/]\d\d[-/]\d\d[t ]\d\d:\d\d|[a-z]{3} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d)|\b(?:module|level|event|threadid|utctime|codelocation|appid|nodeid|reason|src-ip|dst-ip)=|\bsip/2\.0\b|\(0x[0-9a-f]{6,}\)|%[a-z_]+-\d-|^\s*(?:not before|not after): `)
)

func toColleague(d *document, s sentence) bool {
	m := toSomebody.FindSubmatchIndex(d.text[s.start:s.end])
	return m != nil && (m[2] < 0 || !greetings.has(strings.ToLower(string(d.text[s.start+m[2]:s.start+m[3]]))))
}

var keyValue = lazy(`^[\s•*\-|>0-9.)]*[\p{L}][\p{L}0-9 /&_()*.]{0,30}[ \t]*(?:[:=|]|\s-)\s*\S`)

// refersBack: "please arrange a new one": the certificate is spoken of elsewhere.
func refersBack(d *document, s sentence) bool {
	return len(d.cuesOf("cert")) > 0 && pronounPattern.Match(d.low[s.start:s.end])
}

var (
	pronounPattern = lazy(`\b(?:one|ones|it|this|that|them|these|those|eins|eines|das|un|uno)\b|一张|一个|这个|这张`)
	// newRequest: a request is opened by that word: "start a new request", "新建一个申请".
	newRequest = lazy(`\b(?:start|open|create|make|begin|raise|file|place|do|fill in|enter|log|kick off)\W+(?:a|an|another|one more)\W+(?:(?:new|fresh|other|cert\w*|csr|[a-z]+) ){0,3}?(?:requests?|order|application|csr|cert|certificate)\b|(?:新建|新开|开|提|建|发起|填|来|起)(?:一)?(?:个|张|份|条|笔)?(?:新的?)?(?:证书|凭证)?(?:申请|请求|单子?|工单)(?:[^\p{Han}]|$)`)
	// timeLeft: a certificate is about to expire, by the time it has: "has two weeks left",
	// "只剩三天".
	timeLeft = lazy(`\b(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|few|couple of)\W+(?:days?|weeks?|months?|hours?)\W+(?:left|to go|remaining|of validity)\b|\bends? (?:in|on|next|this|tomorrow|today)\b|(?:只剩|还剩|仅剩|剩下?|只有|就剩)(?:不到|下|了)?[一二三四五六七八九十两几\d ]+(?:多)?(?:天|周|个?星期|个?礼拜|个?月|小时)`)
	// announced: what will be out of order for a while, by plan.
	announced = lazy(`\b(?:will|may|might|could|is going to|are going to) (?:all |briefly |shortly |also |then |not )?(?:be|get|lose|drop|stay|go)\b.{0,40}\b(?:logged out|log ?out|down|unavailable|available|unregister\w*|offline|interrupt\w*|disconnect\w*|reboot\w*|restart\w*|affected|kicked out|unreachable|calls?|connection)\b|\b(?:planned|scheduled) (?:maintenance|outage|downtime|reboot|restart|upgrade)\b|\b(?:maintenance|change) window\b|(?:将|会|要|计划|预计|准备)[^,。]{0,10}(?:停机|重启|重开机|中断|断线|维护|下线|割接)`)
	// halfSaid: somebody began to ask and sent what there was.
	halfSaid = lazy(`^\W*(?:(?:hi|hey|hello|pls|please|new|a|another|need|want)\W+)*(?:cert|certificate|csr|证书|凭证)\W+(?:for|on|of|to)(?: (?:the|our|my|a))?\W*$`)
	// forbids: "please don't post certs in this channel" is said to people.
	forbids = lazy(`^\W*(?:(?:please|pls|guys|folks|all|everyone|hey|team)\W+)*(?:don't|do not|dont|never|stop)\W+(?:\w+\W+)?(?:post|posting|share|sharing|paste|pasting|spam|spamming|ping|pinging|touch|touching|reboot|rebooting|restart|dm|forget|discuss|reply|answer|write)\b|^\W*(?:大家|各位|请)*(?:不要|别|请勿|勿)(?:再|在|把)?.{0,6}(?:贴|发到|发在|分享|重启|动|刷屏|忘)`)
	// bothOf points at what is named beside it: "same key in both?"
	bothOf = lazy(`\b(?:both|two|same|either)\b|两|同一`)
)
