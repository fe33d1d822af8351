package bot

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"countersign/slacksim/markup"
)

// liveText is something in a text that Slack's clients show as more than its letters.
type liveText struct {
	Kind string // link, mention, date, emoji, bold, italic, strike, quote, unseen
	Text string // what it is made of; of unseen, the character
}

var (
	emojiName = regexp.MustCompile(`:[^\s:<>&` + "`" + `]{1,100}:`)
	namedHere = regexp.MustCompile(`(?:^|[\s(\[])([@#][\p{L}\p{N}_][\p{L}\p{N}._-]*)`)
	sequence  = regexp.MustCompile(`<([^<>]+)>`)
	styles    = map[byte]string{'*': "bold", '_': "italic", '~': "strike"}
)

// liveInMrkdwn lists what is live in a mrkdwn text as an app posts it. Without verbatim, bare
// addresses, domain names and names after @ and # are too, in code as well.
func liveInMrkdwn(text string, verbatim bool) []liveText {
	out := hiddenIn(text)
	if !verbatim {
		for _, m := range namedHere.FindAllStringSubmatch(text, -1) {
			out = append(out, liveText{"mention", m[1]})
		}
	}
	text = markup.FromApp(text, !verbatim)
	parts := strings.Split(text, "```")
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 { // a closed block of code
			out = append(out, sequences(part)...)
			continue
		}
		for _, line := range strings.Split(part, "\n") {
			if strings.HasPrefix(line, "&gt;") || strings.HasPrefix(line, ">") {
				out = append(out, liveText{"quote", line})
			}
			out = append(out, scan(line, "")...)
		}
	}
	return out
}

// liveInPlain lists what is live in a plain_text: emoji, where they are on, and characters that
// nobody sees.
func liveInPlain(text string, emoji bool) []liveText {
	out := hiddenIn(text)
	if emoji {
		for _, m := range emojiName.FindAllString(text, -1) {
			out = append(out, liveText{"emoji", m})
		}
	}
	return out
}

// hiddenIn lists characters that are not shown or that reorder what is.
func hiddenIn(text string) []liveText {
	var out []liveText
	for _, r := range text {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
			unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			out = append(out, liveText{"unseen", string(r)})
		}
	}
	return out
}

// sequences lists the control sequences of a text; they work in code too.
func sequences(text string) []liveText {
	var out []liveText
	for _, m := range sequence.FindAllStringSubmatch(text, -1) {
		switch target := m[1]; {
		case strings.HasPrefix(target, "!date^"):
			out = append(out, liveText{"date", m[0]})
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
			out = append(out, liveText{"mention", m[0]})
		default:
			out = append(out, liveText{"link", m[0]})
		}
	}
	return out
}

// scan lists what is live in a line, inside the styles that are open.
func scan(line, open string) []liveText {
	var out []liveText
	plain := 0
	flush := func(to int) {
		for _, m := range emojiName.FindAllString(line[plain:to], -1) {
			out = append(out, liveText{"emoji", m})
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
			if end = closingMark(line, i); end > 0 {
				flush(i)
				out = append(append(out, liveText{styles[c], line[i : end+1]}), scan(line[i+1:end], open+string(c))...)
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

// closingMark finds the mark that ends what the one at start begins; -1 without.
func closingMark(line string, start int) int {
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

// TestLive: what Slack's clients show as more than letters.
func TestLive(t *testing.T) {
	for _, c := range []struct{ text, auto, verbatim string }{
		{"plain words, 3 < 4", "", ""},
		{"https://evil.example/x", "link", ""},
		{"`https://evil.example/x`", "link", ""}, // linked in code too
		{"www.evil.com and evil.com", "link link", ""},
		{"a@evil.com", "link", ""},
		{"#general @here", "mention mention", ""},
		{"<https://evil.example|ok>", "link", "link"},
		{"<@U1> <!here> <#C1|x> <!subteam^S1>", "mention mention mention mention", "mention mention mention mention"},
		{"&lt;!here&gt;", "", ""},
		{"<!date^1^{date}|x>", "date", "date"},
		{":smile: `:smile:` 10:30", "emoji", "emoji"},
		{"*b* _i_ ~s~ snake_case a * b", "bold italic strike", "bold italic strike"},
		{"*a `b*` c*", "bold", "bold"},
		{"`*b*`", "", ""},
		{"> q\n&gt; r", "quote quote", "quote quote"},
		{"```\n*b* <@U1>\n```", "mention", "mention"},
		{"a\u202eb\u200bc", "unseen unseen", "unseen unseen"},
	} {
		for verbatim, want := range map[bool]string{false: c.auto, true: c.verbatim} {
			var kinds []string
			for _, l := range liveInMrkdwn(c.text, verbatim) {
				kinds = append(kinds, l.Kind)
			}
			if got := strings.Join(kinds, " "); got != want {
				t.Errorf("%q, verbatim %v: %q, want %q", c.text, verbatim, got, want)
			}
		}
	}
	if got := liveInPlain(":smile: \u202ex", true); len(got) != 2 || len(liveInPlain(":smile:", false)) != 0 {
		t.Errorf("plain text: %v", got)
	}
}
