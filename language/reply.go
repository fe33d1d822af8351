package language

import (
	"slices"
	"strings"
)

var (
	// adds: more of a list rather than another list.
	adds = lazy(`(?i)\b(?:also|add|plus|too|as well|additionally|another|forgot|in addition)\b|也|还有|還有|再加|加上|另外|漏了|补充|補充`)
	// corrects: not the answer, something said before.
	corrects = lazy(`(?i)^\W*(?:sorry|oh|oops|ups|wait|hold on|actually|correction|no[,:]|btw|by the way|and make|make it|also add|and add|one more|forgot)\b|^\s*(?:不对|不對|不是|错了|錯了|对了|對了|不好意思|抱歉|更正|等等|等一下|说错|說錯|写错|寫錯|还有一|還有一|另外|补充|補充|顺便|順便)`)
	// saysHost: a name is called a box outright.
	saysHost = lazy(`(?i)\b(?:hosts?|hostname|nodes?|peers?|box(?:es)?|servers?|machines?|fqdns?)\b|主机|主機|节点|節點|机器|機器|服务器|伺服器`)
	// saysSubject: "o=Example, c=DE" is a subject, wherever it is said.
	saysSubject = lazy(`(?i)^\s*(?:(?:cn|ou|o|l|st|c)\s*=[^=]{1,80})+$`)
	// questionEnd: a question back.
	questionEnd = lazy(`[?？]\s*$|(?:吗|呢|嗎)[。.!]?\s*$`)
)

// Adds reports that a reply names more of a list rather than another list.
func Adds(text string) bool { return adds.MatchString(text) }

// Corrects reports that a reply is about something said before, not the answer to what
// was asked.
func Corrects(text string) bool { return corrects.MatchString(text) }

// SaysHost reports that a reply calls its name a box outright.
func SaysHost(text string) bool { return saysHost.MatchString(text) }

// SaysSubject reports that a text is a subject and nothing else.
func SaysSubject(text string) bool { return saysSubject.MatchString(text) }

// Asks reports that a text ends as a question.
func Asks(text string) bool { return questionEnd.MatchString(text) }

// AsksBack reports a question that by itself wants to know something, of the bot or of a request.
func AsksBack(text string) bool {
	if !strings.ContainsAny(text, "?？") {
		return false
	}
	intent := Parse(text).Intent
	return intent == Help || intent == Status
}

// Sentence reports several words, or a question.
func Sentence(text string) bool {
	return len(strings.Fields(text)) > 2 || questionEnd.MatchString(text)
}

// nth say which of a list is meant.
var nth = []expression{
	lazy(`(?i)\b(?:first|1st)\b|第一`), lazy(`(?i)\b(?:second|2nd)\b|第二`),
	lazy(`(?i)\b(?:third|3rd)\b|第三`), lazy(`(?i)\b(?:fourth|4th)\b|第四`),
}

// Corrected is the place in a list of the name that a corrected one, said in text, is
// meant for: the nth where the text says so, else the one that is called most like it;
// -1 for none.
func Corrected(name string, list []string, text string) int {
	at := slices.IndexFunc(nth, func(n expression) bool { return n.MatchString(text) })
	if at < 0 || at >= len(list) {
		at = mostLike(name, list)
	}
	return at
}

// mostLike is the place of the name that begins most like name, in its domain; -1 for
// none.
func mostLike(name string, list []string) int {
	best, at := 1, -1
	for i, old := range list {
		n := commonLen(name, old)
		_, domain, _ := strings.Cut(name, ".")
		if strings.HasSuffix(old, "."+domain) && n > best {
			best, at = n, i
		}
	}
	return at
}
