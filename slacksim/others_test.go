package slacksim_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

// elsewhere is a workspace with places in which the app is not, and a group message in
// which it is.
func elsewhere() slacksim.Workspace {
	ws := slacksim.Default()
	ws.App.BotScopes = append(ws.App.BotScopes, "mpim:history")
	ws.App.Events = append(ws.App.Events, "message.mpim")
	ws.Channels = append(ws.Channels,
		slacksim.Channel{Name: "random", Members: []string{"ella", "sam"}},
		slacksim.Channel{Name: "secret-project", Private: true, Members: []string{"ella", "sam"}},
		slacksim.Channel{Name: "ella-sam", Direct: true, Members: []string{"ella", "sam"}},
		slacksim.Channel{Name: "mpdm-ella--sam--countersign-1", ID: "C0MPDM", Group: true, Members: []string{"ella", "sam", "countersign"}})
	return ws
}

// received are the events of a name that went to the app, newest last: the transcript has
// them by their acknowledgements.
func received(t *testing.T, st *slacksim.Stage, name string) (out []object) {
	t.Helper()
	for _, e := range st.Transcript().Entries() {
		var p struct{ Event object }
		if e.Kind == "event" && e.Name == name && json.Unmarshal(e.Payload, &p) == nil {
			out = append(out, p.Event)
		}
	}
	slices.SortFunc(out, func(a, b object) int { return strings.Compare(a["event_ts"].(string), b["event_ts"].(string)) })
	return out
}

// TestWhereTheAppIsNot: nothing of a place reaches an app that is not in it, save what a
// person hands over with a shortcut; posting there is refused in Slack's words.
func TestWhereTheAppIsNot(t *testing.T) {
	st := slacksim.Start(t, elsewhere())
	connect(t, st, acked)
	for channel, code := range map[string]string{"C0RANDOM": "not_in_channel", "C0SECRETPROJECT": "channel_not_found", "D0ELLASAM": "channel_not_found"} {
		ella := st.As("ella").In(channel)
		m := ella.Says("the bridge is down")
		if got, _ := call(t, st, "chat.postMessage", "channel", channel, "text", "hello"); got["error"] != code {
			t.Errorf("posting to %s: %v, not %s", channel, got["error"], code)
		}
		if got, _ := call(t, st, "chat.getPermalink", "channel", channel, "message_ts", m.TS); code == "channel_not_found" && got["error"] != code {
			t.Errorf("a link into %s: %v", channel, got)
		}
		ella.UsesMessageShortcut("Diagnose this message", m)
	}
	shortcuts := 0
	for _, e := range st.Transcript().Entries() {
		if e.Kind == "interaction" && strings.Contains(string(e.Payload), "the bridge is down") && strings.Contains(string(e.Payload), "response_url") {
			shortcuts++
		}
	}
	if shortcuts != 3 {
		t.Errorf("%d shortcuts brought their message", shortcuts)
	}
	if got := received(t, st, "message"); len(got) != 0 {
		t.Errorf("the app heard %v", got)
	}
}

// TestGroupMessage: what several people say reaches an app that is one of them, with its
// scope and event only.
func TestGroupMessage(t *testing.T) {
	for _, scoped := range []bool{true, false} {
		ws := elsewhere()
		if !scoped {
			ws.App.BotScopes = ws.App.BotScopes[:len(ws.App.BotScopes)-1]
		}
		st := slacksim.Start(t, ws)
		connect(t, st, acked)
		m := st.As("ella").In("C0MPDM").Says("@Countersign hello")
		st.Quiet(20 * time.Millisecond)
		heard := received(t, st, "message")
		if len(received(t, st, "app_mention")) != 1 || scoped != (len(heard) == 1) || scoped && heard[0]["channel_type"] != "mpim" {
			t.Errorf("scope %v: %v", scoped, heard)
		}
		if got, _ := call(t, st, "conversations.replies", "channel", "C0MPDM", "ts", m.TS); scoped == (got["error"] == "missing_scope") {
			t.Errorf("scope %v: %v", scoped, got)
		}
		ok(t, st, "chat.postMessage", "channel", "C0MPDM", "text", "hello")
	}
}

