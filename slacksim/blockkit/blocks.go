package blockkit

import (
	"cmp"
	"slices"
	"strconv"
	"unicode/utf8"
)

// blocks checks a list of blocks; its length is the caller's to check, since
// the error for too many differs by surface.
func (c *checker) blocks(list []any, ptr string) {
	for i, node := range list {
		c.block(node, at(ptr, i))
	}
}

func (c *checker) block(node any, ptr string) {
	m, ok := node.(map[string]any)
	if !ok {
		c.add("must provide an object", ptr)
		return
	}
	kind, ok := m["type"].(string)
	if !ok {
		c.add("missing required field: type", ptr)
		return
	}
	if id := c.str(m, "block_id", ptr, Identifier, false); id != "" {
		if c.blockIDs[id] {
			c.add("`block_id` \""+id+"\" already exists", ptr+"/block_id")
		}
		c.blockIDs[id] = true
	}
	// action_id is unique within its block, not across a message.
	c.actionIDs = map[string]bool{}
	switch {
	case kind == "section":
		c.section(m, ptr)
	case kind == "divider":
		c.object(m, ptr, "type", "block_id")
	case kind == "header":
		c.object(m, ptr, "type", "block_id", "text", "level")
		c.text(m, "text", ptr, plainOnly, HeaderText, true)
		c.whole(m, "level", ptr, 1, 4)
	case kind == "image":
		c.object(m, ptr, "type", "block_id", "image_url", "slack_file", "alt_text", "title")
		c.image(m, ptr)
		c.text(m, "title", ptr, plainOnly, ImageText, false)
	case kind == "actions":
		c.object(m, ptr, "type", "block_id", "elements")
		for i, e := range c.list(m, "elements", ptr, 1, ActionsElements) {
			c.element(e, at(ptr+"/elements", i), inActions)
		}
	case kind == "context":
		c.context(m, ptr)
	case kind == "input":
		c.input(m, ptr)
	case kind == "rich_text":
		c.richText(m, ptr)
	case kind == "video":
		c.video(m, ptr)
	case kind == "markdown" && c.on == inMessage:
		c.object(m, ptr, "type", "block_id", "text")
		s := c.str(m, "text", ptr, MarkdownText, true)
		c.markdown += utf8.RuneCountInString(s)
	case kind == "table" && c.on == inMessage:
		c.table(m, ptr)
	case kind == "context_actions" && c.on == inMessage:
		c.object(m, ptr, "type", "block_id", "elements")
		for i, e := range c.list(m, "elements", ptr, 1, ContextActionsElements) {
			c.element(e, at(ptr+"/elements", i), inContextActions)
		}
	default:
		c.add("unsupported type: "+kind, ptr+"/type")
	}
}

func (c *checker) section(m map[string]any, ptr string) {
	c.object(m, ptr, "type", "block_id", "text", "fields", "accessory", "expand")
	_, hasText := m["text"]
	_, hasFields := m["fields"]
	if !hasText && !hasFields {
		c.add("must define either `text` or `fields`", ptr+"/type")
	}
	c.text(m, "text", ptr, anyText, SectionText, false)
	if hasFields {
		for i, f := range c.list(m, "fields", ptr, 1, SectionFields) {
			c.textObject(f, at(ptr+"/fields", i), anyText, FieldText)
		}
	}
	c.flag(m, "expand", ptr)
	if e, has := m["accessory"]; has {
		c.element(e, ptr+"/accessory", inSection)
	}
}

func (c *checker) context(m map[string]any, ptr string) {
	c.object(m, ptr, "type", "block_id", "elements")
	for i, node := range c.list(m, "elements", ptr, 1, ContextElements) {
		p := at(ptr+"/elements", i)
		e, ok := node.(map[string]any)
		if !ok {
			c.add("must provide an object", p)
			continue
		}
		switch typeName(e) {
		case "image":
			c.object(e, p, "type", "image_url", "slack_file", "alt_text")
			c.image(e, p)
		case "plain_text", "mrkdwn":
			c.textObject(e, p, anyText, SectionText)
		default:
			c.add("unsupported type: "+typeName(e), p+"/type")
		}
	}
}

