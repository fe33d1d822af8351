package bot

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
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

// live is what Slack makes more of than letters: addresses, domain names, mentions,
// channels, emoji, and marks that may open or close formatting. A mark within a word, as in
// unknown_ca, formats nothing.
var live = regexp.MustCompile(`(?i)://|\b(?:mailto|tel|sips?|xmpp|slack):|www\.|[\pL\pN]\.\pL{2,}|@|#|:[^\s:]+:|` +
	`(?:^|[^\pL\pN])[*_~]|[*_~](?:[^\pL\pN]|$)|` + "`")

// escape makes text inert in mrkdwn: a word of which Slack would make more than its letters
// is shown as code, where it is literal and can be copied as it is. Our text objects are
// verbatim, so that Slack links nothing in code either.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) {
			return -1 // they join or vary others: without them it reads the same
		}
		if unicode.IsSpace(r) && r != '\n' && unseen(r) {
			return ' ' // written out, it would stand between two words as a part of both
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	var b strings.Builder
	begins := true // a line: there > would open a quote, elsewhere it stands in menu paths
	for len(s) > 0 {
		end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(between, r) })
		if end < 0 {
			end = len(s)
		}
		word := strings.TrimLeft(s[:end], opening)
		core := strings.TrimRight(word, closing)
		if live.MatchString(core) || begins && strings.HasPrefix(core, ">") {
			b.WriteString(escaper.Replace(shown(s[:end-len(word)])) + code(core) + escaper.Replace(shown(word[len(core):])))
		} else {
			b.WriteString(escaper.Replace(shown(s[:end])))
		}
		space, size := utf8.DecodeRuneInString(s[end:])
		begins = space == '\n' || begins && end == 0
		b.WriteString(shown(s[end : end+size]))
		s = s[end+size:]
	}
	return b.String()
}

// The punctuation that stands around a word and is not of it.
const (
	opening = "([{\"'“‘「（"
	closing = ")]}\"',.;!?”’」）。，；！？"
	between = "，。；：！？、" // words in texts that have no spaces
)

// shown writes characters that cannot be seen, or that reorder others, as what they are:
// after a U+202E "moc.live" would read as another name.
func shown(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	if !strings.ContainsFunc(s, unseen) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unseen(r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unseen(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// code shows s as inline code: literal but for the back-quote, which would end it.
func code(s string) string {
	s = strings.Join(strings.Fields(shown(s)), " ")
	if s == "" {
		return "–"
	}
	return "`" + strings.ReplaceAll(escaper.Replace(s), "`", "\u02cb") + "`"
}

// block shows s as a block of code of at most n characters.
func block(s string, n int) string {
	return "```\n" + clip(strings.ReplaceAll(escaper.Replace(shown(s)), "`", "\u02cb"), n-8) + "```"
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
	switch {
	case strings.Count(cut, "```")%2 == 1:
		cut = string(runes[:max(0, len(runes)-4)]) + "\n```"
	case strings.Count(cut, "`")%2 == 1: // what is in code stays in code
		return string(runes[:max(0, len(runes)-1)]) + "…`"
	}
	return cut + "…"
}
