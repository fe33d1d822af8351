package slacksim

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"

	"countersign/slacksim/markup"
)

// fill decodes blocks that passed the checker and gives ids to blocks and
// elements that have none, as Slack does. The caller holds mu.
func (s *ids) fill(raw json.RawMessage) []any {
	if raw == nil {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var blocks []any
	if dec.Decode(&blocks) != nil {
		return nil // the checker has refused what is no array
	}
	for _, node := range blocks {
		b, ok := node.(object)
		if !ok {
			continue
		}
		if str(b, "block_id") == "" {
			b["block_id"] = s.shortID()
		}
		for e := range elementsOf(b) {
			if str(e, "action_id") == "" && str(e, "type") != "image" {
				e["action_id"] = s.shortID()
			}
		}
		normalise(b)
	}
	return blocks
}

// elementsOf yields the interactive elements of a block: its elements,
// accessory or element.
func elementsOf(b object) iter.Seq[object] {
	return func(yield func(object) bool) {
		for _, key := range []string{"element", "accessory"} {
			if e, ok := b[key].(object); ok && !yield(e) {
				return
			}
		}
		if kind := str(b, "type"); kind != "actions" && kind != "context_actions" {
			return
		}
		list, _ := b["elements"].([]any)
		for _, node := range list {
			if e, ok := node.(object); ok && !yield(e) {
				return
			}
		}
	}
}

// elements yields the interactive elements of blocks, each with its block.
func elements(blocks []any) iter.Seq2[object, object] {
	return func(yield func(object, object) bool) {
		for _, node := range blocks {
			b, _ := node.(object)
			for e := range elementsOf(b) {
				if !yield(b, e) {
					return
				}
			}
		}
	}
}

// normalise rewrites texts the way Slack stores them: mrkdwn escaped where it
// was not, plain text with its emoji flag.
func normalise(node any) {
	switch v := node.(type) {
	case object:
		switch text, isText := v["text"].(string); {
		case isText && v["type"] == "mrkdwn":
			if _, has := v["verbatim"]; !has {
				v["verbatim"] = false
			}
			v["text"] = markup.FromApp(text, v["verbatim"] != true)
		case isText && v["type"] == "plain_text":
			if _, has := v["emoji"]; !has {
				v["emoji"] = true
			}
		}
		for _, child := range v {
			normalise(child)
		}
	case []any:
		for _, child := range v {
			normalise(child)
		}
	}
}

// locate finds an element by its ids.
func locate(blocks []any, blockID, actionID string) (block, element object) {
	for b, e := range elements(blocks) {
		if str(b, "block_id") == blockID && str(e, "action_id") == actionID {
			return b, e
		}
	}
	return nil, nil
}

// inputBlocks are the block_ids to which response_action errors may point.
func inputBlocks(blocks []any) []string {
	var out []string
	for _, node := range blocks {
		if b, ok := node.(object); ok && str(b, "type") == "input" {
			out = append(out, str(b, "block_id"))
		}
	}
	slices.Sort(out)
	return out
}

// wordOf is the words of a text object.
func wordOf(node any) string {
	t, _ := node.(object)
	return str(t, "text")
}
