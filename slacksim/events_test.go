package slacksim_test

import (
	"strings"
	"testing"

	"countersign/slacksim"
)

func TestEventsOfPeople(t *testing.T) {
	st := stage(t)
	a := connect(t, st, acked)
	ella := st.As("ella").In("#certificates")
	ella.Says("@Countersign I need a CSR for expe1.example.com, ask @Bo Lin in #support <!channel>")
	m := a.event("message")
	want := "<@U0COUNTERSIGN> I need a CSR for <http://expe1.example.com|expe1.example.com>, ask <@U0BOLIN> in <#C0SUPPORT|support> &lt;!channel&gt;"
	if m["text"] != want || m["channel_type"] != "channel" || m["user"] != "U0ELLA" || m["blocks"] == nil || m["client_msg_id"] == nil {
		t.Errorf("message is %v", m)
	}
	if mention := a.event("app_mention"); mention["text"] != want || mention["ts"] != m["ts"] {
		t.Errorf("app_mention is %v", mention)
	}

	st.As("ella").Says("@Countersign in private") // no app_mention in a direct message
	if d := a.event("message"); d["channel"] != "D0ELLA" || d["channel_type"] != "im" {
		t.Errorf("direct message is %v", d)
	}

	ella.Uploads("trace.log", []byte("x"), "look")
	f := a.event("message")
	files, _ := f["files"].([]any)
	if f["subtype"] != "file_share" || len(files) != 1 || files[0].(object)["name"] != "trace.log" || files[0].(object)["preview"] != "x" {
		t.Errorf("file message is %v", f)
	}
	if shared := a.event("file_shared"); shared["channel_id"] != certificates || shared["file_id"] != files[0].(object)["id"] {
		t.Errorf("file_shared is %v", shared)
	}

	// What the app does itself comes back to it, as with Slack.
	out := ok(t, st, "chat.postMessage", "channel", certificates, "text", "mine")
	if own := a.event("message"); own["bot_id"] != "B0COUNTERSIGN" || own["text"] != "mine" {
		t.Errorf("own message is %v", own)
	}
	ts, _ := out["ts"].(string)
	ok(t, st, "chat.update", "channel", certificates, "ts", ts, "text", "changed")
	if c := a.event("message"); c["subtype"] != "message_changed" || c["message"].(object)["text"] != "changed" || c["previous_message"].(object)["text"] != "mine" {
		t.Errorf("message_changed is %v", c)
	}

	gil := st.As("gil").In("#partner-project")
	gil.Says("hello")
	if g := a.event("message"); g["user_team"] != "T0PARTNER" || g["team"] != "T0PARTNER" {
		t.Errorf("a guest's message is %v", g)
	}
	ok(t, st, "chat.postMessage", "channel", "C0PARTNERPROJECT", "text", "x", "blocks", buttonBlocks)
	gil.Clicks(gil.Sees(), "Go")
	if p := a.interaction("block_actions"); p["team"].(object)["id"] != "T0PARTNER" || p["user"].(object)["team_id"] != "T0PARTNER" {
		t.Errorf("a guest's click is %v", p)
	}
}

// Slack sends only what the manifest subscribes to and the scopes allow.
func TestSubscriptions(t *testing.T) {
	ws := slacksim.Default()
	err := ws.App.ManifestYAML([]byte(`
display_information: {name: Seal}
features:
  bot_user: {display_name: seal}
  slash_commands: [{command: /seal, description: d, should_escape: true}]
  shortcuts: [{name: Look, type: message, callback_id: look}]
oauth_config: {scopes: {bot: [chat:write, channels:history, app_mentions:read]}}
settings:
  event_subscriptions: {bot_events: [app_mention, message.channels, message.im]}
  interactivity: {is_enabled: true}
  socket_mode_enabled: true
`))
	if err != nil {
		t.Fatal(err)
	}
	st := slacksim.Start(t, ws)
	a := connect(t, st, acked)
	ella := st.As("ella")
	ella.Says("no scope im:history")
	ella.In("#certificates").Uploads("a.txt", []byte("x"), "no file_shared")
	if m := a.event("message"); m["channel"] != certificates {
		t.Errorf("the first message is %v", m)
	}
	ella.In("#certificates").Says("second")
	if m := a.event("message"); m["text"] != "second" {
		t.Errorf("then came %v", m)
	}
	ella.In("#certificates").Runs("/seal for @bolin at example.com")
	for e := range a.got {
		if e.Type != "slash_commands" {
			continue
		}
		if got := e.payload(t)["text"]; got != "for <@U0BOLIN|bolin> at <http://example.com|example.com>" {
			t.Errorf("escaped command is %v", got)
		}
		break
	}
	if out := refused(t, st, "not_enabled", "views.publish", "user_id", "U0ELLA", "view", `{"type":"home","blocks":[]}`); out == nil {
		t.Error("no answer")
	}
	refused(t, st, "messages_tab_disabled", "chat.postMessage", "channel", "U0ELLA", "text", "x")
	if err := ws.App.ManifestYAML([]byte("features: {shortcuts: [{name: x, type: sideways}]}")); err == nil || !strings.Contains(err.Error(), "sideways") {
		t.Errorf("a wrong manifest: %v", err)
	}
}
