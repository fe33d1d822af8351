package blockkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// CheckMessage reports what chat.postMessage would refuse in a message: a JSON
// object with text, blocks, attachments and metadata, all optional but one.
func CheckMessage(raw []byte) []Problem {
	c := newChecker(inMessage, "invalid_blocks")
	root, err := decode(raw)
	if err != nil {
		return []Problem{{"invalid_json", err.Error(), "/"}}
	}
	m, ok := root.(map[string]any)
	if !ok {
		return []Problem{{"invalid_arguments", "must provide an object", "/"}}
	}
	text, _ := m["text"].(string)
	if utf8.RuneCountInString(text) > MessageText {
		c.addCode("msg_too_long", lessThan(MessageText), "/text")
	}
	c.messageBlocks(m["blocks"], "/blocks")
	c.attachments(m["attachments"])
	c.messageMetadata(m["metadata"])
	if text == "" && isEmpty(m["blocks"]) && isEmpty(m["attachments"]) && isEmpty(m["files"]) {
		c.addCode("no_text", "must define text, blocks or attachments", "/text")
	}
	return c.problems
}

// CheckBlocks reports what chat.postMessage would refuse in its blocks
// argument alone, a JSON array.
func CheckBlocks(raw []byte) []Problem {
	c := newChecker(inMessage, "invalid_blocks")
	root, err := decode(raw)
	if err != nil {
		return []Problem{{"invalid_blocks_format", "must be valid JSON", "/blocks"}}
	}
	c.messageBlocks(root, "/blocks")
	return c.problems
}

func (c *checker) messageBlocks(node any, ptr string) {
	if node == nil {
		return
	}
	list, ok := node.([]any)
	if !ok {
		c.addCode("invalid_blocks_format", "must provide an array", ptr)
		return
	}
	if len(list) > MessageBlocks {
		c.addCode("msg_blocks_too_many", noMoreThan(MessageBlocks), ptr)
		return
	}
	c.blocks(list, ptr)
	if c.markdown > MarkdownText {
		c.addCode("msg_too_long", lessThan(MarkdownText), ptr)
	}
	if c.texts > BlockText {
		c.addCode("msg_blocks_too_long", "blocks are too long: "+strconv.Itoa(c.texts)+" characters of text", ptr)
	}
}

func (c *checker) attachments(node any) {
	if node == nil {
		return
	}
	list, ok := node.([]any)
	if !ok {
		c.addCode("invalid_attachments", "must provide an array", "/attachments")
		return
	}
	if len(list) > MessageAttachments {
		c.addCode("too_many_attachments", noMoreThan(MessageAttachments), "/attachments")
		return
	}
	for i, item := range list {
		ptr := at("/attachments", i)
		a, ok := item.(map[string]any)
		if !ok {
			c.addCode("invalid_attachments", "must provide an object", ptr)
			continue
		}
		c.messageBlocks(a["blocks"], ptr+"/blocks")
	}
}

func (c *checker) messageMetadata(node any) {
	if node == nil {
		return
	}
	m, ok := node.(map[string]any)
	if !ok {
		c.addCode("invalid_metadata_format", "must provide an object", "/metadata")
		return
	}
	if len(m) == 0 {
		return
	}
	if s, ok := m["event_type"].(string); !ok || s == "" {
		c.addCode("invalid_metadata_schema", "missing required field: event_type", "/metadata")
	}
	if _, ok := m["event_payload"].(map[string]any); !ok {
		c.addCode("invalid_metadata_schema", "missing required field: event_payload", "/metadata")
	}
	if raw, err := json.Marshal(m); err == nil && len(raw) > MetadataBytes {
		c.addCode("metadata_too_large", "metadata is too large", "/metadata")
	}
}

// decode reads one bounded JSON value. Numbers keep their text.
func decode(raw []byte) (any, error) {
	if len(raw) > maxInput {
		return nil, fmt.Errorf("more than %d bytes", maxInput)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one JSON value")
	}
	return v, nil
}

func isEmpty(node any) bool {
	if node == nil {
		return true
	}
	list, ok := node.([]any)
	return ok && len(list) == 0
}
