package slacksim_test

import (
	"context"
	"strings"
	"testing"

	"countersign/slacksim"
)

func viewID(out object) (id, hash string) {
	v, _ := out["view"].(object)
	id, _ = v["id"].(string)
	hash, _ = v["hash"].(string)
	return id, hash
}

func TestViewStackAndHash(t *testing.T) {
	st := stage(t)
	var next any
	a := connect(t, st, func(e envelope) any { return next })
	refused(t, st, "invalid_trigger_id", "views.push", "trigger_id", trigger(t, st, a), "view", modalView)
	id, hash := viewID(ok(t, st, "views.open", "trigger_id", trigger(t, st, a), "view", modalView))
	_, second := viewID(ok(t, st, "views.update", "view_id", id, "hash", hash, "view", modalView))
	refused(t, st, "hash_conflict", "views.update", "view_id", id, "hash", hash, "view", modalView)
	ok(t, st, "views.update", "view_id", id, "hash", second, "view", modalView)
	refused(t, st, "not_found", "views.update", "view_id", "V0NONE", "view", modalView)

	ella := st.As("ella")
	push := object{"response_action": "push", "view": strings.NewReplacer("\n", "", "\t", "").Replace(modalView)}
	next = push
	form := ella.SeesModal("Name")
	// The view of an answer is an object, not a string as in the Web API.
	if r := ella.Submits(form, map[string]any{"Name": "x"}); r.Error != slacksim.Trouble {
		t.Errorf("a view in a string: %+v", r)
	}
	next = object{"response_action": "push", "view": decoded(t, modalView)}
	for depth := 2; depth <= 3; depth++ {
		if r := ella.Submits(ella.SeesModal("Name"), map[string]any{"Name": "x"}); !r.OK() {
			t.Fatalf("push to %d: %+v", depth, r)
		}
	}
	if r := ella.Submits(ella.SeesModal("Name"), map[string]any{"Name": "x"}); r.Error != slacksim.Trouble {
		t.Errorf("a fourth view: %+v", r)
	}
	top := ella.SeesModal("Name")
	next = object{"response_action": "errors", "errors": object{"nowhere": "x"}}
	if r := ella.Submits(top, map[string]any{"Name": "x"}); r.Error != slacksim.Trouble {
		t.Errorf("errors on no input: %+v", r)
	}
	next = object{"ok": true}
	if r := ella.Submits(top, map[string]any{"Name": "x"}); r.Error != slacksim.Trouble {
		t.Errorf("an answer of ok: %+v", r)
	}
	next = nil
	if r := ella.Submits(top, map[string]any{"Name": "x"}); !r.OK() {
		t.Errorf("an empty answer: %+v", r)
	}
	if now := ella.SeesModal("Name"); now.ID == top.ID {
		t.Error("the submitted view is still on top")
	}
	next = object{"response_action": "clear"}
	if r := ella.Submits(ella.SeesModal(), map[string]any{"Name": "x"}); !r.OK() {
		t.Errorf("clear: %+v", r)
	}
	ella.SeesNoModal()
	refused(t, st, "not_found", "views.update", "view_id", id, "view", modalView)
}

func TestClosedView(t *testing.T) {
	st := stage(t)
	a := connect(t, st, acked)
	notify := strings.Replace(modalView, `"type":"modal"`, `"type":"modal","notify_on_close":true,"private_metadata":"m"`, 1)
	id, _ := viewID(ok(t, st, "views.open", "trigger_id", trigger(t, st, a), "view", notify))
	ella := st.As("ella")
	ella.Closes(ella.SeesModal())
	gone := a.interaction("view_closed")
	if v, _ := gone["view"].(object); v["id"] != id || v["private_metadata"] != "m" || gone["is_cleared"] != false {
		t.Errorf("view_closed is %v", gone)
	}
	if _, err := st.Submit(context.Background(), "U0ELLA", id, nil); err == nil {
		t.Error("a closed view was submitted")
	}
}

