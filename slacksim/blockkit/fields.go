package blockkit

import (
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"
)

// object answers node as an object whose properties are all among allowed.
// Slack refuses properties it does not know.
func (c *checker) object(node any, ptr string, allowed ...string) (map[string]any, bool) {
	m, ok := node.(map[string]any)
	if !ok {
		c.add("must provide an object", ptr)
		return nil, false
	}
	for key := range m {
		if !slices.Contains(allowed, key) {
			c.add("invalid additional property: "+key, ptr)
		}
	}
	return m, true
}

// list answers m[key] as an array of min to max items.
func (c *checker) list(m map[string]any, key, ptr string, minItems, maxItems int) []any {
	node, present := m[key]
	if !present {
		if minItems > 0 {
			c.add("missing required field: "+key, ptr)
		}
		return nil
	}
	list, ok := node.([]any)
	switch {
	case !ok:
		c.add("must provide an array", ptr+"/"+key)
		return nil
	case len(list) < minItems:
		c.add("no less than "+strconv.Itoa(minItems)+" items allowed", ptr+"/"+key)
	case len(list) > maxItems:
		c.add(noMoreThan(maxItems), ptr+"/"+key)
		return nil
	}
	return list
}

// str checks a string property of at most limit characters and answers it.
func (c *checker) str(m map[string]any, key, ptr string, limit int, required bool) string {
	node, present := m[key]
	if !present {
		if required {
			c.add("missing required field: "+key, ptr)
		}
		return ""
	}
	s, ok := node.(string)
	if !ok {
		c.add("must provide a string", ptr+"/"+key)
		return ""
	}
	if required && s == "" {
		c.add("must be more than 0 characters", ptr+"/"+key)
	}
	if utf8.RuneCountInString(s) > limit {
		c.add(lessThan(limit), ptr+"/"+key)
	}
	return s
}

func (c *checker) flag(m map[string]any, key, ptr string) bool {
	node, present := m[key]
	if !present {
		return false
	}
	b, ok := node.(bool)
	if !ok {
		c.add("must provide a boolean", ptr+"/"+key)
	}
	return b
}

// whole checks an integer property between low and high.
func (c *checker) whole(m map[string]any, key, ptr string, low, high int64) {
	node, present := m[key]
	if !present {
		return
	}
	n, ok := node.(json.Number)
	if !ok {
		c.add("must provide an integer", ptr+"/"+key)
		return
	}
	i, err := n.Int64()
	switch {
	case err != nil:
		c.add("must provide an integer", ptr+"/"+key)
	case i < low:
		c.add("must be greater than "+strconv.FormatInt(low-1, 10), ptr+"/"+key)
	case i > high:
		c.add("must be less than "+strconv.FormatInt(high+1, 10), ptr+"/"+key)
	}
}

func (c *checker) oneOf(m map[string]any, key, ptr string, allowed ...string) {
	node, present := m[key]
	if !present {
		return
	}
	s, ok := node.(string)
	if !ok || !slices.Contains(allowed, s) {
		c.add("must be a valid enum value", ptr+"/"+key)
	}
}

// text kinds that a place accepts.
type textKinds int

const (
	plainOnly textKinds = iota
	anyText
)

// text checks a text object: type, length 1 to limit, and its flags.
func (c *checker) text(m map[string]any, key, ptr string, kinds textKinds, limit int, required bool) {
	node, present := m[key]
	if !present {
		if required {
			c.add("missing required field: "+key, ptr)
		}
		return
	}
	c.textObject(node, ptr+"/"+key, kinds, limit)
}

func (c *checker) textObject(node any, ptr string, kinds textKinds, limit int) {
	t, ok := c.object(node, ptr, "type", "text", "emoji", "verbatim")
	if !ok {
		return
	}
	switch t["type"] {
	case "plain_text":
		if _, has := t["verbatim"]; has {
			c.add("invalid additional property: verbatim", ptr)
		}
	case "mrkdwn":
		if kinds == plainOnly {
			c.add("must be a valid enum value", ptr+"/type")
		}
		// slack-go's own validation: "emoji cannot be true in mrkdwn".
		if on, _ := t["emoji"].(bool); on {
			c.add("invalid additional property: emoji", ptr)
		}
	case nil:
		c.add("missing required field: type", ptr)
	default:
		c.add("unsupported type: "+typeName(t), ptr+"/type")
	}
	c.flag(t, "emoji", ptr)
	c.flag(t, "verbatim", ptr)
	c.texts += utf8.RuneCountInString(c.str(t, "text", ptr, limit, true))
}

func typeName(m map[string]any) string {
	s, _ := m["type"].(string)
	return s
}