// TestChanges: an edit says who edited, a preview that Slack adds does not.
func TestChanges(t *testing.T) {
	st := slacksim.Start(t, slacksim.Default())
	connect(t, st, acked)
	ella := st.As("ella")
	m := ella.Says("see https://example.org")
	if err := st.Unfurl(m.Channel, m.TS, object{"from_url": "https://example.org", "title": "Example", "text": "A page", "fallback": "Example"}); err != nil {
		t.Fatal(err)
	}
	ella.Edits(m, "see https://example.org now")
	st.Quiet(20 * time.Millisecond)
	changes := received(t, st, "message.message_changed")
	if len(changes) != 2 {
		t.Fatalf("%d changes", len(changes))
	}
	unfurled, edited := changes[0]["message"].(object), changes[1]["message"].(object)
	if unfurled["edited"] != nil || unfurled["attachments"] == nil || edited["edited"].(object)["user"] != "U0ELLA" || !strings.Contains(edited["text"].(string), "now") {
		t.Errorf("%v\n%v", unfurled, edited)
	}
	if err := st.Edit("U0SAM", m.Channel, m.TS, "mine"); err == nil {
		t.Error("somebody else's message was edited")
	}
}

// TestForwarded: what is forwarded is in an attachment, its text and its blocks.
func TestForwarded(t *testing.T) {
	st := slacksim.Start(t, elsewhere())
	m := st.As("ella").In("#random").Uploads("edge.log", []byte("x"), "certificate has expired")
	got := st.As("ella").Forwards(m, "")
	var raw struct {
		Text        string
		Attachments []struct {
			Text          string
			MessageBlocks []object `json:"message_blocks"`
			Files         []object
			IsShare       bool `json:"is_share"`
		}
	}
	if err := json.Unmarshal(got.Raw, &raw); err != nil || raw.Text != "" || len(raw.Attachments) != 1 || raw.Attachments[0].Text != "certificate has expired" ||
		len(raw.Attachments[0].MessageBlocks) != 1 || len(raw.Attachments[0].Files) != 1 || !raw.Attachments[0].IsShare {
		t.Errorf("%v: %+v", err, raw)
	}
	if got, _ := call(t, st, "files.info", "file", m.FileIDs[0]); got["error"] != "file_not_found" {
		t.Errorf("a file of a place where the app is not: %v", got)
	}
}

// TestKindsOfFiles: what files.info says of files that are no bytes in Slack.
func TestKindsOfFiles(t *testing.T) {
	st := slacksim.Start(t, slacksim.Default())
	ids, _, err := st.Share("U0ELLA", "D0ELLA", "", "", slacksim.Upload{Name: "plan.gdoc", External: "gdrive"}, slacksim.Upload{Name: "notes", Canvas: true},
		slacksim.Upload{Name: "edge.log", Data: []byte("x"), Access: "check_file_info"}, slacksim.Upload{Name: "old.log", Data: []byte("x")}, slacksim.Upload{Name: "theirs.log", Access: "access_denied"})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.DeleteFile("U0ELLA", ids[3]); err != nil {
		t.Fatal(err)
	}
	file := func(n int) object { return ok(t, st, "files.info", "file", ids[n])["file"].(object) }
	if f := file(0); f["mode"] != "external" || f["is_external"] != true || f["url_private_download"] != nil {
		t.Errorf("%v", f)
	}
	if f := file(1); f["mode"] != "canvas" {
		t.Errorf("%v", f)
	}
	if f := file(2); f["name"] != "edge.log" || f["file_access"] != "visible" {
		t.Errorf("%v", f)
	}
	if got, _ := call(t, st, "files.info", "file", ids[3]); got["error"] != "file_deleted" {
		t.Errorf("%v", got)
	}
	if f := file(4); f["file_access"] != "access_denied" || f["name"] != nil {
		t.Errorf("%v", f)
	}
	var raw struct{ Files []object }
	if err := json.Unmarshal(st.As("ella").Messages()[0].Raw, &raw); err != nil || raw.Files[2]["file_access"] != "check_file_info" || raw.Files[3]["mode"] != "tombstone" {
		t.Errorf("%v: %v", err, raw.Files)
	}
}

// TestOtherApps post as Slack delivers it: no user, an ID of a bot.
func TestOtherApps(t *testing.T) {
	st := slacksim.Start(t, slacksim.Default())
	ts, err := st.PostOther(slacksim.OtherApp{ID: "A0ALERTS", BotID: "B0ALERTS", Name: "Alertmanager"}, "#support",
		object{"text": "", "attachments": []any{object{"title": "[FIRING:1]", "text": "expired", "fallback": "[FIRING:1]"}}})
	if err != nil {
		t.Fatal(err)
	}
	m := st.As("ella").In("#support").Finds(ts)
	var raw object
	if err := json.Unmarshal(m.Raw, &raw); err != nil || raw["subtype"] != "bot_message" || raw["bot_id"] != "B0ALERTS" || raw["user"] != nil || m.UserName != "Alertmanager" {
		t.Errorf("%v", raw)
	}
}
