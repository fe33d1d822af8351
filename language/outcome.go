package language

import (
	"strings"
	"unicode/utf8"
)

// Outcome is how it went, as people remark it under an answer.
type Outcome string

// The outcomes: the answer solved it, or it did not help.
const (
	Solved Outcome = "solved"
	Stuck  Outcome = "stuck"
)

var (
	stuckRemark = lazy(`(?i)\b(?:did(?:n['’]?t| not)|does(?:n['’]?t| not)|won['’]?t) (?:help|work|change|fix)|\bno (?:luck|joy|change|difference|effect|success)\b|\bstill (?:the same|not|no|broken|failing|fails?|down|wrong|an error|happening|there)\b|\bsame (?:error|problem|issue|result|thing)\b|\bnot (?:fixed|solved|working|resolved|it)\b|\bis(?:n['’]?t| not) (?:fixed|solved|working)|\btried (?:that|it|all)\b|\bhilft nicht|\bgeht (?:immer noch )?nicht|(?:还是|還是|仍然|依然|依旧|依舊)(?:不|没|沒|一样|一樣|报|報|失败|失敗)|没用|沒用|不管用|没有?(?:帮助|效果|解决)|沒有?(?:幫助|效果|解決)|无效|無效|不行`)
	wellRemark  = lazy(`(?i)\b(?:solved|fixed|resolved|sorted)\b|\bworks? (?:now|again|fine)\b|\bworking (?:now|again|fine)\b|\b(?:it|that|everything) works\b|\bthat (?:was|did) it\b|\ball (?:good|green)(?: now)?\b|\bback (?:up|online)\b|\b(?:geht|läuft) (?:jetzt|wieder)|解决了|解決了|搞定|可以了|好了|恢复了|恢復了|正常了|成功了`)
)

// ReadOutcome takes a short remark on how it went; "" for anything else, questions
// among it.
func ReadOutcome(text string) Outcome {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > maxRemark || strings.ContainsAny(text, "\n?？") {
		return ""
	}
	switch {
	case stuckRemark.MatchString(text):
		return Stuck
	case wellRemark.MatchString(text):
		return Solved
	}
	return ""
}

// A remark that a certificate is in place is short and plain. It changes what people are told
// to do, so a sentence is taken whole or not at all: a word beside it ("half", "on the wrong
// node", "明天") may turn it round.
var (
	clauseEnd = lazy(`[,.;!]+(?:\s|$)|[，。；！、~～]+|\s+[-–—]+\s+`)
	inPlace   = lazy(`(?i)^(?:(?:ok|okay|yes|yep|hi|hello|done|so|great)\s+)?` +
		`(?:(?:it|this|that|they|all|both|everything|(?:(?:the|my|our)\s+)?(?:new\s+)?(?:cert(?:ificate)?s?|one))(?:\s+(?:is|are|was|were|has\s+been|have\s+been)|['’]s|['’]re)?\s+|(?:i|we)(?:\s+have|['’]ve)?\s+)?` +
		`(?:(?:now|just|already|all|both|successfully|finally)\s+)*` +
		`(?:installed|deployed|in\s+place|live\s+now|uploaded\s+and\s+(?:active|activated|restarted))` +
		`(?:\s+(?:it|this|that|them|(?:the\s+)?(?:new\s+)?cert(?:ificate)?s?))?` +
		`(?:\s+(?:now|already|successfully|fine|everywhere|today|this\s+morning|yesterday))*` +
		`(?:\s+(?:on|in|to)\s+(?:(?:both|all|the|each|every|nodes?|servers?|peers?|hosts?|boxes|cluster|and|[a-z]+[a-z0-9-]*[0-9]|[a-z0-9-]+(?:\.[a-z0-9-]+)+)\s*)+)?` +
		`(?:\s*(?:and|&)\s+(?:[a-z]+\s+){0,2}restarted(?:\s+(?:[a-z]+\s*){1,2})?)?$`)
	inPlaceHan = lazy(`^(?:新?(?:证书|證書|憑證)|两台|兩台|全部|我们?|我們?|这个|這個|都|好了|刚刚?|剛剛?|今天|现在|現在)*` +
		`(?:(?:已经|已經|已|都|全部|成功)+(?:安装|安裝|部署|上线|上線)(?:好|完|成功|完成|完毕|完畢)?了?|(?:装|裝|安装|安裝|部署|上线|上線)(?:(?:好|上|完|成功|完毕|完畢)了|完成了?)|上线了|上線了)(?:新?(?:证书|證書|憑證))?$`)
	courtesy = lazy(`(?i)^(?:done|ok|okay|yes|yep|great|perfect|cool|hi|hello|thanks?(?:\s+(?:you|a lot|all))?|thank\s+you(?:\s+(?:all|very\s+much))?|many\s+thanks|cheers|all\s+good|works?(?:\s+(?:now|fine))?|(?:services?|tomcat|it)(?:\s+(?:is|was|are|were))?\s+restarted|谢谢.{0,2}|謝謝.{0,2}|感谢|感謝|好的?|好了|完成|搞定|辛苦了|多谢|多謝|(?:服务|服務)?(?:已|也)?(?:重启|重啟)(?:过|過)?了?)$`)
)

// ReadInstalled takes a short remark that a certificate is in place; not a question, not
// that it will be, nor that it did not work.
func ReadInstalled(text string) bool {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > maxRemark || strings.ContainsAny(text, "\n?？") {
		return false
	}
	said := false
	for _, clause := range clauseEnd().Split(text, -1) {
		switch clause = strings.TrimSpace(clause); {
		case clause == "" || courtesy.MatchString(clause):
		case inPlace.MatchString(clause) || inPlaceHan.MatchString(clause):
			said = true
		default:
			return false
		}
	}
	return said
}
