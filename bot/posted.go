package bot

import (
	"encoding/json"
	"strings"
	"unicode"
)

// posted is what a message shows to whoever reads it.
type posted struct {
	text     string   // its words, in the order in which they are read
	files    []string // IDs
	previews string   // how files begin that were pasted as snippets
}

// readPosted reads a message object of Slack's: text, blocks, attachments, what was forwarded
// in them, files. Slack says most things twice, in text and in blocks, for clients that
// cannot show the one or the other; what is said again is left out.
func readPosted(raw json.RawMessage) posted {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return posted{}
	}
	r := &postReader{left: maxShown, nodes: maxShownNodes, known: map[string]bool{}}
	r.message(m, 0)
	if bare(webAddress.ReplaceAllString(r.words.String(), "")) == "" { // nothing else is there
		for _, p := range r.pages {
			r.say(r.attachment(p))
		}
	}
	return posted{text: strings.TrimSpace(r.words.String()), files: r.files, previews: r.previews.String()}
}

// message reads what somebody posted, and what is quoted in it.
func (r *postReader) message(m map[string]any, depth int) {
	if depth > maxShownDepth {
		return
	}
	r.say(both(marked(word(m["text"])), r.node(m["blocks"], 0)))
	r.filesOf(m)
	for _, v := range list(m["attachments"]) {
		a, ok := v.(map[string]any)
		if r.attachments++; !ok || r.attachments > maxAttachments {
			continue
		}
		if ofPage(a) {
			r.pages = append(r.pages, a)
			continue
		}
		r.say(r.attachment(a))
		r.filesOf(a)
		for _, v := range list(a["message_blocks"]) {
			if m, ok := quotedIn(v); ok {
				r.message(m, depth+1)
			}
		}
		if len(list(a["attachments"])) > 0 {
			r.message(map[string]any{"attachments": a["attachments"]}, depth+1)
		}
	}
}

// attachment gives the words of an attachment; its fallback, which is for clients that show
// no attachments, only where it has no others.
func (r *postReader) attachment(a map[string]any) string {
	blocks := []any{a["blocks"]}
	for _, v := range list(a["message_blocks"]) {
		if m, ok := quotedIn(v); ok {
			blocks = append(blocks, m["blocks"])
		}
	}
	lines := []string{marked(word(a["pretext"])), marked(word(a["title"])), both(marked(word(a["text"])), r.node(blocks, 0))}
	for _, v := range list(a["fields"]) {
		if f, ok := v.(map[string]any); ok {
			title, value := marked(word(f["title"])), marked(word(f["value"]))
			if title != "" && value != "" {
				title += ": "
			}
			lines = append(lines, title+value)
		}
	}
	if words := joined("\n", lines...); bare(words) != "" {
		return words
	}
	return marked(word(a["fallback"]))
}

// quotedIn is the message that one of message_blocks holds.
func quotedIn(v any) (m map[string]any, ok bool) {
	of, _ := v.(map[string]any)
	m, ok = of["message"].(map[string]any)
	return m, ok
}

// ofPage reports whether an attachment is the preview that Slack makes of a page: nobody
// wrote that here, and what a manual says is no error of anybody's.
func ofPage(a map[string]any) bool {
	for _, of := range []string{"is_msg_unfurl", "is_share", "is_app_unfurl", "app_unfurl_url", "message_blocks"} {
		if v := a[of]; v != nil && v != false {
			return false
		}
	}
	return word(a["from_url"]) != "" || word(a["original_url"]) != "" || word(a["service_name"]) != ""
}

// filesOf notes the files of a message or attachment.
func (r *postReader) filesOf(m map[string]any) {
	for _, v := range list(m["files"]) {
		f, _ := v.(map[string]any)
		id := word(f["id"])
		if id == "" || r.known[id] || len(r.files) == maxShownFiles {
			continue
		}
		r.known[id] = true
		r.files = append(r.files, id)
		if p := word(f["preview"]); r.previews.Len()+len(p) < maxShown {
			r.previews.WriteString(p + "\n")
		}
	}
}

// say adds words that are not there yet.
func (r *postReader) say(words string) {
	words = strings.TrimSpace(words)
	told := bare(words)
	if words = strings.ToValidUTF8(words[:min(len(words), r.left)], ""); words == "" || r.words.Len() > 0 && strings.Contains(r.said.String(), told) {
		return
	}
	if r.words.Len() > 0 {
		r.words.WriteByte('\n')
		r.said.WriteByte('\n')
	}
	r.left = max(0, r.left-len(words)-1) // with the line's end that the next begins with
	r.words.WriteString(words)
	r.said.WriteString(told)
}

// both is what a text and the blocks beside it say: one of them where it has the other's words.
func both(text, blocks string) string {
	switch t, b := bare(text), bare(blocks); {
	case strings.Contains(t, b):
		return text
	case strings.Contains(b, t):
		return blocks
	}
	return text + "\n" + blocks
}

// bare are the letters and digits of a text, by which it is compared with another.
func bare(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, mention.ReplaceAllString(text, ""))
}
