package language

import "strings"

// injectPattern: telling the bot to put its own rules aside.
var injectPattern = lazy(`\b(?:ignore|disregard|forget|override|bypass|disable|circumvent|switch off|turn off)\W+(?:\w+\W+){0,3}?(?:instructions?|rules?|polic(?:y|ies)|approvals?|checks?|guard\w*|restrictions?|prompts?|safety)\b|(?:忽略|无视|绕过|跳过|关闭).{0,12}(?:规则|指令|策略|审批|限制|检查)`)

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
		if len(before) == 0 || !approvalReports.has(before[len(before)-1]) || strings.Contains(string(d.low[c.start:c.end]), "as approved") {
			return true
		}
	}
	return false
}

// approvalReports stand before "approve" where a decision is spoken of, not ordered.
const approvalReports wordList = "approvalReports"

// whoMay: "who can approve" asks for the rules.
var whoMay = lazy(`^\W*(?:so |and )?(?:who|whom|wer|qui|quién|chi)\b.{0,24}\b(?:can|may|is allowed to|is able to|should|could|has to|darf|kann|peut|puede|può)\b.{0,24}\b(?:approv\w+|sign off|decide|genehmig\w+|approuver|aprobar|approvare)\b|^\W*who (?:approves|signs off|decides|signs)\b.{0,16}\b(?:requests|certs|certificates|here|in this)\b|(?:谁|哪些人|什么人).{0,6}(?:可以|能|有权|有资格).{0,4}(?:审批|批准|核准|批)|^\W*(?:由|是)?谁(?:来|负责|可以|能)?(?:审批|批准|核准|审核|批|签)[^\p{Han}]*$`)

// whichRole is whoMay by the role.
var whichRole = lazy(`\bwhich (?:role|group|team|person|people|user)s?\b.{0,20}\b(?:approves?|signs?|decides?)\b`)
