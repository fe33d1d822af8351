package blockkit

import (
	"reflect"
	"slices"
)

func (c *checker) options(list []any, ptr string, kinds textKinds) {
	for i, node := range list {
		c.option(node, at(ptr, i), kinds)
	}
}

func (c *checker) option(node any, ptr string, kinds textKinds) {
	o, ok := c.object(node, ptr, "text", "value", "description", "url")
	if !ok {
		return
	}
	c.text(o, "text", ptr, kinds, OptionText, true)
	c.text(o, "description", ptr, kinds, OptionText, false)
	c.str(o, "value", ptr, OptionValue, true)
	c.str(o, "url", ptr, URL, false)
}

// initial checks that what is selected at first is, word for word, among the
// options; Slack compares the whole option, text included. options is nil
// where they come from outside.
func (c *checker) initial(m map[string]any, key, ptr string, options []any) {
	node, has := m[key]
	if !has {
		return
	}
	p := ptr + "/" + key
	list, many := node.([]any)
	if !many {
		list = []any{node}
		if key[len(key)-1] == 's' {
			c.add("must provide an array", p)
			return
		}
	} else if len(list) == 0 {
		c.add("no less than 1 items allowed", p)
	}
	for i, o := range list {
		q := p
		if many {
			q = at(p, i)
		}
		before := len(c.problems)
		c.option(o, q, anyText)
		if options == nil || len(c.problems) > before {
			continue
		}
		if !among(options, o) {
			c.add("must match one of the options", q)
		}
	}
}

func among(options []any, want any) bool {
	w := canonical(want)
	return slices.ContainsFunc(options, func(o any) bool { return reflect.DeepEqual(canonical(o), w) })
}

// canonical strips what Slack fills in itself: a plain text's emoji flag.
func canonical(node any) any {
	m, ok := node.(map[string]any)
	if !ok {
		return node
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		if k == "emoji" || k == "verbatim" {
			continue
		}
		out[k] = canonical(v)
	}
	return out
}

func (c *checker) focus(m map[string]any, ptr string) {
	if !c.flag(m, "focus_on_load", ptr) {
		return
	}
	if c.focused {
		c.add("only one element can have `focus_on_load` set to true", ptr+"/focus_on_load")
	}
	c.focused = true
}
