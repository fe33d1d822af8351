package slacksim

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// stateOf reads what a person entered for one element: Slack's own form
// ({"type", "value" or "selected_…"}), or the bare value: text, an option's
// value or words, an id, a list of them. The caller holds mu.
func (s *state) stateOf(e object, in any) (object, error) {
	kind := str(e, "type")
	f, stateful := fields[kind]
	if !stateful {
		return nil, fmt.Errorf("a %s holds no value", kind)
	}
	m, ok := in.(object)
	if _, has := m[f.key]; ok && (has || m["type"] == kind) {
		in = m[f.key]
	} else if ok && m["value"] != nil && f.key != "value" && !strings.HasPrefix(f.key, "selected_option") {
		in = m["value"]
	}
	out := object{"type": kind, f.key: f.empty}
	if in == nil || in == "" {
		return out, nil
	}
	many := f.empty != nil
	items := []any{in}
	switch list := in.(type) {
	case []any:
		items = list
	case []string:
		items = nil
		for _, one := range list {
			items = append(items, one)
		}
	}
	if !many {
		if len(items) != 1 {
			return nil, fmt.Errorf("a %s holds one value", kind)
		}
		value, err := s.oneValue(e, f, items[0])
		out[f.key] = value
		return out, err
	}
	values := []any{}
	for _, item := range items {
		value, err := s.oneValue(e, f, item)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	if n, has := e["max_selected_items"].(json.Number); has {
		if most, err := n.Int64(); err == nil && int64(len(values)) > most {
			return nil, fmt.Errorf("at most %d may be chosen", most)
		}
	}
	out[f.key] = values
	return out, nil
}

func (s *state) oneValue(e object, f field, in any) (any, error) {
	switch {
	case strings.HasPrefix(f.key, "selected_option"):
		return chooseOption(e, in)
	case f.key == "files":
		id, _ := in.(string)
		if m, ok := in.(object); ok {
			id = str(m, "id")
		}
		file := s.files[id]
		if file == nil {
			return nil, fmt.Errorf("no file %q", id)
		}
		return s.fileJSON(file), nil
	case f.key == "selected_date_time":
		n, err := strconv.ParseInt(fmt.Sprint(in), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%v is no Unix time", in)
		}
		return n, nil
	case f.key == "rich_text_value":
		if text, ok := in.(string); ok {
			return object{"type": "rich_text", "elements": []any{object{"type": "rich_text_section",
				"elements": []any{object{"type": "text", "text": text}}}}}, nil
		}
		return in, nil
	case strings.HasPrefix(f.key, "selected_user"):
		if p := s.byHandle(fmt.Sprint(in)); p != nil {
			return p.ID, nil
		}
	case strings.HasPrefix(f.key, "selected_c"): // channels and conversations
		if ch := s.find(fmt.Sprint(in)); ch != nil {
			return ch.ID, nil
		}
	}
	return fmt.Sprint(in), nil
}

// chooseOption finds the option that a person means, by value or by words.
// Options of an external select come whole.
func chooseOption(e object, in any) (any, error) {
	want, isText := in.(string)
	if m, ok := in.(object); ok {
		want = str(m, "value")
		if strings.Contains(str(e, "type"), "external") {
			return m, nil
		}
	} else if !isText {
		want = fmt.Sprint(in)
	}
	for _, byWords := range []bool{false, true} {
		for _, o := range optionsOf(e) {
			if !byWords && str(o, "value") == want || byWords && wordOf(o["text"]) == want {
				return o, nil
			}
		}
	}
	return nil, fmt.Errorf("%q is not among the options of %s", want, str(e, "action_id"))
}

func optionsOf(e object) []object {
	var out []object
	add := func(node any) {
		list, _ := node.([]any)
		for _, o := range list {
			if m, ok := o.(object); ok {
				out = append(out, m)
			}
		}
	}
	add(e["options"])
	groups, _ := e["option_groups"].([]any)
	for _, g := range groups {
		if m, ok := g.(object); ok {
			add(m["options"])
		}
	}
	return out
}

// unwrapOption takes {"selected_option": {...}} for the option in it.
func unwrapOption(in any) any {
	if m, ok := in.(object); ok && m["selected_option"] != nil {
		return m["selected_option"]
	}
	return in
}
