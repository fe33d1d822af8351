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

var (
	installed    = lazy(`(?i)\b(?:is |it['’]s |was |been |now |have |i['’]ve )?(?:installed|deployed|in place|live now|uploaded and (?:active|restarted))\b|(?:装|裝)(?:好|上|完)了?|(?:已经|已經|已)?(?:安装|安裝|部署|上线|上線)(?:好|完成|完毕|完畢|成功|了)|已(?:安装|安裝|部署)`)
	notInstalled = lazy(`(?i)\bnot\b|n['’]t\b|\bfail|\berror|\bbefore\b|\bwhen\b|\bonce\b|\buntil\b|\bwill\b|\bcan\b|没|沒|未|失败|失敗|报错|報錯|不|之前|之后再|才`)
)

// ReadInstalled takes a short remark that a certificate is in place; not a question, not
// that it will be, nor that it did not work.
func ReadInstalled(text string) bool {
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	return n > 0 && n <= maxRemark && !strings.ContainsAny(text, "\n?？") && installed.MatchString(text) && !notInstalled.MatchString(text)
}
