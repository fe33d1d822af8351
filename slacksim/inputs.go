package slacksim

import (
	"fmt"
	"maps"
	"net/mail"
	"net/url"
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
	for b, e := range elements(blocks) {
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

// fillState takes over what the page holds in inputs that exist.
func fillState(values, from stateValues) {
	for block, actions := range from {
		for action, st := range actions {
			if kept := values[block][action]; kept != nil && kept["type"] == st["type"] {
				values.set(block, action, st)
			}
		}
	}
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
