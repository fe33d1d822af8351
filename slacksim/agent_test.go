package slacksim_test

import (
	"strings"
	"testing"

	"countersign/slacksim"
)

const agentManifest = `{features: {app_home: {home_tab_enabled: true, messages_tab_enabled: true}, VIEW: {KIND_description: "Looks at certificates"}},
 oauth_config: {scopes: {bot: [SCOPE chat:write, im:history]}},
 settings: {event_subscriptions: {bot_events: [app_home_opened, app_context_changed, assistant_thread_started, assistant_thread_context_changed, message.im]}, socket_mode_enabled: true}}`

// agentOf is a workspace whose app is an agent of a kind: agent or assistant.
func agentOf(t *testing.T, kind, scope string) *slacksim.Stage {
	t.Helper()
	ws := slacksim.Default()
	file := strings.NewReplacer("VIEW", kind+"_view", "KIND", kind, "SCOPE", scope).Replace(agentManifest)
	if err := ws.App.ManifestYAML([]byte(file)); err != nil {
		t.Fatal(err)
	}
	return slacksim.Start(t, ws)
}

// An agent of today lives in its Messages tab; of an older one each chat is a thread. Both are
// told who begins, and what they look at.
func TestAgentEvents(t *testing.T) {
	for kind, want := range map[string][]string{"agent": {"app_home_opened", "message", "app_context_changed"}, "assistant": {"assistant_thread_started", "message", "assistant_thread_context_changed"}} {
		t.Run(kind, func(t *testing.T) {
			st := agentOf(t, kind, "assistant:write,")
			a := connect(t, st, acked)
			at, thread := st.As("ella"), ""
			if _, err := st.StartThread("U0ELLA", ""); (err == nil) != (kind == "assistant") {
				t.Errorf("a chat of its own: %v", err)
			}
			if kind == "agent" {
				if err := st.OpenTab("U0ELLA", "messages"); err != nil {
					t.Fatal(err)
				}
			} else {
				thread = at.Messages()[0].TS
				at = at.InThread(at.Messages()[0])
			}
			at.Says("hello")
			if err := st.LookAt("U0ELLA", thread, "C0SUPPORT"); err != nil {
				t.Fatal(err)
			}
			for _, name := range want {
				inner := a.event(name)
				if name == "message" && (inner["assistant_thread"] == nil || thread != "" && inner["thread_ts"] != thread) {
					t.Errorf("the message is %v", inner)
				}
			}
		})
	}
}

// What Slack refuses of the methods of agents.
func TestAgentMethods(t *testing.T) {
	const status, proposals, title = "assistant.threads.setStatus", "assistant.threads.setSuggestedPrompts", "assistant.threads.setTitle"
	const one, dm = `[{"title":"a","message":"b"}]`, "D0ELLA"
	st := agentOf(t, "agent", "assistant:write,")
	said := st.As("ella").Says("hello").TS
	ok(t, st, proposals, "channel_id", dm, "prompts", one)
	ok(t, st, proposals, "channel_id", dm, "thread_ts", said, "prompts", one)
	ok(t, st, title, "channel_id", dm, "thread_ts", said, "title", "Hello")
	ok(t, st, status, "channel_id", dm, "thread_ts", said, "status", "is thinking…")
	in := st.As("ella").InThread(st.As("ella").Messages()[0])
	if in.Status() != "is thinking…" {
		t.Errorf("the status is %q", in.Status())
	}
	ok(t, st, "chat.postMessage", "channel", dm, "thread_ts", said, "text", "Hello")
	if in.Status() != "" {
		t.Errorf("after the answer the status is %q", in.Status())
	}
	for _, c := range [][]string{
		{"channel_not_found", status, "channel_id", "C0NONE", "thread_ts", said, "status", "x"},
		{"invalid_thread_ts", status, "channel_id", dm, "thread_ts", "1.1", "status", "x"},
		{"invalid_arguments", status, "channel_id", dm, "status", "x"},
		{"invalid_arguments", status, "channel_id", dm, "thread_ts", said},
		{"invalid_arguments", status, "channel_id", dm, "thread_ts", said, "status", "x", "loading_messages", `["1","2","3","4","5","6","7","8","9","10","11"]`},
		{"invalid_arguments", proposals, "channel_id", dm, "prompts", "[" + strings.Repeat(one[1:len(one)-1]+",", 4) + one[1:]},
		{"invalid_arguments", proposals, "channel_id", dm, "prompts", `[{"title":"a"}]`},
		{"invalid_arguments", proposals, "channel_id", "C0SUPPORT", "prompts", one},
		{"invalid_arguments", title, "channel_id", dm, "thread_ts", said},
	} {
		refused(t, st, c[0], c[1], c[2:]...)
	}
	st = agentOf(t, "agent", "")
	for _, method := range []string{proposals, title} {
		if out := refused(t, st, "missing_scope", method, "channel_id", dm); out["needed"] != "assistant:write" {
			t.Errorf("%s: %v", method, out)
		}
	}
	ok(t, st, status, "channel_id", dm, "thread_ts", st.As("ella").Says("hello").TS, "status", "") // chat:write will do
	ws := slacksim.Default()
	ws.App.BotScopes = append(ws.App.BotScopes, "assistant:write")
	ws.Lacks = []string{status}
	plain := slacksim.Start(t, ws)
	refused(t, plain, "feature_not_enabled", title, "channel_id", dm)
	refused(t, plain, "unknown_method", status, "channel_id", dm)
}

// Slack takes no manifest of an agent that does not say what it is.
func TestAgentManifest(t *testing.T) {
	for features, want := range map[string]string{
		"agent_view: {}": "agent_description", "assistant_view: {}": "assistant_description",
		"agent_view: {agent_description: x}, assistant_view: {assistant_description: x}": "cannot both",
		"app_home: {}": "assistant:write requires", "agent_view: {agent_description: x}": "",
	} {
		var app slacksim.App
		err := app.ManifestYAML([]byte("{features: {" + features + "}, oauth_config: {scopes: {bot: [assistant:write]}}}"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", features, err, want)
		}
	}
}
