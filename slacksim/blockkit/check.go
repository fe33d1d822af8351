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

// Problem is one thing Slack would refuse.
type Problem struct {
	Code    string // the Web API's error, such as invalid_blocks
	Message string // Slack's words, such as "must be less than 3001 characters"
	Pointer string // JSON pointer into the request, such as /blocks/0/text/text
}

// String is the problem as it stands in response_metadata.messages.
func (p Problem) String() string {
	return "[ERROR] " + p.Message + " [json-pointer:" + p.Pointer + "]"
}

// Code is the error that the Web API answers for problems: that of the first.
func Code(problems []Problem) string {
	if len(problems) == 0 {
		return ""
	}
	return problems[0].Code
}

// Messages is response_metadata.messages for problems.
func Messages(problems []Problem) []string {
	out := make([]string, len(problems))
	for i, p := range problems {
		out[i] = p.String()
	}
	return out
}

// surface is where blocks are shown; some kinds live only on some surfaces.
type surface int

const (
	inMessage surface = iota
	inModal
	inHome
)

type checker struct {
	on        surface
	code      string // error for structural problems
	problems  []Problem
	blockIDs  map[string]bool
	texts     int // characters of text in all blocks
	markdown  int
	tables    int
	focused   bool
	hasInput  string // pointer of the first input block
	actionIDs map[string]bool
}

func newChecker(on surface, code string) *checker {
	return &checker{on: on, code: code, blockIDs: map[string]bool{}}
}

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

func (c *checker) add(message, ptr string) { c.addCode(c.code, message, ptr) }

func (c *checker) addCode(code, message, ptr string) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, Problem{code, message, ptr})
	}
}

func at(ptr string, i int) string { return ptr + "/" + strconv.Itoa(i) }

func lessThan(n int) string   { return "must be less than " + strconv.Itoa(n+1) + " characters" }
func noMoreThan(n int) string { return "no more than " + strconv.Itoa(n) + " items allowed" }

func isEmpty(node any) bool {
	if node == nil {
		return true
	}
	list, ok := node.([]any)
	return ok && len(list) == 0
}
