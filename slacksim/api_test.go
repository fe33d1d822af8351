package slacksim_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

func TestTokens(t *testing.T) {
	st := stage(t)
	app := st.App()
	for _, c := range []struct{ name, token, method, want string }{
		{"none", "", "auth.test", "not_authed"},
		{"unknown", "xoxb-nobody", "auth.test", "invalid_auth"},
		{"bot token for sockets", app.BotToken, "apps.connections.open", "not_allowed_token_type"},
		{"app token for messages", app.AppToken, "chat.postMessage", "not_allowed_token_type"},
		{"not modelled", app.BotToken, "admin.users.list", "unknown_method"},
		{"ended", app.BotToken, "files.upload", "method_deprecated"},
	} {
		if out, _ := callAs(t, st, c.token, c.method); out["error"] != c.want {
			t.Errorf("%s: %v, want %s", c.name, out, c.want)
		}
	}
	// An app-level token in the form, not the header.
	if out, _ := callAs(t, st, "", "apps.connections.open", "token", app.AppToken); out["error"] != "invalid_auth" {
		t.Errorf("app token in the form: %v", out)
	}
	if status, out := respond(t, st.APIURL()+"auth.test", object{"token": app.BotToken}); out["error"] != "not_authed" {
		t.Errorf("bot token in a JSON body: %d %v", status, out)
	}
	if status, out := respond(t, st.APIURL()+"auth.test?token="+app.BotToken, object{}); out["error"] != "not_authed" {
		t.Errorf("bot token in the query: %d %v", status, out)
	}
	if out, _ := callAs(t, st, "", "auth.test", "token", app.BotToken); out["ok"] != true || out["bot_id"] != app.BotID {
		t.Errorf("bot token in the form: %v", out)
	}
}

func TestScopes(t *testing.T) {
	ws := slacksim.Default()
	ws.App.BotScopes, ws.App.AppScopes = []string{"commands", "channels:read"}, []string{}
	st := slacksim.Start(t, ws)
	for method, needed := range map[string]string{"chat.postMessage": "chat:write", "users.info": "users:read", "files.info": "files:read",
		"users.lookupByEmail": "users:read.email", "usergroups.list": "usergroups:read", "reactions.add": "reactions:write"} {
		out := refused(t, st, "missing_scope", method)
		if out["needed"] != needed || out["provided"] != "commands,channels:read" {
			t.Errorf("%s: needed %v, provided %v", method, out["needed"], out["provided"])
		}
	}
	out := refused(t, st, "missing_scope", "conversations.list", "types", "public_channel,private_channel")
	if out["needed"] != "groups:read" {
		t.Errorf("private channels need %v", out["needed"])
	}
	if out, _ := callAs(t, st, st.App().AppToken, "apps.connections.open"); out["error"] != "missing_scope" || out["needed"] != "connections:write" {
		t.Errorf("apps.connections.open: %v", out)
	}
}

