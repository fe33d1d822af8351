package blockkit

import (
	"regexp"
	"slices"
	"strings"
)

// place is the kind of block an element stands in.
type place int

const (
	inSection place = iota
	inActions
	inInput
	inContextActions
)

var (
	choices = []string{"static_select", "external_select", "users_select", "conversations_select", "channels_select",
		"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select",
		"multi_channels_select", "checkboxes", "radio_buttons", "datepicker", "timepicker"}
	allowed = map[place][]string{
		inSection:        slices.Concat(choices, []string{"button", "image", "overflow", "workflow_button"}),
		inActions:        slices.Concat(choices, []string{"button", "overflow", "datetimepicker", "workflow_button"}),
		inInput:          slices.Concat(choices, []string{"plain_text_input", "datetimepicker", "email_text_input", "url_text_input", "number_input", "file_input", "rich_text_input"}),
		inContextActions: {"feedback_buttons", "icon_button"},
	}
	dateShape = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	timeShape = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)
)

func (c *checker) element(node any, ptr string, in place) {
	m, ok := node.(map[string]any)
	if !ok {
		c.add("must provide an object", ptr)
		return
	}
	kind := typeName(m)
	if !slices.Contains(allowed[in], kind) {
		c.add("unsupported type: "+kind, ptr+"/type")
		return
	}
	if kind == "image" {
		c.object(m, ptr, "type", "image_url", "slack_file", "alt_text")
		c.image(m, ptr)
		return
	}
	c.actionID(m, ptr)
	c.confirm(m, ptr)
	switch kind {
	case "button", "workflow_button":
		c.button(m, ptr)
	case "overflow":
		c.object(m, ptr, "type", "action_id", "options", "confirm")
		c.options(c.list(m, "options", ptr, 1, OverflowItems), ptr+"/options", plainOnly)
	case "checkboxes", "radio_buttons":
		c.choice(m, ptr, kind)
	case "datepicker", "timepicker", "datetimepicker":
		c.picker(m, ptr, kind)
	case "plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input":
		c.textInput(m, ptr, kind)
	case "file_input":
		c.object(m, ptr, "type", "action_id", "filetypes", "max_files")
		c.list(m, "filetypes", ptr, 0, FileTypes)
		c.whole(m, "max_files", ptr, 1, FilesPerInput)
	case "feedback_buttons":
		c.object(m, ptr, "type", "action_id", "positive_button", "negative_button")
		c.feedback(m, "positive_button", ptr)
		c.feedback(m, "negative_button", ptr)
	case "icon_button":
		c.object(m, ptr, "type", "action_id", "icon", "text", "value", "confirm", "accessibility_label", "visible_to_user_ids")
		c.oneOf(m, "icon", ptr, "trash") // the only one there is (reference page)
		c.text(m, "text", ptr, plainOnly, ButtonText, true)
		c.str(m, "value", ptr, ButtonValue, false)
		c.str(m, "accessibility_label", ptr, ButtonText, false)
	default:
		c.selectMenu(m, ptr, kind)
	}
}

func (c *checker) image(m map[string]any, ptr string) {
	c.str(m, "alt_text", ptr, ImageText, true)
	_, byURL := m["image_url"]
	_, byFile := m["slack_file"]
	if byURL == byFile {
		c.add("must define either `image_url` or `slack_file`", ptr)
	}
	c.str(m, "image_url", ptr, URL, false)
}

func (c *checker) actionID(m map[string]any, ptr string) {
	id := c.str(m, "action_id", ptr, Identifier, false)
	if id == "" {
		return
	}
	if c.actionIDs[id] {
		c.add("`action_id` \""+id+"\" already exists", ptr+"/action_id")
	}
	c.actionIDs[id] = true
}

func (c *checker) confirm(m map[string]any, ptr string) {
	node, has := m["confirm"]
	if !has {
		return
	}
	p := ptr + "/confirm"
	d, ok := c.object(node, p, "title", "text", "confirm", "deny", "style")
	if !ok {
		return
	}
	c.text(d, "title", p, plainOnly, ConfirmTitle, true)
	c.text(d, "text", p, anyText, ConfirmText, true)
	c.text(d, "confirm", p, plainOnly, ConfirmButton, true)
	c.text(d, "deny", p, plainOnly, ConfirmButton, true)
	c.oneOf(d, "style", p, "primary", "danger")
}

func (c *checker) button(m map[string]any, ptr string) {
	c.object(m, ptr, "type", "action_id", "text", "url", "value", "style", "confirm", "accessibility_label", "workflow")
	c.text(m, "text", ptr, plainOnly, ButtonText, true)
	c.str(m, "url", ptr, URL, false)
	c.str(m, "value", ptr, ButtonValue, false)
	c.str(m, "accessibility_label", ptr, ButtonText, false)
	c.oneOf(m, "style", ptr, "primary", "danger")
}

// feedback checks one of the two buttons of a feedback element.
func (c *checker) feedback(m map[string]any, key, ptr string) {
	node, has := m[key]
	if !has {
		c.add("missing required field: "+key, ptr)
		return
	}
	p := ptr + "/" + key
	b, ok := c.object(node, p, "text", "value", "accessibility_label")
	if !ok {
		return
	}
	c.text(b, "text", p, plainOnly, ButtonText, true)
	c.str(b, "value", p, ButtonValue, true)
	c.str(b, "accessibility_label", p, ButtonText, false)
}

