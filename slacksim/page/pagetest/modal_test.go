package pagetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestModal(t *testing.T) {
	s := newServer(t)
	s.answer = func(c call) object {
		switch {
		case c.Path == "/sim/suggest":
			return object{"options": []object{option("d1", "Deployment of "+c.Body["value"].(string))}}
		case c.Path == "/sim/upload":
			return object{"ok": true, "files": []object{{"id": "F9", "name": "own.pem", "size": 11}}}
		}
		return nil
	}
	p := open(t, s, "/?person=U1&channel=C1")
	s.setViews("view_opened", object{"id": "V0", "type": "modal", "title": plain("New certificate"), "blocks": []object{
		{"type": "section", "block_id": "l", "text": mrkdwn("One moment…")}}})
	p.until(`document.querySelector('[data-testid=modal]')?.innerText.includes('One moment') && !document.querySelector('[data-testid=modal-submit]')`)
	s.setViews("view_updated", form())
	p.until(`document.querySelector('[data-testid=modal-submit]')`)
	p.looks("modal")

	p.click(`[data-testid=modal-submit]`)
	p.until(`[...document.querySelectorAll('.error')].filter((e) => !e.hidden).length === 3`)
	p.shot("required")
	in := func(block string) string {
		return `[data-testid=modal] [data-block-id=` + block + `][data-action-id=v]`
	}
	pick := func(block, value string) {
		p.click(in(block))
		p.click(`[role=option][data-value="` + value + `"]`)
	}
	p.typeInto(in("name"), "ab")
	p.typeInto(in("notes"), "line 1\nline 2")
	pick("product", "cucm")
	pick("features", "mra")
	pick("features", "xmpp")
	p.typeInto(in("features"), "\x1b")
	pick("owner", "U2")
	p.typeInto(in("known"), "dep")
	p.click(`[role=option][data-value="d1"]`)
	p.click(in("ca") + ` input[value=b]`)
	p.click(in("flags") + ` input[value=a]`)
	p.on(chromedp.SetValue(chromedp.CSS(in("day")), "2026-12-24"))
	eval[bool](p, `document.querySelector('`+in("day")+`').dispatchEvent(new Event('change'))`)
	p.typeInto(in("count"), "9")
	p.typeInto(in("mail"), "nobody")
	p.typeInto(in("url"), "https://tickets.example/1")
	file := filepath.Join(t.TempDir(), "own.pem")
	if err := os.WriteFile(file, []byte("-----BEGIN"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.on(chromedp.SetUploadFiles(chromedp.CSS(in("csr")), []string{file}))
	p.until(`document.querySelector('.file-list').innerText.includes('own.pem')`)
	if up := p.wait("/sim/upload", 1); up["channel"] != nil {
		t.Errorf("a form's file was shared in %v", up["channel"])
	}

	p.click(`[data-testid=modal-submit]`)
	for block, want := range map[string]string{"name": "at least 3", "count": "6 or less", "mail": "email address"} {
		p.until(`document.querySelector('[data-error-for=` + block + `]').innerText.includes('` + want + `')`)
	}
	if len(s.called("/sim/submit")) != 0 {
		t.Fatal("a form with errors was sent")
	}
	p.typeInto(in("name"), "c.example.com")
	p.typeInto(in("count"), "\b4")
	p.typeInto(in("mail"), "@example.com")
	s.answer = func(c call) object {
		if c.Path == "/sim/submit" {
			return object{"ok": false, "errors": object{"name": "<b>Not a name</b> of this cluster"}}
		}
		return nil
	}
	p.click(`[data-testid=modal-submit]`)
	p.until(`document.querySelector('[data-error-for=name]').innerText === '<b>Not a name</b> of this cluster'`)
	p.shot("errors")
	sent := p.wait("/sim/submit", 1)
	var want object
	wantValues(t, &want)
	if got := sent["state"].(object)["values"]; !reflect.DeepEqual(got, any(want)) {
		g, _ := json.MarshalIndent(got, "", " ")
		t.Errorf("state.values is %s", g)
	}

	// A pushed view, an update of it, and back: what was entered below is still there.
	s.answer = nil
	second := object{"id": "V2", "type": "modal", "title": plain("Step 2"), "submit": plain("Send"), "blocks": []object{
		input("cn", "Common name", object{"type": "plain_text_input", "action_id": "v", "dispatch_action_config": object{"trigger_actions_on": []string{"on_character_entered"}}}, "dispatch_action", true),
		input("org", "Organisation", object{"type": "plain_text_input", "action_id": "v", "initial_value": "Example GmbH"})}}
	s.setViews("view_pushed", form(), second)
	p.until(`document.querySelector('[data-testid=modal-back]')`)
	p.typeInto(in("cn"), "x")
	if b := p.wait("/sim/action", 1); b["value"] != "x" || b["container"].(object)["view_id"] != "V2" {
		t.Errorf("a typed character sent %v", b)
	}
	p.typeInto(in("org"), " & Co")
	second["blocks"] = append(second["blocks"].([]object), object{"type": "section", "block_id": "note", "text": mrkdwn("Checked")})
	s.setViews("view_updated", form(), second)
	p.until(`document.querySelector('[data-testid=modal]').innerText.includes('Checked')`)
	if got := eval[string](p, `document.querySelector('`+in("org")+`').value + '|' + document.activeElement.dataset.blockId`); got != "Example GmbH & Co|org" {
		t.Errorf("after an update the field and the focus are %q", got)
	}
	s.setViews("view_closed", form())
	p.until(`document.querySelector('` + in("name") + `')?.value === 'abc.example.com'`)

	s.answer = func(c call) object {
		if c.Path == "/sim/close" {
			s.setViews("view_closed")
		}
		return nil
	}
	p.run(chromedp.KeyEvent("\x1b"))
	if b := p.wait("/sim/close", 1); b["view_id"] != "V1" {
		t.Errorf("Esc closed %v", b)
	}
	p.until(`!document.querySelector('[data-testid=modal]')`)
}

func wantValues(t *testing.T, into *object) {
	t.Helper()
	const text = `{
	"name": {"v": {"type": "plain_text_input", "value": "abc.example.com"}},
	"notes": {"v": {"type": "plain_text_input", "value": "line 1\nline 2"}},
	"product": {"v": {"type": "static_select", "selected_option": {"value": "cucm", "text": {"type": "plain_text", "text": "Unified CM"}}}},
	"features": {"v": {"type": "multi_static_select", "selected_options": [{"value": "mra", "text": {"type": "plain_text", "text": "MRA"}}, {"value": "xmpp", "text": {"type": "plain_text", "text": "XMPP"}}]}},
	"owner": {"v": {"type": "users_select", "selected_user": "U2"}},
	"where": {"v": {"type": "conversations_select", "selected_conversation": "C1"}},
	"known": {"v": {"type": "external_select", "selected_option": {"value": "d1", "text": {"type": "plain_text", "text": "Deployment of dep"}}}},
	"ca": {"v": {"type": "radio_buttons", "selected_option": {"value": "b", "text": {"type": "plain_text", "text": "Beta"}, "description": {"type": "plain_text", "text": "the second"}}}},
	"flags": {"v": {"type": "checkboxes", "selected_options": [{"value": "a", "text": {"type": "plain_text", "text": "Alpha"}}]}},
	"day": {"v": {"type": "datepicker", "selected_date": "2026-12-24"}},
	"hour": {"v": {"type": "timepicker", "selected_time": "14:30"}},
	"count": {"v": {"type": "number_input", "value": "4"}},
	"mail": {"v": {"type": "email_text_input", "value": "nobody@example.com"}},
	"url": {"v": {"type": "url_text_input", "value": "https://tickets.example/1"}},
	"csr": {"v": {"type": "file_input", "files": [{"id": "F9", "name": "own.pem", "size": 11}]}}
	}`
	if err := json.NewDecoder(strings.NewReader(text)).Decode(into); err != nil {
		t.Fatal(err)
	}
}
