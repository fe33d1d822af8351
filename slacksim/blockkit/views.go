package blockkit

// CheckView reports what views.open, views.push and views.update would refuse
// in a modal, a JSON object.
func CheckView(raw []byte) []Problem { return checkView(raw, inModal) }

// CheckHome reports what views.publish would refuse in a Home tab.
func CheckHome(raw []byte) []Problem { return checkView(raw, inHome) }

func checkView(raw []byte, on surface) []Problem {
	c := newChecker(on, "invalid_arguments")
	if len(raw) > ViewBytes {
		return []Problem{{"view_too_large", "view is too large", "/view"}}
	}
	root, err := decode(raw)
	if err != nil {
		return []Problem{{"invalid_arguments", "must be valid JSON", "/view"}}
	}
	keys := []string{"type", "blocks", "private_metadata", "callback_id", "external_id"}
	if on == inModal {
		keys = append(keys, "title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled")
	}
	v, ok := c.object(root, "/view", keys...)
	if !ok {
		return c.problems
	}
	want := "modal"
	if on == inHome {
		want = "home"
	}
	if typeName(v) != want {
		c.add("must be a valid enum value", "/view/type")
	}
	if on == inModal {
		c.text(v, "title", "/view", plainOnly, ViewTitle, true)
		c.text(v, "submit", "/view", plainOnly, ViewTitle, false)
		c.text(v, "close", "/view", plainOnly, ViewTitle, false)
	}
	c.flag(v, "clear_on_close", "/view")
	c.flag(v, "notify_on_close", "/view")
	c.flag(v, "submit_disabled", "/view")
	c.str(v, "private_metadata", "/view", PrivateMetadata, false)
	c.str(v, "callback_id", "/view", Identifier, false)
	c.str(v, "external_id", "/view", Identifier, false)
	c.blocks(c.list(v, "blocks", "/view", 0, ViewBlocks), "/view/blocks")
	if _, has := v["blocks"]; !has {
		c.add("missing required field: blocks", "/view")
	}
	if _, has := v["submit"]; !has && on == inModal && c.hasInput != "" {
		c.add("must define `submit` to use an `input` block in modals", c.hasInput+"/input")
	}
	if len(c.problems) > 0 {
		// Slack opens the list with this line for views.
		c.problems = append([]Problem{{c.code, "failed to match all allowed schemas", "/view"}}, c.problems...)
	}
	return c.problems
}
