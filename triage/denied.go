package triage

import (
	"regexp"
	"strings"
)

// reach of a denial, in bytes before what it denies.
const denialReach = 48

// denial ends in a word that denies what follows, with at most a few words between that
// change nothing: "it is not really", "es ist kein", 并没有.
var denial = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:not|no|never|isn.?t|aren.?t|wasn.?t|without|neither|nor|nicht|keine?n?|pas|aucune?|sin|senza|нет)` +
	`(?:\s+(?:a|an|the|any|yet|been|really|actually|just|even|simply|because|of|due|to|about|mehr|de|une?)){0,3}\s*["'“‘(]?\s*$` +
	`|(?:没有|沒有|并未|並未|未|不是|并非|並非|无|無|不存在|ではない)(?:任何|因为|因為|所谓的)?\s*["'“‘「『（(]?\s*$`)

// denied reports whether a text says of what begins at from that it is not so.
func denied(text string, from int) bool {
	before := text[max(0, from-denialReach):from]
	if i := strings.LastIndexAny(before, ".,;:!?\n"); i >= 0 {
		before = before[i+1:]
	}
	for _, stop := range []string{"。", "，", "；", "：", "！", "？", "、"} {
		if i := strings.LastIndex(before, stop); i >= 0 {
			before = before[i+len(stop):]
		}
	}
	return denial.MatchString(strings.ToValidUTF8(before, ""))
}