func TestPosting(t *testing.T) {
	ws := slacksim.Default()
	ws.Channels = append(ws.Channels, slacksim.Channel{Name: "others", Members: []string{"ella"}}, slacksim.Channel{Name: "secret", Private: true, Members: []string{"ella"}})
	st := slacksim.Start(t, ws)
	refused(t, st, "channel_not_found", "chat.postMessage", "channel", "C0NONE", "text", "x")
	refused(t, st, "not_in_channel", "chat.postMessage", "channel", "#others", "text", "x")
	refused(t, st, "channel_not_found", "chat.postMessage", "channel", "C0SECRET", "text", "x")
	refused(t, st, "no_text", "chat.postMessage", "channel", certificates)
	refused(t, st, "invalid_blocks_format", "chat.postMessage", "channel", certificates, "blocks", "{")
	refused(t, st, "cannot_reply_to_message", "chat.postMessage", "channel", certificates, "text", "x", "thread_ts", "1.000001")
	out := refused(t, st, "invalid_blocks", "chat.postMessage", "channel", certificates, "text", "x", "blocks", `[{"type":"header","text":{"type":"plain_text","text":""}}]`)
	if meta, _ := out["response_metadata"].(object); fmt.Sprint(meta["messages"]) != "[[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]]" {
		t.Errorf("response_metadata is %v", out["response_metadata"])
	}

	one := ok(t, st, "chat.postMessage", "channel", certificates, "text", "a & b <@U0ELLA> <oops", "metadata", `{"event_type":"k","event_payload":{"key":"7"}}`)
	two := ok(t, st, "chat.postMessage", "channel", "#certificates", "text", "second", "blocks", buttonBlocks)
	ts, _ := one["ts"].(string)
	ts2, _ := two["ts"].(string)
	if ts >= ts2 {
		t.Errorf("ts %q is not before %q", ts, ts2)
	}
	st.As("ella").In("#certificates").Sees("a &amp; b <@U0ELLA> &lt;oops")

	refused(t, st, "msg_too_long", "chat.update", "channel", certificates, "ts", ts, "text", strings.Repeat("字", 4001))
	refused(t, st, "message_not_found", "chat.update", "channel", certificates, "ts", "1.000001", "text", "x")
	mine := st.As("ella").In("#certificates").Says("hers")
	refused(t, st, "cant_update_message", "chat.update", "channel", certificates, "ts", mine.TS, "text", "x")
	refused(t, st, "cant_delete_message", "chat.delete", "channel", certificates, "ts", mine.TS)

	// Blocks that are left out stay; an empty array takes them away.
	kept, _ := ok(t, st, "chat.update", "channel", certificates, "ts", ts2, "text", "third")["message"].(object)
	gone, _ := ok(t, st, "chat.update", "channel", certificates, "ts", ts2, "text", "third", "blocks", "[]")["message"].(object)
	if kept["blocks"] == nil || gone["blocks"] != nil || gone["edited"] == nil {
		t.Errorf("update kept %v, then %v", kept["blocks"], gone["blocks"])
	}
	history := ok(t, st, "conversations.history", "channel", certificates, "include_all_metadata", "true")
	all, _ := history["messages"].([]any)
	if last, _ := all[len(all)-1].(object); fmt.Sprint(last["metadata"]) != "map[event_payload:map[key:7] event_type:k]" {
		t.Errorf("metadata came back as %v", last["metadata"])
	}
	ok(t, st, "chat.delete", "channel", certificates, "ts", ts2)
	refused(t, st, "message_not_found", "chat.delete", "channel", certificates, "ts", ts2)
	refused(t, st, "user_not_in_channel", "chat.postEphemeral", "channel", "C0CERTAPPROVALS", "user", "U0ELLA", "text", "x")
}

func TestThreadsAndPages(t *testing.T) {
	st := stage(t, slacksim.Options{RateScale: 100})
	root, _ := ok(t, st, "chat.postMessage", "channel", certificates, "text", "root")["ts"].(string)
	for i := range 5 {
		ok(t, st, "chat.postMessage", "channel", certificates, "text", fmt.Sprint("reply ", i), "thread_ts", root)
	}
	history := ok(t, st, "conversations.history", "channel", certificates)
	if all, _ := history["messages"].([]any); len(all) != 1 || all[0].(object)["reply_count"] != 5.0 {
		t.Errorf("history shows %v", all)
	}
	var texts []string
	cursor := ""
	for range 10 {
		page := ok(t, st, "conversations.replies", "channel", certificates, "ts", root, "limit", "2", "cursor", cursor)
		for _, m := range page["messages"].([]any) {
			texts = append(texts, m.(object)["text"].(string))
		}
		meta, _ := page["response_metadata"].(object)
		if cursor, _ = meta["next_cursor"].(string); cursor == "" {
			break
		}
	}
	if got := strings.Join(texts, ","); got != "root,reply 0,reply 1,reply 2,reply 3,reply 4" {
		t.Errorf("replies by pages: %s", got)
	}
	refused(t, st, "invalid_cursor", "conversations.replies", "channel", certificates, "ts", root, "cursor", "???")
	refused(t, st, "thread_not_found", "conversations.replies", "channel", certificates, "ts", "1.000001")
}

func TestRateLimits(t *testing.T) {
	st := stage(t)
	limited := func(method string, args ...string) (int, string) {
		for n := 1; n <= 200; n++ {
			if _, resp := call(t, st, method, args...); resp.StatusCode == http.StatusTooManyRequests {
				return n, resp.Header.Get("Retry-After")
			}
		}
		return 0, ""
	}
	if n, after := limited("users.list"); n != 21 || after != "3" { // tier 2: 20 a minute
		t.Errorf("users.list is limited at call %d for %s s", n, after)
	}
	if n, after := limited("chat.postMessage", "channel", certificates, "text", "x"); n < 11 || n > 13 || after != "1" {
		t.Errorf("chat.postMessage is limited at call %d for %s s", n, after)
	}
	ok(t, st, "chat.postMessage", "channel", "C0SUPPORT", "text", "another channel has its own limit")
}