func (c *checker) video(m map[string]any, ptr string) {
	c.object(m, ptr, "type", "block_id", "alt_text", "author_name", "description", "provider_icon_url",
		"provider_name", "title", "title_url", "thumbnail_url", "video_url")
	c.str(m, "alt_text", ptr, ImageText, true)
	c.text(m, "title", ptr, plainOnly, 200, true)
	c.text(m, "description", ptr, plainOnly, 200, false)
	c.str(m, "author_name", ptr, 50, false)
	c.str(m, "thumbnail_url", ptr, URL, true)
	c.str(m, "video_url", ptr, URL, true)
}

func (c *checker) input(m map[string]any, ptr string) {
	c.object(m, ptr, "type", "block_id", "label", "element", "dispatch_action", "hint", "optional")
	c.hasInput = cmp.Or(c.hasInput, ptr)
	c.text(m, "label", ptr, plainOnly, InputLabel, true)
	c.text(m, "hint", ptr, plainOnly, InputLabel, false)
	c.flag(m, "dispatch_action", ptr)
	c.flag(m, "optional", ptr)
	e, has := m["element"]
	if !has {
		c.add("missing required field: element", ptr)
		return
	}
	c.element(e, ptr+"/element", inInput)
}

func (c *checker) table(m map[string]any, ptr string) {
	c.object(m, ptr, "type", "block_id", "rows", "column_settings")
	if c.tables++; c.tables > 1 {
		c.addCode("invalid_blocks", "only_one_table_allowed", ptr)
	}
	for i, row := range c.list(m, "rows", ptr, 1, TableRows) {
		p := at(ptr+"/rows", i)
		cells, ok := row.([]any)
		if !ok {
			c.add("must provide an array", p)
			continue
		}
		if len(cells) > TableCells {
			c.add(noMoreThan(TableCells), p)
			continue
		}
		for j, cell := range cells {
			c.cell(cell, at(p, j))
		}
	}
	for i, node := range c.list(m, "column_settings", ptr, 0, TableCells) {
		if node == nil {
			continue // "null to skip a column" (reference page)
		}
		p := at(ptr+"/column_settings", i)
		if column, ok := c.object(node, p, "align", "is_wrapped"); ok {
			c.oneOf(column, "align", p, "left", "center", "right")
			c.flag(column, "is_wrapped", p)
		}
	}
}

func (c *checker) cell(node any, ptr string) {
	m, ok := node.(map[string]any)
	if !ok {
		c.add("must provide an object", ptr)
		return
	}
	switch typeName(m) {
	case "raw_text":
		c.object(m, ptr, "type", "text")
		c.texts += utf8.RuneCountInString(c.str(m, "text", ptr, SectionText, true))
	case "raw_number":
		c.object(m, ptr, "type", "value", "text")
	case "rich_text":
		c.richText(m, ptr)
	default:
		c.add("unsupported type: "+typeName(m), ptr+"/type")
	}
}

func (c *checker) richText(m map[string]any, ptr string) {
	c.object(m, ptr, "type", "block_id", "elements")
	for i, node := range c.list(m, "elements", ptr, 1, maxRichElement) {
		p := at(ptr+"/elements", i)
		e, ok := node.(map[string]any)
		if !ok {
			c.add("must provide an object", p)
			continue
		}
		kinds := []string{"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
		if !slices.Contains(kinds, typeName(e)) {
			c.add("unsupported type: "+typeName(e), p+"/type")
			continue
		}
		if _, has := e["elements"].([]any); !has {
			c.add("missing required field: elements", p)
		}
		c.richTexts(e, p, 0)
	}
}

// richTexts adds up the text in a rich text tree, of bounded depth.
func (c *checker) richTexts(m map[string]any, ptr string, depth int) {
	if depth > maxDepth {
		c.add("nested deeper than "+strconv.Itoa(maxDepth), ptr)
		return
	}
	list, _ := m["elements"].([]any)
	for i, node := range list {
		e, ok := node.(map[string]any)
		if !ok {
			c.add("must provide an object", at(ptr+"/elements", i))
			continue
		}
		if s, ok := e["text"].(string); ok {
			c.texts += utf8.RuneCountInString(s)
		}
		c.richTexts(e, at(ptr+"/elements", i), depth+1)
	}
}
