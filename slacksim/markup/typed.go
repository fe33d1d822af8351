package markup

import (
	"regexp"
	"strings"
)

// Directory finds what a typed name means. Each answers "" for a stranger.
type Directory interface {
	// Mention finds the longest user or user group name that text starts with
	// and answers the markup, such as <@U1>, and the number of bytes consumed.
	Mention(text string) (markup string, length int)
	// Channel answers the id of the channel named so.
	Channel(name string) string
}

var (
	linkable = regexp.MustCompile("^(?:https?|ftp)://[^\\s<>`]+")
	mailto   = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)
	domain   = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+([A-Za-z]{2,24})(?::\d+)?(?:/[^\s<>]*)?`)
	channel  = regexp.MustCompile(`^#([\p{L}\p{N}_-]{1,80})`)
	special  = regexp.MustCompile(`^@(here|channel|everyone)\b`)
)

// topLevel are the endings that Slack's client takes for domain names; names
// such as cucm.local and server.pem stay plain text.
var topLevel = func() map[string]bool {
	m := map[string]bool{}
	for t := range strings.FieldsSeq(`com net org edu gov mil int info biz io dev app cloud ai co me tv cc
		eu de at ch li fr be nl lu uk ie es pt it dk se no fi is pl cz sk hu ro bg gr tr ru ua
		us ca mx br ar cl pe cn hk tw jp kr sg my th vn in id ph au nz za ae sa il
		tech online site systems network solutions group`) {
		m[t] = true
	}
	return m
}()

// FromTyped is the text that Slack would deliver for what a person typed.
// Code, in single or triple backquotes, is escaped and otherwise left alone.
func FromTyped(typed string, dir Directory) string {
	var out strings.Builder
	for i, part := range splitCode(typed) {
		if i%2 == 1 {
			out.WriteString(Escape(part))
			continue
		}
		plain(&out, part, dir)
	}
	return out.String()
}

// splitCode cuts text into plain and code in turn; code keeps its quotes. A
// quote without a partner is an ordinary character.
func splitCode(s string) []string {
	var parts []string
	from, pos := 0, 0
	for {
		start := strings.IndexByte(s[pos:], '`')
		if start < 0 {
			return append(parts, s[from:])
		}
		start += pos
		fence := "`"
		if strings.HasPrefix(s[start:], "```") {
			fence = "```"
		}
		pos = start + len(fence)
		reach := s[pos:]
		if fence == "`" { // inline code ends on its line
			if i := strings.IndexByte(reach, '\n'); i >= 0 {
				reach = reach[:i]
			}
		}
		end := strings.Index(reach, fence)
		if end <= 0 {
			continue
		}
		pos += end + len(fence)
		parts = append(parts, s[from:start], s[start:pos])
		from = pos
	}
}

func plain(out *strings.Builder, s string, dir Directory) {
	boundary := true
	for len(s) > 0 {
		if boundary {
			if markup, n := link(s, dir); n > 0 {
				out.WriteString(markup)
				s, boundary = s[n:], false
				continue
			}
		}
		out.WriteString(Escape(s[:1]))
		if s[0] != '.' { // the dot of *.example.com parts, that of a.b does not
			boundary = !isWord(s[0])
		}
		s = s[1:]
	}
}

// isWord is true for bytes that cannot stand before a link or mention.
func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b == '/' || b == '@'
}

func link(s string, dir Directory) (string, int) {
	switch {
	case special.MatchString(s):
		m := special.FindString(s)
		return "<!" + m[1:] + ">", len(m)
	case s[0] == '@':
		markup, n := dir.Mention(s[1:])
		if n == 0 {
			return "", 0
		}
		return markup, n + 1
	case s[0] == '#':
		m := channel.FindStringSubmatch(s)
		if m == nil {
			return "", 0
		}
		id := dir.Channel(m[1])
		if id == "" {
			return "", 0
		}
		return "<#" + id + "|" + m[1] + ">", len(m[0])
	}
	if m := linkable.FindString(s); m != "" {
		m = trimTail(m)
		return "<" + Escape(m) + ">", len(m)
	}
	if m := mailto.FindString(s); m != "" {
		return "<mailto:" + m + "|" + m + ">", len(m)
	}
	if m := domain.FindStringSubmatch(s); m != nil && topLevel[strings.ToLower(m[1])] {
		d := trimTail(m[0])
		return "<http://" + Escape(d) + "|" + Escape(d) + ">", len(d)
	}
	return "", 0
}

// trimTail leaves the sentence its punctuation.
func trimTail(s string) string { return strings.TrimRight(s, ".,;:!?)]}'\"") }

// Escape writes &, < and > as Slack's three entities.
func Escape(s string) string { return escaper.Replace(s) }

// Unescape is the reverse of Escape.
func Unescape(s string) string { return unescaper.Replace(s) }

var (
	escaper   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescaper = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)
