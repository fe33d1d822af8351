package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// stateValues is state.values: what stands in each input, by block and action.
// Inner objects are replaced, never changed.
type stateValues map[string]map[string]object

// field is where an element's value stands in its state, and what it holds at
// first.
type field struct {
	key, initial string
	empty        any
}

var fields = map[string]field{
	"plain_text_input": {"value", "initial_value", nil}, "email_text_input": {"value", "initial_value", nil},
	"url_text_input": {"value", "initial_value", nil}, "number_input": {"value", "initial_value", nil},
	"rich_text_input": {"rich_text_value", "initial_value", nil},
	"static_select":   {"selected_option", "initial_option", nil}, "external_select": {"selected_option", "initial_option", nil},
	"users_select": {"selected_user", "initial_user", nil}, "channels_select": {"selected_channel", "initial_channel", nil},
	"conversations_select": {"selected_conversation", "initial_conversation", nil},
	"multi_static_select":  {"selected_options", "initial_options", []any{}}, "multi_external_select": {"selected_options", "initial_options", []any{}},
	"multi_users_select": {"selected_users", "initial_users", []any{}}, "multi_channels_select": {"selected_channels", "initial_channels", []any{}},
	"multi_conversations_select": {"selected_conversations", "initial_conversations", []any{}},
	"radio_buttons":              {"selected_option", "initial_option", nil}, "checkboxes": {"selected_options", "initial_options", []any{}},
	"datepicker": {"selected_date", "initial_date", nil}, "timepicker": {"selected_time", "initial_time", nil},
	"datetimepicker": {"selected_date_time", "initial_date_time", nil}, "file_input": {"files", "", []any{}},
}

// carry is the state of blocks: what old held for elements that stay, else
// their initial values.
func (old stateValues) carry(blocks []any) stateValues {
	out := stateValues{}
	for _, node := range blocks {
		b, ok := node.(object)
		if !ok {
			continue
		}
		for e := range elementsOf(b) {
			kind := str(e, "type")
			f, stateful := fields[kind]
			if !stateful {
				continue
			}
			blockID, actionID := str(b, "block_id"), str(e, "action_id")
			st := object{"type": kind, f.key: f.empty}
			if initial, has := e[f.initial]; has {
				st[f.key] = initial
			}
			if kept := old[blockID][actionID]; kept != nil && kept["type"] == kind {
				st = kept
			}
			out.set(blockID, actionID, st)
		}
	}
	return out
}

func (v stateValues) set(block, action string, st object) {
	if v[block] == nil {
		v[block] = map[string]object{}
	}
	v[block][action] = st
}

func (v stateValues) clone() stateValues {
	out := make(stateValues, len(v))
	for block, actions := range v {
		out[block] = maps.Clone(actions)
	}
	return out
}

// stateOf reads what a person entered for one element: Slack's own form
// ({"type", "value" or "selected_…"}), or the bare value: text, an option's
// value or words, an id, a list of them. The caller holds mu.
func (s *Sim) stateOf(e object, in any) (object, error) {
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

func (s *Sim) oneValue(e object, f field, in any) (any, error) {
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
			text, _ := o["text"].(object)
			if !byWords && str(o, "value") == want || byWords && str(text, "text") == want {
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

// complaint is what Slack's client says of an input before it submits; ""
// where it is content.
func complaint(b, e, st object) string {
	f := fields[str(e, "type")]
	value := st[f.key]
	list, isList := value.([]any)
	if value == nil || value == "" || isList && len(list) == 0 {
		if optional, _ := b["optional"].(bool); optional {
			return ""
		}
		return "Please complete this required field."
	}
	text, _ := value.(string)
	n := utf8.RuneCountInString(text)
	switch kind := str(e, "type"); kind {
	case "plain_text_input":
		if low, ok := numberOf(e["min_length"]); ok && n < int(low) {
			return fmt.Sprintf("Please enter at least %d characters.", int(low))
		}
		high, ok := numberOf(e["max_length"])
		if !ok {
			high = 3000
		}
		if n > int(high) {
			return fmt.Sprintf("Please enter no more than %d characters.", int(high))
		}
	case "email_text_input":
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if u, err := url.Parse(text); err != nil || u.Scheme == "" || u.Host == "" {
			return "Please enter a valid URL."
		}
	case "number_input":
		return numberComplaint(e, text)
	}
	return ""
}

func numberComplaint(e object, text string) string {
	decimal, _ := e["is_decimal_allowed"].(bool)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !decimal && strings.ContainsAny(text, ".eE") {
		return "Please enter a valid number."
	}
	if low, ok := numberOf(e["min_value"]); ok && n < low {
		return fmt.Sprintf("Please enter a number of at least %v.", e["min_value"])
	}
	if high, ok := numberOf(e["max_value"]); ok && n > high {
		return fmt.Sprintf("Please enter a number of at most %v.", e["max_value"])
	}
	return ""
}

func numberOf(node any) (float64, bool) {
	var text string
	switch v := node.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	default:
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
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
