package slacksim

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"countersign/slacksim/blockkit"
	"countersign/slacksim/markup"
)

// content is what a message says: the part that all ways of posting share.
type content struct {
	text        string
	blocks      []any
	attachments json.RawMessage
	hasBlocks   bool
	hasAttach   bool
}

// checked reads text, blocks and attachments and refuses what Slack refuses.
func (s *state) checked(a args, textLimit int) (content, error) {
	var out content
	rawBlocks, rawAttach := a.raw("blocks"), a.raw("attachments")
	if rawBlocks != nil && !json.Valid(rawBlocks) {
		return out, no("invalid_blocks_format")
	}
	if rawAttach != nil && !json.Valid(rawAttach) {
		return out, no("invalid_attachments")
	}
	out.text = cmp.Or(a.str("text"), a.str("markdown_text"))
	if n := utf8.RuneCountInString(out.text); n > textLimit {
		if textLimit != blockkit.MessageText {
			return out, no("msg_too_long")
		}
		out.text = string([]rune(out.text)[:textLimit])
	}
	check := object{}
	if rawBlocks != nil {
		check["blocks"] = rawBlocks
	}
	if rawAttach != nil {
		check["attachments"] = rawAttach
	}
	if len(check) > 0 {
		check["text"] = "-"
		raw, err := json.Marshal(check)
		if err != nil {
			return out, err
		}
		if problems := blockkit.CheckMessage(raw); len(problems) > 0 {
			return out, no(blockkit.Code(problems), blockkit.Messages(problems)...)
		}
		if pointer, kind := s.lacking(rawBlocks); kind != "" {
			return out, no("invalid_blocks", "[ERROR] unsupported type: "+kind+" [json-pointer:"+pointer+"]")
		}
	}
	out.text = markup.FromApp(out.text, a.str("parse") != "none")
	out.hasBlocks, out.hasAttach = rawBlocks != nil, rawAttach != nil
	if out.blocks = s.fill(rawBlocks); len(out.blocks) == 0 {
		out.blocks = nil
	}
	if out.hasAttach && string(rawAttach) != "[]" {
		out.attachments = rawAttach
	}
	return out, nil
}

// lacking finds a block of a kind that this workspace does not have yet.
func (s *state) lacking(blocks json.RawMessage) (pointer, kind string) {
	var list []struct{ Type string }
	if blocks == nil || json.Unmarshal(blocks, &list) != nil {
		return "", "" // the checker has refused what is no list
	}
	for i, b := range list {
		if slices.Contains(s.ws.Lacks, b.Type) {
			return "/blocks/" + strconv.Itoa(i) + "/type", b.Type
		}
	}
	return "", ""
}

func (c content) empty() bool {
	return c.text == "" && c.blocks == nil && c.attachments == nil
}

// by is the content as a message of the app.
func (c content) by(app *App) *message {
	return &message{user: app.BotUserID, fromApp: true, text: c.text, blocks: c.blocks, attachments: c.attachments}
}

// answering is the content as an answer to an interaction of person, who
// alone sees it unless the answer says otherwise.
func (c content) answering(a args, app *App, person string) *message {
	m := c.by(app)
	m.viaHook = true
	if a.str("response_type") != "in_channel" {
		m.onlyFor = person
	}
	return m
}
