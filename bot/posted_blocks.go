package bot

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// blockParts are the keys under which blocks, and what is in them, have their words, as a
// reader meets them. What can be clicked is none.
var blockParts = []string{"title", "subtitle", "caption", "text", "body", "description", "details", "output", "subtext", "fields", "elements",
	"child_blocks", "blocks", "tasks"}

// node gives the words of blocks, of a block, or of an element of one, of whatever type:
// Slack adds types, and their words stand under the same few keys.
func (r *postReader) node(v any, depth int) string {
	if r.nodes--; r.nodes < 0 || depth > maxShownDepth {
		return ""
	}
	switch v := v.(type) {
	case string:
		return marked(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return r.each("\n", v, depth)
	case map[string]any:
		return r.block(v, depth)
	}
	return ""
}

func (r *postReader) each(with string, nodes []any, depth int) string {
	parts := make([]string, 0, len(nodes))
	for _, n := range nodes {
		parts = append(parts, r.node(n, depth+1))
	}
	return joined(with, parts...)
}

func (r *postReader) block(b map[string]any, depth int) string {
	if _, clicked := b["action_id"]; clicked {
		return ""
	}
	switch kind := word(b["type"]); kind {
	case "button", "workflow_button", "actions", "context_actions", "input", "header_actions":
		return ""
	case "markdown", "raw_text": // not Slack's own markup
		return word(b["text"])
	case "raw_number":
		return cmp.Or(word(b["text"]), r.node(b["value"], depth+1))
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
		return strings.TrimRight(r.inline(b), "\n")
	case "rich_text_list":
		return r.listed(b)
	case "table", "data_table":
		return joined("\n", word(b["caption"]), r.rows(list(b["rows"]), depth))
	case "context":
		return r.each(" ", list(b["elements"]), depth)
	}
	parts := make([]string, 0, 4)
	for _, key := range blockParts {
		if part, ok := b[key]; ok {
			parts = append(parts, r.node(part, depth+1))
		}
	}
	return joined("\n", parts...)
}

// rows are lines, whose cells stand beside each other.
func (r *postReader) rows(rows []any, depth int) string {
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		lines = append(lines, r.each(" | ", list(row), depth+1))
	}
	return joined("\n", lines...)
}

// listed are the entries of a list with their marks.
func (r *postReader) listed(b map[string]any) string {
	lines := make([]string, 0, len(list(b["elements"])))
	for i, v := range list(b["elements"]) {
		entry, ok := v.(map[string]any)
		if !ok {
			continue
		}
		mark := "• "
		if word(b["style"]) == "ordered" {
			from, _ := b["offset"].(float64)
			mark = strconv.Itoa(i+1+int(max(0, min(from, 1e6)))) + ". "
		}
		lines = append(lines, mark+r.inline(entry))
	}
	return strings.Join(lines, "\n")
}

// inline is a run of rich text as its reader sees it; mentions stay as Slack writes them.
func (r *postReader) inline(b map[string]any) string {
	var out strings.Builder
	for _, v := range list(b["elements"]) {
		e, ok := v.(map[string]any)
		if r.nodes--; !ok || r.nodes < 0 {
			continue
		}
		of := func(key string) string { return word(e[key]) }
		switch of("type") {
		case "link":
			link := "<" + of("url")
			if label := of("text"); label != "" {
				link += "|" + label
			}
			out.WriteString(typed(link + ">"))
		case "user":
			out.WriteString("<@" + of("user_id") + ">")
		case "usergroup":
			out.WriteString("<!subteam^" + of("usergroup_id") + ">")
		case "channel":
			out.WriteString("<#" + of("channel_id") + ">")
		case "broadcast":
			out.WriteString("<!" + of("range") + ">")
		case "emoji":
			out.WriteString(":" + of("name") + ":")
		case "date":
			out.WriteString(of("fallback"))
		default: // is as it was typed
			out.WriteString(of("text"))
		}
	}
	return out.String()
}

// messageOf is the message that an interaction is about, as Slack sent it.
func messageOf(payload json.RawMessage) json.RawMessage {
	var of struct {
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(payload, &of) != nil {
		return nil
	}
	return of.Message
}