func TestPeopleOfTheAPI(t *testing.T) {
	ws := slacksim.Default()
	ws.People = append(ws.People, slacksim.Person{Handle: "gone", Deleted: true})
	ws.Channels = append(ws.Channels, slacksim.Channel{Name: "others", Members: []string{"ella"}})
	st := slacksim.Start(t, ws)
	user, _ := ok(t, st, "users.info", "user", "U0BOLIN", "include_locale", "true")["user"].(object)
	if user["locale"] != "zh-CN" || user["profile"].(object)["email"] != "bolin@acme-voice.example" {
		t.Errorf("users.info: %v", user)
	}
	gil, _ := ok(t, st, "users.info", "user", "U0GIL")["user"].(object)
	if gil["is_stranger"] != true || gil["team_id"] != "T0PARTNER" || gil["profile"].(object)["email"] != nil {
		t.Errorf("a guest of another team: %v", gil)
	}
	refused(t, st, "users_not_found", "users.lookupByEmail", "email", "gil@partner.example")
	refused(t, st, "users_not_found", "users.lookupByEmail", "email", "gone@acme-voice.example")
	refused(t, st, "user_not_found", "users.info", "user", "U0NOBODY")
	refused(t, st, "no_such_subteam", "usergroups.users.list", "usergroup", "S0NONE")
	group := ok(t, st, "usergroups.users.list", "usergroup", "S0PKIAPPROVERS")
	if fmt.Sprint(group["users"]) != "[U0ANSELM U0BOLIN]" {
		t.Errorf("user group: %v", group)
	}
	refused(t, st, "cannot_dm_bot", "conversations.open", "users", "U0BUILDBOT")
	refused(t, st, "user_disabled", "conversations.open", "users", "U0GONE")
	refused(t, st, "not_in_channel", "files.completeUploadExternal", "files", `[{"id":"F"}]`, "channel_id", "C0OTHERS")
	refused(t, st, "invalid_channel", "files.completeUploadExternal", "files", `[{"id":"F"}]`, "channel_id", "U0ELLA")
	refused(t, st, "file_not_found", "files.completeUploadExternal", "files", `[{"id":"F"}]`, "channel_id", certificates)
}

func TestUploadLength(t *testing.T) {
	st := stage(t)
	out := ok(t, st, "files.getUploadURLExternal", "filename", "a.pem", "length", "5")
	target, _ := out["upload_url"].(string)
	resp, err := http.Post(target, "application/octet-stream", strings.NewReader("four"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a body of the wrong length answered %d", resp.StatusCode)
	}
	refused(t, st, "file_not_found", "files.completeUploadExternal", "files", fmt.Sprintf(`[{"id":%q}]`, out["file_id"]), "channel_id", certificates)
	resp, err = http.Get(st.URL() + "/files-pri/T0ACME-" + out["file_id"].(string) + "/a.pem")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.Request.URL.Query().Get("redir") == "" || !strings.Contains(string(body), "Sign in") {
		t.Errorf("without a token the file answers %s at %s", body, resp.Request.URL)
	}
}

func TestTriggers(t *testing.T) {
	st := stage(t, slacksim.Options{TriggerLife: 80 * time.Millisecond})
	a := connect(t, st, acked)
	refused(t, st, "invalid_trigger_id", "views.open", "trigger_id", "1.2.3", "view", modalView)
	id := trigger(t, st, a)
	out := refused(t, st, "invalid_arguments", "views.open", "trigger_id", id, "view", strings.Replace(modalView, `"text":"Form"`, `"text":"A title of more than 24 characters"`, 1))
	if !strings.Contains(fmt.Sprint(out["response_metadata"]), "must be less than 25 characters [json-pointer:/view/title/text]") {
		t.Errorf("an invalid view answered %v", out)
	}
	ok(t, st, "views.open", "trigger_id", id, "view", modalView) // the refusal has not used it up
	refused(t, st, "exchanged_trigger_id", "views.open", "trigger_id", id, "view", modalView)
	late := trigger(t, st, a)
	time.Sleep(100 * time.Millisecond) // the life of a trigger is real time
	refused(t, st, "expired_trigger_id", "views.open", "trigger_id", late, "view", modalView)
}
