package markup

import (
	"regexp"
	"strings"
)

var (
	control = regexp.MustCompile(`^<(?:[@#!][^<>\n]*|(?:https?|ftp|mailto|tel|slack):[^<>\n]*)>`)
	entity  = regexp.MustCompile(`^&(?:amp|lt|gt);`)
)

// FromApp is the text that Slack stores for what an app posted: control
// sequences stay, lone &, < and > become entities, bare addresses become links.
func FromApp(s string) string {
	if !strings.ContainsAny(s, "&<>:") {
		return s
	}
	var out strings.Builder
	boundary := true
	for len(s) > 0 {
		keep := ""
		switch {
		case s[0] == '<':
			keep = control.FindString(s)
		case s[0] == '&':
			keep = entity.FindString(s)
		case boundary && s[0] == 'h':
			if m := trimTail(linkable.FindString(s)); m != "" {
				out.WriteString("<" + strings.ReplaceAll(Unescape(m), "&", "&amp;") + ">")
				s, boundary = s[len(m):], false
				continue
			}
		}
		if keep != "" {
			out.WriteString(keep)
			s, boundary = s[len(keep):], false
			continue
		}
		switch s[0] {
		case '&':
			out.WriteString("&amp;")
		case '<':
			out.WriteString("&lt;")
		case '>':
			out.WriteString("&gt;")
		default:
			out.WriteByte(s[0])
		}
		boundary = !isWord(s[0])
		s = s[1:]
	}
	return out.String()
}
