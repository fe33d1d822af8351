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
// sequences stay, lone &, < and > become entities. With auto, which verbatim and
// parse=none switch off, bare addresses and domain names become links, in code too.
func FromApp(s string, auto bool) string {
	if !strings.ContainsAny(s, "&<>:.@") {
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
		case boundary && auto:
			if markup, n := address(s); n > 0 {
				out.WriteString(markup)
				s, boundary = s[n:], false
				continue
			}
		}
		if keep != "" {
			out.WriteString(keep)
			s, boundary = s[len(keep):], false
			continue
		}
		out.WriteString(Escape(s[:1]))
		boundary = !isWord(s[0]) && s[0] != '.'
		s = s[1:]
	}
	return out.String()
}

// address is the link that Slack makes of what s begins with, and how long that is.
func address(s string) (string, int) {
	if m := trimTail(linkable.FindString(s)); m != "" {
		return "<" + strings.ReplaceAll(Unescape(m), "&", "&amp;") + ">", len(m)
	}
	if m := mailto.FindString(s); m != "" {
		return "<mailto:" + m + "|" + m + ">", len(m)
	}
	if m := domain.FindStringSubmatch(s); m != nil && topLevel[strings.ToLower(m[1])] {
		d := trimTail(m[0])
		return "<http://" + d + "|" + d + ">", len(d)
	}
	return "", 0
}
