package bot

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// What is read of one message. Slack takes 40,000 characters of text and 100 attachments
// (chat.postMessage); what is nested deeper than people nest is no message of theirs.
const (
	maxShown       = 128 << 10 // bytes of words
	maxAttachments = 100
	maxShownFiles  = 1000
	maxShownDepth  = 12
	maxShownNodes  = 50_000
)

// postReader reads one message within its bounds.
type postReader struct {
	words       strings.Builder
	said        strings.Builder // words, bare
	left        int             // bytes of words that may follow
	nodes       int             // that may be looked at
	attachments int
	pages       []map[string]any // previews of pages that a link leads to
	files       []string
	known       map[string]bool // files that are among them
	previews    strings.Builder
}

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
			if tone, ok := e["skin_tone"].(float64); ok {
				out.WriteString(":skin-tone-" + strconv.Itoa(int(max(0, min(tone, 6)))) + ":")
			}
		case "color":
			out.WriteString(of("value"))
		case "date":
			out.WriteString(of("fallback"))
		default: // is as it was typed
			out.WriteString(of("text"))
		}
	}
	return out.String()
}

// standIns are what Slack says to clients that cannot show a message.
var standIns = map[string]bool{"This content can't be displayed.": true, "This content can’t be displayed.": true,
	"This message contains interactive elements.": true, "[no preview available]": true}

var (
	webAddress = regexp.MustCompile(`https?://\S+`)
	mention    = regexp.MustCompile(`<[@#!][^<>]*>`)
	// What is marked with a label of its own: a date, a channel, a group.
	labelled = regexp.MustCompile(`<(?:!(?:date|subteam)\^[^|<>]*\|([^<>]*)|(#)[A-Z0-9]+\|([^<>]+))>`)
)

// marked turns mrkdwn into what its reader sees; nothing where it only stands in for
// something else.
func marked(text string) string {
	if standIns[strings.TrimSpace(text)] {
		return ""
	}
	return typed(labelled.ReplaceAllString(text, "$1$2$3"))
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func word(v any) string {
	s, _ := v.(string)
	return s
}

// joined puts those together that are there.
func joined(with string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, with)
}
