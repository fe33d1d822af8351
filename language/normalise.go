package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normalise undoes what Slack, keyboards and clipboards do to a text: width forms,
// entities, <url|label> markup, mentions, emoji, and slips of the
// finger. A second pass changes nothing.
func normalise(text string) *source {
	s := &source{b: make([]byte, 0, len(text)), off: make([]int32, 0, len(text))}
	foldWidth(text, s)
	s = unescape(s)
	s = flattenLinks(s)
	s = dropEmoji(s)
	return respell(s)
}

// foldWidth maps full-width ASCII to ASCII, all kinds of space to one, typographic
// quotes and dashes to plain ones; it drops what cannot be seen.
func foldWidth(text string, s *source) {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '\r':
				if i+1 >= len(text) || text[i+1] != '\n' {
					s.put(int32(i), "\n")
				}
			case c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f):
				s.put(int32(i), text[i:i+1])
			default:
				s.put(int32(i), " ")
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		s.put(int32(i), plainRune(r, text[i:i+n]))
		i += n
	}
}

func plainRune(r rune, same string) string {
	switch {
	case r == utf8.RuneError:
		return " "
	case r >= 0xFF01 && r <= 0xFF5E:
		return string(r - 0xFEE0)
	case r == '\u2028' || r == '\u2029' || r == '\u0085':
		return "\n"
	case unicode.Is(unicode.Zs, r):
		return " "
	case unicode.Is(unicode.Cf, r):
		return ""
	case unicode.IsControl(r):
		return " "
	}
	switch r {
	case '‘', '’', 'ʼ', '`', '´':
		return "'"
	case '“', '”', '„', '«', '»', '「', '」', '『', '』':
		return "\""
	case '‐', '‑', '‒', '–', '—', '−':
		return "-"
	case '【', '〔':
		return "["
	case '】', '〕':
		return "]"
	case '｡':
		return "。"
	case '､':
		return "、"
	case '→', '⇒', '➜', '➔', '⟶':
		return "→"
	case '~', '〜', '∼':
		return "~"
	}
	return same
}

// unescape undoes Slack's &amp; &lt; &gt; (its only entities), however often they
// were applied.
func unescape(in *source) *source {
	out := &source{b: make([]byte, 0, len(in.b)), off: make([]int32, 0, len(in.b))}
	for i := 0; i < len(in.b); {
		if in.b[i] != '&' {
			out.copyRange(in, i, i+1)
			i++
			continue
		}
		j := i + 1
		for hasAt(in.b, j, "amp;") {
			j += 4
		}
		switch {
		case hasAt(in.b, j, "lt;"):
			out.put(in.off[i], "<")
			j += 3
		case hasAt(in.b, j, "gt;"):
			out.put(in.off[i], ">")
			j += 3
		default:
			out.put(in.off[i], "&")
		}
		i = j
	}
	return out
}

// maxMarkup bounds the search for the end of one <...>.
const maxMarkup = 2048

// flattenLinks replaces <...> markup by what a reader sees. A '<' that opens
// nothing becomes a space, so that no new markup can arise.
func flattenLinks(in *source) *source {
	out := &source{b: make([]byte, 0, len(in.b)), off: make([]int32, 0, len(in.b))}
	for i := 0; i < len(in.b); {
		if in.b[i] != '<' {
			out.copyRange(in, i, i+1)
			i++
			continue
		}
		end := -1
		for j := i + 1; j < len(in.b) && j < i+maxMarkup && in.b[j] != '\n' && in.b[j] != '<'; j++ {
			if in.b[j] == '>' {
				end = j
				break
			}
		}
		if end < 0 {
			out.put(in.off[i], " ")
			i++
			continue
		}
		flattenOne(in, out, i+1, end)
		i = end + 1
	}
	return out
}

func flattenOne(in, out *source, from, to int) {
	body := string(in.b[from:to])
	url, label, labelled := strings.Cut(body, "|")
	labelAt := from + len(url) + 1
	switch {
	case strings.HasPrefix(body, "@") || strings.HasPrefix(body, "#") || strings.HasPrefix(body, "!"):
		sign := "@"
		if body[0] == '#' {
			sign = "#"
		}
		out.put(in.off[from], sign)
		switch {
		case labelled:
			out.copyRange(in, labelAt, to)
		default:
			out.copyRange(in, from+1, to)
		}
		out.put(in.off[to-1], " ")
	case strings.HasPrefix(url, "mailto:"):
		out.put(in.off[from], " ")
		out.copyRange(in, from+len("mailto:"), from+len(url))
		out.put(in.off[to-1], " ")
	case !schemed(url):
		// An angle-bracketed word or placeholder, not markup.
		out.put(in.off[from], " ")
		out.copyRange(in, from, to)
		out.put(in.off[to-1], " ")
	case labelled && strings.Contains(strings.ToLower(label), urlHost(url)):
		out.copyRange(in, labelAt, to)
	case labelled && strings.TrimSpace(label) != "":
		out.copyRange(in, labelAt, to)
		out.put(in.off[to-1], " (")
		out.copyRange(in, from, from+len(url))
		out.put(in.off[to-1], ")")
	default:
		out.copyRange(in, from, from+len(url))
	}
}

func schemed(url string) bool {
	i := strings.IndexByte(url, ':')
	if i < 2 || i > 12 {
		return false
	}
	return !strings.ContainsFunc(url[:i], func(c rune) bool { return c >= utf8.RuneSelf || !asciiLetter(byte(c)) })
}

// urlHost is the host part of a URL, lower case; a string that occurs in no label
// when there is none.
func urlHost(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return "\x00"
	}
	if i := strings.IndexAny(rest, "/?#:"); i >= 0 {
		rest = rest[:i]
	}
	if rest == "" {
		return "\x00"
	}
	return strings.ToLower(rest)
}

// dropEmoji replaces :name: by a space. Times (12:30:45) and DNS:a:b stay.
func dropEmoji(in *source) *source {
	out := &source{b: make([]byte, 0, len(in.b)), off: make([]int32, 0, len(in.b))}
	for i := 0; i < len(in.b); {
		if in.b[i] == ':' && (i == 0 || !wordByte(in.b[i-1])) {
			if end := emojiEnd(in.b, i); end > 0 {
				out.put(in.off[i], " ")
				i = end
				continue
			}
		}
		out.copyRange(in, i, i+1)
		i++
	}
	return out
}

func emojiEnd(b []byte, i int) int {
	letter := false
	for j := i + 1; j < len(b) && j < i+64; j++ {
		c := b[j]
		switch {
		case c >= 'a' && c <= 'z':
			letter = true
		case c >= '0' && c <= '9', c == '_', c == '-', c == '+':
		case c == ':' && letter:
			return j + 1
		default:
			return 0
		}
	}
	return 0
}
