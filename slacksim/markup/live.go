package markup

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Live is something in a text that Slack's clients show as more than its letters.
type Live struct {
	Kind string // link, mention, date, emoji, bold, italic, strike, quote, unseen
	Text string // what it is made of; of unseen, the character
}

var (
	emojiName = regexp.MustCompile(`:[^\s:<>&` + "`" + `]{1,100}:`)
	namedHere = regexp.MustCompile(`(?:^|[\s(\[])([@#][\p{L}\p{N}_][\p{L}\p{N}._-]*)`)
	styles    = map[byte]string{'*': "bold", '_': "italic", '~': "strike"}
)

// InMrkdwn lists what is live in a mrkdwn text as an app posts it. Without verbatim, bare
// addresses, domain names and names after @ and # are too, in code as well.
func InMrkdwn(text string, verbatim bool) []Live {
	out := unseen(text)
	if !verbatim {
		for _, m := range namedHere.FindAllStringSubmatch(text, -1) {
			out = append(out, Live{"mention", m[1]})
		}
	}
	text = FromApp(text, !verbatim)
	parts := strings.Split(text, "```")
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 { // a closed block of code
			out = append(out, sequences(part)...)
			continue
		}
		for _, line := range strings.Split(part, "\n") {
			if strings.HasPrefix(line, "&gt;") || strings.HasPrefix(line, ">") {
				out = append(out, Live{"quote", line})
			}
			out = append(out, scan(line, "")...)
		}
	}
	return out
}

// InPlain lists what is live in a plain_text: emoji, where they are on, and characters that
// nobody sees.
func InPlain(text string, emoji bool) []Live {
	out := unseen(text)
	if emoji {
		for _, m := range emojiName.FindAllString(text, -1) {
			out = append(out, Live{"emoji", m})
		}
	}
	return out
}

// unseen lists characters that are not shown or that reorder what is.
func unseen(text string) []Live {
	var out []Live
	for _, r := range text {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
			unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			out = append(out, Live{"unseen", string(r)})
		}
	}
	return out
}

// sequences lists the control sequences of a text; they work in code too.
func sequences(text string) []Live {
	var out []Live
	for _, m := range sequence.FindAllStringSubmatch(text, -1) {
		switch target := m[1]; {
		case strings.HasPrefix(target, "!date^"):
			out = append(out, Live{"date", m[0]})
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
			out = append(out, Live{"mention", m[0]})
		default:
			out = append(out, Live{"link", m[0]})
		}
	}
	return out
}

// scan lists what is live in a line, inside the styles that are open.
func scan(line, open string) []Live {
	var out []Live
	plain := 0
	flush := func(to int) {
		for _, m := range emojiName.FindAllString(line[plain:to], -1) {
			out = append(out, Live{"emoji", m})
		}
	}
	for i := 0; i < len(line); i++ {
		end := -1
		switch c := line[i]; {
		case c == '<':
			if n := strings.IndexByte(line[i:], '>'); n > 1 {
				end = i + n
			}
		case c == '`':
			if n := strings.IndexByte(line[i+1:], '`'); n > 0 {
				end = i + 1 + n
			}
		case styles[c] != "" && !strings.ContainsRune(open, rune(c)) && opens(line, i):
			if end = closing(line, i); end > 0 {
				flush(i)
				out = append(append(out, Live{styles[c], line[i : end+1]}), scan(line[i+1:end], open+string(c))...)
				i, plain = end, end+1
				continue
			}
		}
		if end > i {
			flush(i)
			out = append(out, sequences(line[i:end+1])...)
			i, plain = end, end+1
		}
	}
	flush(len(line))
	return out
}

func opens(line string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	after, n := utf8.DecodeRuneInString(line[i+1:])
	return !(i > 0 && letter(before)) && !(i > 0 && line[i-1] == line[i]) && n > 0 && !unicode.IsSpace(after) && line[i+1] != line[i]
}

// closing finds the mark that ends what the one at start begins; -1 without.
func closing(line string, start int) int {
	for i := start + 1; i < len(line); i++ {
		if skip := map[byte]byte{'`': '`', '<': '>'}[line[i]]; skip != 0 {
			if n := strings.IndexByte(line[i+1:], skip); n >= 0 {
				i += n + 1
			}
			continue
		}
		after, _ := utf8.DecodeRuneInString(line[i+1:])
		if line[i] == line[start] && i > start+1 && line[i-1] != ' ' && !(i+1 < len(line) && letter(after)) {
			return i
		}
	}
	return -1
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