func TestHomeAndExternalID(t *testing.T) {
	st := stage(t)
	a := connect(t, st, acked)
	home := `{"type":"home","external_id":"e1","blocks":` + buttonBlocks + `}`
	refused(t, st, "invalid_arguments", "views.publish", "user_id", "U0GIL", "view", home)
	_, hash := viewID(ok(t, st, "views.publish", "user_id", "U0ELLA", "view", home))
	refused(t, st, "duplicate_external_id", "views.publish", "user_id", "U0SAM", "view", home)
	ok(t, st, "views.publish", "user_id", "U0ELLA", "hash", hash, "view", home)
	refused(t, st, "hash_conflict", "views.publish", "user_id", "U0ELLA", "hash", hash, "view", home)
	if err := st.OpenHome("U0ELLA"); err != nil {
		t.Fatal(err)
	}
	if e := a.event("app_home_opened"); e["tab"] != "home" || e["view"] == nil || e["channel"] != "D0ELLA" {
		t.Errorf("app_home_opened is %v", e)
	}
	if err := st.Act(context.Background(), "U0ELLA", slacksim.Act{Place: slacksim.Place{Type: "home"}, BlockID: "b", ActionID: "go"}); err != nil {
		t.Fatal(err)
	}
	p := a.interaction("block_actions")
	if c, _ := p["container"].(object); c["type"] != "view" || p["view"] == nil || p["message"] != nil {
		t.Errorf("an action on Home is %v", p)
	}
}

// All inputs: what a person enters arrives in Slack's form.
func TestInputs(t *testing.T) {
	options := `"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"},{"text":{"type":"plain_text","text":"Two"},"value":"2"}]`
	elements := map[string]string{
		"static_select": options, "multi_static_select": options, "radio_buttons": options, "checkboxes": options,
		"users_select": "", "multi_users_select": "", "channels_select": "", "conversations_select": "", "datepicker": "", "timepicker": "",
		"datetimepicker": "", "email_text_input": "", "url_text_input": "", "number_input": `"is_decimal_allowed":false,"max_value":"9"`, "file_input": "",
	}
	var blocks []string
	for kind, extra := range elements {
		if extra != "" {
			extra = "," + extra
		}
		blocks = append(blocks, `{"type":"input","block_id":"`+kind+`","label":{"type":"plain_text","text":"`+kind+`"},"element":{"type":"`+kind+`","action_id":"a"`+extra+`}}`)
	}
	st := stage(t)
	a := connect(t, st, acked)
	ok(t, st, "views.open", "trigger_id", trigger(t, st, a), "view", `{"type":"modal","title":{"type":"plain_text","text":"All"},"submit":{"type":"plain_text","text":"Send"},"blocks":[`+strings.Join(blocks, ",")+`]}`)
	ella := st.As("ella")
	all := ella.SeesModal("static_select")
	values := map[string]any{"static_select": "Two", "multi_static_select": []string{"1", "Two"}, "radio_buttons": "1", "checkboxes": []string{"2"},
		"users_select": "bolin", "multi_users_select": []string{"U0SAM"}, "channels_select": "#support", "conversations_select": "support",
		"datepicker": "2026-12-24", "timepicker": "09:30", "datetimepicker": 1_790_000_000, "email_text_input": "not an address",
		"url_text_input": "nowhere", "number_input": "10", "file_input": ella.Attaches("a.csr", []byte("csr"))}
	r := ella.Submits(all, values)
	for _, kind := range []string{"email_text_input", "url_text_input", "number_input"} {
		if r.Errors[kind] == "" {
			t.Errorf("%s took %v", kind, values[kind])
		}
	}
	if len(r.Errors) != 3 {
		t.Errorf("errors %v", r.Errors)
	}
	values["email_text_input"], values["url_text_input"], values["number_input"] = "a@b.example", "https://b.example/x", "9"
	if r := ella.Submits(all, values); !r.OK() {
		t.Fatalf("submission %+v", r)
	}
	view, _ := a.interaction("view_submission")["view"].(object)
	state, _ := view["state"].(object)["values"].(object)
	for kind, want := range map[string]string{
		"static_select": `{"selected_option":{"text":{"emoji":true,"text":"Two","type":"plain_text"},"value":"2"},"type":"static_select"}`,
		"users_select":  `{"selected_user":"U0BOLIN","type":"users_select"}`, "multi_users_select": `{"selected_users":["U0SAM"],"type":"multi_users_select"}`,
		"channels_select": `{"selected_channel":"C0SUPPORT","type":"channels_select"}`, "datepicker": `{"selected_date":"2026-12-24","type":"datepicker"}`,
		"datetimepicker": `{"selected_date_time":1790000000,"type":"datetimepicker"}`, "number_input": `{"type":"number_input","value":"9"}`,
	} {
		if got := encoded(t, state[kind].(object)["a"]); got != want {
			t.Errorf("%s arrived as %s, want %s", kind, got, want)
		}
	}
	files, _ := state["file_input"].(object)["a"].(object)["files"].([]any)
	id, _ := files[0].(object)["id"].(string)
	ok(t, st, "files.info", "file", id) // submitted files are the app's to read
}
