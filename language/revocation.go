package language

import (
	"strings"
	"unicode/utf8"
)

// Revocation is a wish that a certificate be revoked.
type Revocation string

// The wishes: because its key is in other hands, or for a reason that is not said.
const (
	Compromised Revocation = "compromised"
	Revoke      Revocation = "revoke"
)

// maxWish is where a wish ends and a log or a story begins, in characters.
const maxWish = 400

var (
	compromised = lazy(`(?i)\b(?:private )?keys?\b[^.!?\n]{0,60}\b(?:stolen|leaked|compromised|exposed|disclosed|in (?:the )?wrong hands)\b|\b(?:stolen|leaked|compromised|exposed) (?:private )?key\b|\bsomebody (?:stole|has|got|copied) (?:the|our|my) (?:private )?key\b|(?:私钥|密钥|私密金鑰|金鑰|私鑰).{0,12}(?:被盗|被盜|被偷|泄露|泄漏|洩漏|外泄|外洩|失窃|失竊|丢了)`)
	revokes     = lazy(`(?i)^\W*(?:(?:hi|hello|hey|please|pls|kindly|can you|could you|would you|we (?:need|have|want) to|i (?:need|have|want) to|you must|we must)\W+){0,3}(?:have )?(?:revoke\b|(?:req-?\s?\d+|the certificate|it|this|my certificate|our certificate)[^.?!\n]{0,40}\brevoked\b)|\b(?:please|pls|to|must|should|can you|could you) (?:be )?revoked?\b|\b(?:must|needs to|should|has to|have to) be revoked\b`)
	revokesHan  = lazy(`(?i)(?:吊销|吊銷|撤销|撤銷|作废|作廢)[^。！\n]{0,12}(?:证书|證書|憑證|凭证|req-?\d)|(?:证书|證書|憑證|凭证|req-?\d+)[^。！\n]{0,12}(?:吊销|吊銷|撤销|撤銷|作废|作廢)`)
	// Not a certificate but what was asked for is taken back: that is a cancellation.
	ofRequest = lazy(`(?i)\b(?:requests?|orders?|applications?|tickets?)\b|申请|申請|请求|請求|工单|工單`)
	noWish    = lazy(`(?i)\b(?:how|why|what|when|who|which|whether|if|error|failed|log|crl|ocsp)\b|\b(?:was|were|is|been|already|got)\b[^.!\n]{0,20}\brevoked\b|已被?(?:吊销|吊銷|撤销|撤銷)|如何|怎么|怎麼|怎样|为什么|為什麼|是否|报错|報錯|错误|錯誤|日志|日誌`)
)

// ReadRevocation takes a short text that asks for a certificate to be revoked, or reports that
// its key is in other hands; "" for anything else, questions and logs among it.
func ReadRevocation(text string) Revocation {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > maxWish || strings.ContainsAny(text, "?？") || strings.Count(text, "\n") > 3 {
		return ""
	}
	switch {
	case compromised.MatchString(text) && !questions.MatchString(text):
		return Compromised
	case (revokes.MatchString(text) || revokesHan.MatchString(text)) && !noWish.MatchString(text) && !ofRequest.MatchString(text):
		return Revoke
	}
	return ""
}

// questions are those that ask about a theft rather than report one.
var questions = lazy(`(?i)^\W*(?:how|what|when|why|is|was|if|can|could)\b|\bif\b|如果|万一|萬一|怎么办|怎麼辦`)