func (c *checker) choice(m map[string]any, ptr, kind string) {
	initial := "initial_options"
	if kind == "radio_buttons" {
		initial = "initial_option"
	}
	c.object(m, ptr, "type", "action_id", "options", initial, "confirm", "focus_on_load")
	c.focus(m, ptr)
	options := c.list(m, "options", ptr, 1, ChoiceOptions)
	c.options(options, ptr+"/options", anyText)
	c.initial(m, initial, ptr, options)
}

func (c *checker) picker(m map[string]any, ptr, kind string) {
	initial := map[string]string{"datepicker": "initial_date", "timepicker": "initial_time", "datetimepicker": "initial_date_time"}[kind]
	c.object(m, ptr, "type", "action_id", "placeholder", initial, "confirm", "focus_on_load", "timezone")
	c.focus(m, ptr)
	c.text(m, "placeholder", ptr, plainOnly, Placeholder, false)
	switch kind {
	case "datepicker":
		if s := c.str(m, initial, ptr, 10, false); s != "" && !dateShape.MatchString(s) {
			c.add("must match the pattern YYYY-MM-DD", ptr+"/"+initial)
		}
	case "timepicker":
		if s := c.str(m, initial, ptr, 5, false); s != "" && !timeShape.MatchString(s) {
			c.add("must match the pattern HH:mm", ptr+"/"+initial)
		}
	default:
		// A UNIX timestamp of ten digits.
		c.whole(m, initial, ptr, 1_000_000_000, 9_999_999_999)
	}
}

func (c *checker) textInput(m map[string]any, ptr, kind string) {
	keys := []string{"type", "action_id", "initial_value", "placeholder", "dispatch_action_config", "focus_on_load"}
	switch kind {
	case "plain_text_input":
		keys = append(keys, "multiline", "min_length", "max_length")
	case "number_input":
		keys = append(keys, "is_decimal_allowed", "min_value", "max_value")
		if _, has := m["is_decimal_allowed"]; !has {
			c.add("missing required field: is_decimal_allowed", ptr)
		}
	}
	c.object(m, ptr, keys...)
	c.focus(m, ptr)
	c.flag(m, "multiline", ptr)
	c.flag(m, "is_decimal_allowed", ptr)
	c.text(m, "placeholder", ptr, plainOnly, Placeholder, false)
	if kind != "rich_text_input" {
		c.str(m, "initial_value", ptr, InputText, false)
	}
	c.whole(m, "min_length", ptr, 0, InputText)
	c.whole(m, "max_length", ptr, 1, InputText)
	if node, has := m["dispatch_action_config"]; has {
		p := ptr + "/dispatch_action_config"
		if d, ok := c.object(node, p, "trigger_actions_on"); ok {
			for i, on := range c.list(d, "trigger_actions_on", p, 1, 2) {
				if on != "on_enter_pressed" && on != "on_character_entered" {
					c.add("must be a valid enum value", at(p+"/trigger_actions_on", i))
				}
			}
		}
	}
}

// selectMenu checks single and multi select menus of every data source.
func (c *checker) selectMenu(m map[string]any, ptr, kind string) {
	multi := strings.HasPrefix(kind, "multi_")
	source := strings.TrimSuffix(strings.TrimPrefix(kind, "multi_"), "_select")
	keys := []string{"type", "action_id", "placeholder", "confirm", "focus_on_load"}
	if multi {
		keys = append(keys, "max_selected_items")
		c.whole(m, "max_selected_items", ptr, 1, 1<<31)
	}
	initial := map[string]string{"static": "initial_option", "external": "initial_option", "users": "initial_user",
		"conversations": "initial_conversation", "channels": "initial_channel"}[source]
	if multi {
		initial += "s"
	}
	keys = append(keys, initial)
	switch source {
	case "static":
		keys = append(keys, "options", "option_groups")
	case "external":
		keys = append(keys, "min_query_length")
		c.whole(m, "min_query_length", ptr, 0, 1000)
	case "conversations":
		keys = append(keys, "default_to_current_conversation", "filter", "response_url_enabled")
	case "channels":
		keys = append(keys, "response_url_enabled")
	}
	c.object(m, ptr, keys...)
	c.focus(m, ptr)
	c.text(m, "placeholder", ptr, plainOnly, Placeholder, false)
	switch source {
	case "static":
		c.initial(m, initial, ptr, c.staticOptions(m, ptr))
	case "external":
		c.initial(m, initial, ptr, nil)
	}
}

func (c *checker) staticOptions(m map[string]any, ptr string) []any {
	_, flat := m["options"]
	_, grouped := m["option_groups"]
	if flat == grouped {
		c.add("must define either `options` or `option_groups`", ptr)
		return nil
	}
	if flat {
		options := c.list(m, "options", ptr, 1, SelectOptions)
		c.options(options, ptr+"/options", plainOnly)
		return options
	}
	var all []any
	for i, node := range c.list(m, "option_groups", ptr, 1, SelectOptions) {
		p := at(ptr+"/option_groups", i)
		g, ok := c.object(node, p, "label", "options")
		if !ok {
			continue
		}
		c.text(g, "label", p, plainOnly, OptionText, true)
		options := c.list(g, "options", p, 1, SelectOptions)
		c.options(options, p+"/options", plainOnly)
		all = append(all, options...)
	}
	return all
}
