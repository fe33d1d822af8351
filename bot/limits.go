package bot

import (
	"strings"
	"unicode/utf8"
)

// Slack's limits, in characters unless said otherwise (reference pages of Block Kit
// and views; the sum of block texts is undocumented and was measured as low as
// 11,341 by others, so we stay below it).
const (
	maxSection     = 3000
	maxField       = 2000
	maxHeader      = 150
	maxButton      = 75
	maxOption      = 75
	maxLabel       = 2000
	maxHint        = 2000
	maxPlaceholder = 150
	maxTitle       = 24
	maxContext     = 2000
	maxMessageText = 3900 // chat.update refuses over 4,000
	maxBlockSum    = 10000
	maxBlocks      = 50
	maxViewBlocks  = 100
	maxAck         = 20000 // bytes; Slack drops 20,480 and more silently
	maxViewBytes   = 240000
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text inert in mrkdwn: no mention, link or entity. Formatting marks
// are defused with a zero-width space after them, since Slack has no escape for them.
func escape(s string) string {
	return defuse(escaper.Replace(s))
}

// defuse breaks the marks that would open or close formatting. A word joiner is
// invisible. A mark within a word, as in unknown_ca, formats nothing: it stays, so that
// the word can be copied and searched for.
func defuse(s string) string {
	word := func(i int) bool {
		return i >= 0 && i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z')
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '`':
			b.WriteString("\u02cb")
		case (c == '*' || c == '_' || c == '~') && !(word(i-1) && word(i+1)):
			b.WriteByte(c)
			b.WriteString("\u2060")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// code shows s as inline code: literal but for the back-quote, which would end it.
func code(s string) string {
	if s == "" {
		return "–"
	}
	return "`" + strings.ReplaceAll(escaper.Replace(strings.Join(strings.Fields(s), " ")), "`", "\u02cb") + "`"
}

// quote shows what a person wrote as a block quote, inert.
func quote(s string) string {
	return "> " + strings.ReplaceAll(escape(strings.TrimSpace(s)), "\n", "\n> ")
}

// clip cuts escaped text to at most n runes and never inside an entity, so that what
// was inert stays inert.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:n-1]
	for i := len(runes) - 1; i >= 0 && i > len(runes)-6; i-- {
		if runes[i] == ';' {
			break
		}
		if runes[i] == '&' {
			runes = runes[:i]
			break
		}
	}
	cut := string(runes)
	if strings.Count(cut, "```")%2 == 1 {
		cut = string(runes[:max(0, len(runes)-4)]) + "\n```"
	}
	return cut + "…"
}
