package markup

import (
	"regexp"
	"strings"
)

var sequence = regexp.MustCompile(`<([^<>]+)>`)

// RichText is the elements of the rich_text block that Slack's client adds to
// a person's message, from its delivered text.
func RichText(text string) []any {
	var elements []any
	for i, part := range splitCode(text) {
		if i%2 == 1 && strings.HasPrefix(part, "```") {
			code := Unescape(strings.Trim(strings.TrimSuffix(strings.TrimPrefix(part, "```"), "```"), "\n"))
			elements = append(elements, section("rich_text_preformatted", []any{plainText(code)}))
			continue
		}
		var inline []any
		if i%2 == 1 {
			inline = []any{map[string]any{"type": "text", "text": Unescape(strings.Trim(part, "`")), "style": map[string]any{"code": true}}}
		} else {
			inline = inlines(part)
		}
		if len(inline) == 0 {
			continue
		}
		// Inline code continues the section it stands in.
		if n := len(elements); n > 0 {
			if last := elements[n-1].(map[string]any); last["type"] == "rich_text_section" {
				last["elements"] = append(last["elements"].([]any), inline...)
				continue
			}
		}
		elements = append(elements, section("rich_text_section", inline))
	}
	return elements
}

func section(kind string, elements []any) map[string]any {
	return map[string]any{"type": kind, "elements": elements}
}

func plainText(s string) map[string]any { return map[string]any{"type": "text", "text": s} }

func inlines(s string) []any {
	var out []any
	last := 0
	for _, m := range sequence.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > last {
			out = append(out, plainText(Unescape(s[last:m[0]])))
		}
		out = append(out, inline(s[m[2]:m[3]]))
		last = m[1]
	}
	if last < len(s) {
		out = append(out, plainText(Unescape(s[last:])))
	}
	return out
}

func inline(seq string) map[string]any {
	target, label, _ := strings.Cut(seq, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return map[string]any{"type": "user", "user_id": target[1:]}
	case strings.HasPrefix(target, "#"):
		return map[string]any{"type": "channel", "channel_id": target[1:]}
	case strings.HasPrefix(target, "!subteam^"):
		return map[string]any{"type": "usergroup", "usergroup_id": target[len("!subteam^"):]}
	case strings.HasPrefix(target, "!"):
		return map[string]any{"type": "broadcast", "range": target[1:]}
	}
	out := map[string]any{"type": "link", "url": Unescape(target)}
	if label != "" {
		out["text"] = Unescape(label)
	}
	return out
}
