package language

// Questions are known by their form, whether or not a question mark follows.

var (
	// outright: a question word, at most three more words, and the verb before its
	// subject or with nothing before it: "what format will I get", "what happens after".
	outright = lazy(`^\W*(?:(?:hi|hey|hello|so|and|but|ok|okay|well|sorry|btw|also|just|quick question|question|one question|morning|thanks|bot|i'm new|first time here|newbie here|dumb question|stupid question|another question|one more thing|oh)\W+)*(?:what|which|how|where|why|who|when|whose|whom)(?:'s|\W+(?:[a-z0-9-]+\W+){0,3}?(?:do|does|did|is|are|was|were|can|could|should|would|will|must|may|has|have|happens?|means?|need|needs|counts?|goes|go|gets?|approves?|signs?|decides?)|\W+(?:many|much|long|old|big|often|soon))\b`)
	// noQuestion: "what we need is", "when the cert is here": a clause, not a question.
	noQuestion = lazy(`^\W*(?:(?:hi|hey|hello|so|and|but|ok|well|also)\W+)*(?:what|which|how|where|why|who|when)\W+(?:i|we|they|he|she|it|you|the|this|that|these|those|our|my|your|his|their)\b(?:\W+\w+){0,4}?\W+(?:do|does|did|is|are|was|were|can|could|should|would|will|must|has|have|need|needs|go|goes|get|gets)\b`)
	// outrightHan: question words of Chinese, wherever they stand.
	outrightHan = lazy(`(?:需?要|有|得|填|放|装|签|用|能|是|写|做|办|支持|最多|一共|总共)(?:多少|几)[张个条份种家位级天年次]|多少(?:[^\p{Han}]|$)|哪[个些里儿家种位边一张几步]|[去到在]哪|谁|要不要|是不是|有没有|能不能(?:一次|多|同时|改|直接|自己|放|写|共用|混|申请多|用|支持)|可不可以|需不需要|需要不|会不会|缺不缺|全不全|行不行|好不好|够不够|对不对|该不该|用不用|算不算|是否|为什么|为何|为啥|干嘛|啥意思|什么意思|(?:是|用|要|填|选|需要|做|提供|准备|有|填写)什么|什么(?:是|叫|时候|区别|格式|信息|资料|材料|要求)|怎么[^样]|如何|多久|多长|多大|多少位|区别|(?:可以|能|行|会|还能|支持)[^。,;]{0,20}吗`)
	// toPeople asks those who read along, not the bot.
	toPeople = lazy(`^\W*(?:(?:hi|hey|hello|guys|folks|all|team|everyone)\W+)*(?:does |do |has |have |is |anyone |anybody )?(?:any ?one|any ?body|some ?one|some ?body|you guys|(?:any|some) of you)\b.{0,16}\b(?:know|knows|have|has|got|seen|see|remember|around|here|up for|coming|joining|going|want|wants|free|in the office|here who)\b|^\W*(?:有人|有没有人|谁)(?:要|想|知道|有|在|看到|见过|来|去|会)`)
)

// asksOutright: the sentence has the form of a question.
func asksOutright(text []byte) bool {
	return outright.Match(text) && !noQuestion.Match(text)
}

// whyNeeded asks for the reason of a rule, not of a failure.
var whyNeeded = lazy(`为(?:什么|何|啥)(?:要|需要|得|必须|一定|非要|还要|会要)|\bwhy (?:do|does|must|should|is|are|would) (?:i|we|you|it|the|one|that|this)\b.{0,30}\b(?:need|have to|has to|ask|want|give|provide|fill|know|required|necessary|mandatory|needed|approvals?)\b`)

// askedKey: how one gets the key of one's own request is a fair question.
var askedKey = lazy(`(?:怎么|怎样|如何|哪里|在哪|什么时候|能否|多久).{0,16}私钥|私钥.{0,12}(?:怎么|怎样|如何|哪里|在哪|吗)`)

// placeAsked: where and how something is had, once it is done.
var placeAsked = lazy(`(?:去哪里?|在?哪里|在哪|到哪里?|怎么)(?:可以|能)?(?:拿|取|下载|领|装|上传|导入|获取)`)
