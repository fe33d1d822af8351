package triage

import (
	"regexp"
	"strings"
)

// reach of a denial, in bytes before and behind what it denies.
const denialReach = 64

// Words that deny what follows, what may stand between, and what denies from behind.
var (
	// denial ends in a word that denies, with at most a few words between that change
	// nothing: "it is not really", "does not say that the", "es ist kein", 并没有显示.
	denial = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:not|no|never|\pL+n['’]t|without|neither|nor|nobody|none|nicht|niemand|keine?[nmrs]?|ohne|pas|aucune?|sans|sin|senza|sem|não|нет|не|без)` +
		`(?:\s+(?:a|an|the|any|that|yet|longer|been|being|really|actually|even|because|of|due|to|about|saying|says?|shows?|reports?|means?|sees?|gets?|ha(?:s|ve|d|sta)?|us(?:es?|ed|ing)|here|usamos|utilizamos|tenemos|runs?|deploy(?:ed)?|dass|da[sß]|das|die|der|mehr|noch|wegen|de|la|le|encore|une?|todavía|aún)){0,4}` + opening +
		`|(?:没有|沒有|没人|沒人|没|沒|并未|並未|未|(?:并|並)?不是|并非|並非|无|無|不存在|不(?:再|会|會)?(?:使用|用|走|涉及|采用|採用|显示|顯示|提示|说|說))` +
		`(?:在使用|在用|再|被|任何|因为|因為|所谓的|显示|顯示|出现|出現|提示|使用|用|启用|啟用|部署|配置|设置|設定|走|说|說|报|報)*` + opening)
	// refuted denies a sentence from behind.
	refuted = regexp.MustCompile(`(?i)^["'”’»)」』]*[.,;]?\s*(?:(?:but|yet|aber|doch|mais|pero)\s+)?(?:(?:that|this|it|which|das|es|er)\s*)?(?:(?:is|was|are|['’]s|has|ist)\s*(?:not|n['’]t|nicht)\s*(?:[.,:;!?()\n]|$)|(?:is|was|are)(?:\s+not|n['’]t)\s+(?:true|so|right|correct|the (?:case|problem|reason|cause|issue))|(?:is|was) (?:wrong|false|untrue|a false alarm)` +
		`|stimmt nicht|trifft nicht zu|ist (?:falsch|nicht der Fall)|n['’]est pas (?:vrai|le cas)|no es (?:cierto|verdad|el caso)|(?:这|這)?(?:并|並)?(?:不对|不對|不成立|不属实|不屬實|不是事实|不是事實)` +
		`|(?:では|じゃ)(?:ない|ありません)|して(?:いない|いません))`)
	// unused says from behind that something is not there: "MRA is not deployed".
	unused = regexp.MustCompile(`(?i)^["'”’)]*\s*(?:(?:is|are|was|wird|werden|ist|sind|est|está)\s*)?(?:not|nicht|pas|no|(?:is|are|was)n['’]t|n['’]est pas|没有|沒有|没|沒|并未|並未|未|不)\s*(?:被|在|being |been |yet |even )?` +
		`(?:used|in use|deployed|configured|enabled|set up|set-up|involved|in place|expired|im Einsatz|verwendet|genutzt|eingesetzt|konfiguriert|aktiv|abgelaufen|utilisée?s?|usad[oa]|使用|用(?:[^户戶途]|$)|启用|啟用|部署|配置|设置|設定|涉及|过期|過期|到期)|(?:は|を)?(?:使っていない|使っていません|使用していない|使用していません|未使用)`)
	// lacking ends in a word that denies a thing; what follows the thing then says whether
	// it is all that is denied: "no MRA" is a setup, "no MRA user can sign in" is a symptom.
	lacking = regexp.MustCompile(`(?i)(?:(?:^|[^\pL])(?:no|without|keine?[nmrs]?|ohne|pas|aucune?|sans|sin|sem|без)(?:\s+(?:any|de))?|没有|沒有|没|沒|无|無)` + opening)
	alone   = regexp.MustCompile(`(?i)^["'”’]*\s*(?:$|[.,;:!?()\n。，；：、！？（）]|(?:here|at all|in (?:use|place|between|front|(?:the|this|our) (?:way|path|middle|setup|deployment|network|environment|company))|anywhere|dazwischen|involved|deployed|configured|and|or|but|just|only|und|oder|aber|nur|hier|im Einsatz|et|ou|mais|ici|y|o|pero|aquí)(?:[^\pL]|$))`)
)

const opening = `\s*["'“‘「『（(]?\s*$`

// denied reports whether a text says of text[from:to] that it is not so.
func denied(text string, from, to int) bool {
	before, after := around(text, from, to)
	return denial.MatchString(before) || refuted.MatchString(after)
}

// absent reports whether a text says of text[from:to] that it has no such thing.
func absent(text string, from, to int) bool {
	before, after := around(text, from, to)
	if lacking.MatchString(before) {
		return alone.MatchString(after)
	}
	return denial.MatchString(before) || unused.MatchString(after) || refuted.MatchString(after)
}

// around gives what stands before text[from:to] in its clause, and what follows it.
func around(text string, from, to int) (before, after string) {
	before = text[max(0, from-denialReach):from]
	if i := strings.LastIndexAny(before, ".,;:!?\n"); i >= 0 {
		before = before[i+1:]
	}
	for _, stop := range clauseEnds {
		if i := strings.LastIndex(before, stop); i >= 0 {
			before = before[i+len(stop):]
		}
	}
	return strings.ToValidUTF8(before, ""), strings.ToValidUTF8(text[to:min(len(text), to+denialReach)], "")
}
