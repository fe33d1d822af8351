package slacksim_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"countersign/slacksim"
)

// samples are payloads out of the tests of Slack's SDKs. They stand beside the product, not in
// it; without them there is nothing to be compared with.
const samples = "../../shared/corpus/slack-payloads.json"

// content is what apps and people put into a payload, of whatever shape they like.
var content = []string{"blocks", "attachments", "message_blocks", "state", "inputs", "metadata", "private_metadata", "files", "value", "values", "actions", "file"}

// notCompared are the parts in which we differ from the samples, each with why.
var notCompared = map[string]string{
	"subteam_updated: subteam/prefs/channels[]": "no group here has channels", "subteam_updated: subteam/prefs/groups[]": "the same",
}

// nowhere are the parts that no sample has anywhere, each with where they are documented.
var nowhere = map[string]string{
	"event_callback: context_team_id": "Events API, callback field; bolt reads it", "event_callback: context_enterprise_id": "the same",
	"app_home_opened: view/submit_disabled": "views of workflow steps, in slack-go's View", "view_closed: view/submit_disabled": "the same", "view_submission: view/submit_disabled": "the same",
}

// noSample are the kinds that the SDKs have no sample of: they follow Slack's reference pages.
// Answers of the Web API are not compared: of those that the workspace gives, the samples have none.
var noSample = []string{"channel_archive", "channel_left", "channel_unarchive", "message.assistant_app_thread"}

// shape is which types stand at which paths of a payload; those of an array stand at one.
type shape map[string]map[string]bool

func (s shape) add(path string, v any) {
	kind := map[bool]string{true: "null"}[v == nil]
	switch v := v.(type) {
	case map[string]any:
		kind = "object"
		for key, child := range v {
			if p := strings.TrimPrefix(path+"/"+key, "/"); slices.Contains(content, key) {
				s.at(p, "content")
			} else {
				s.add(p, child)
			}
		}
	case []any:
		kind = "array"
		for _, child := range v {
			s.add(path+"[]", child)
		}
	case string:
		kind = "string"
	case float64:
		kind = "number"
	case bool:
		kind = "boolean"
	}
	s.at(path, kind)
}

func (s shape) at(path, kind string) {
	if s[path] == nil {
		s[path] = map[string]bool{}
	}
	s[path][kind] = true
}

// kindOf names what a payload is: of an event its own type, else that of the interaction.
func kindOf(p map[string]any) string {
	kind, _ := p["type"].(string)
	if sub, _ := p["subtype"].(string); sub != "" {
		kind += "." + sub
	}
	if p["command"] != nil {
		kind = "slash command"
	}
	return kind
}

// everything has each kind of payload sent that the workspace knows.
func everything(t *testing.T) *slacksim.Stage {
	t.Helper()
	ws := slacksim.Default()
	ws.App.Events = []string{"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "file_shared", "reaction_added", "member_joined_channel", "member_left_channel",
		"channel_left", "channel_archive", "channel_unarchive", "subteam_members_changed", "subteam_updated", "user_change", "team_join", "function_executed", "link_shared",
		"assistant_thread_started", "assistant_thread_context_changed", "tokens_revoked", "app_uninstalled"}
	ws.App.BotScopes = append(ws.App.BotScopes, "assistant:write", "links:read", "links:write")
	ws.App.AssistantView, ws.App.UnfurlDomains = true, []string{"certs.example"}
	ws.App.Functions = []slacksim.Function{{CallbackID: "greet", Title: "Greet", Description: "Says hello",
		Inputs: []slacksim.Parameter{{Name: "user", Type: "slack#/types/user_id", Title: "Whom", Required: true}}, Outputs: []slacksim.Parameter{{Name: "said", Type: "string", Title: "Words"}}}}
	st := slacksim.Start(t, ws)
	a := connect(t, st, acked)
	ella := st.As("ella").In("#certificates")
	said := ella.Says("@Countersign hello, see https://www.certs.example/1")
	ella.Edits(said, "@Countersign hello again")
	ella.InThread(said).Says("in the thread")
	ella.Uploads("trace.log", []byte("x"), "look")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	begun, err := st.StartThread("U0ELLA", "C0CERTIFICATES")
	must(err)
	chat := st.As("ella").InThread(st.As("ella").Finds(begun))
	chat.Says("hello")
	must(st.LookAt("U0ELLA", begun, "C0SUPPORT"))
	must(st.OpenTab("U0ELLA", "home"))
	ok(t, st, "views.publish", "user_id", "U0ELLA", "view", `{"type":"home","blocks":[]}`)
	must(st.OpenTab("U0ELLA", "home"))
	must(st.React("U0ELLA", certificates, said.TS, "eyes"))
	must(st.Remove("#certificates", "sam"))
	must(st.Invite("#certificates", "sam"))
	must(st.SetGroup("pki-approvers", "anselm", "sam"))
	must(st.ChangePerson("sam", func(p *slacksim.Person) { p.Title = "Lead" }))
	st.Runs("greet", map[string]any{"user": "U0ELLA"})
	id := trigger(t, st, a)
	ok(t, st, "views.open", "trigger_id", id, "view", strings.Replace(modalView, `"type":"modal"`, `"type":"modal","notify_on_close":true`, 1))
	ella.Submits(ella.SeesModal("Form"), map[string]any{"Name": "x"})
	ok(t, st, "views.open", "trigger_id", trigger(t, st, a), "view", strings.Replace(modalView, `"type":"modal"`, `"type":"modal","notify_on_close":true`, 1))
	ella.Closes(ella.SeesModal("Form"))
	ok(t, st, "chat.postMessage", "channel", certificates, "text", "x", "blocks", `[{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"go","value":"v","text":{"type":"plain_text","text":"Go"}},
		{"type":"external_select","action_id":"find","min_query_length":0,"placeholder":{"type":"plain_text","text":"Find"}}]}]`)
	posted := ella.Sees()
	ella.Clicks(posted, "Go")
	_, _ = st.Suggest(t.Context(), "U0ELLA", slacksim.Place{Type: "message", Channel: certificates, TS: posted.TS}, "b", "find", "x") // the answer is none
	ella.UsesShortcut("Request a certificate")
	ella.UsesMessageShortcut("Diagnose this message", said)
	ts, _ := ok(t, st, "chat.postMessage", "channel", certificates, "text", "gone")["ts"].(string)
	ok(t, st, "chat.delete", "channel", certificates, "ts", ts)
	must(st.Archive("#support"))
	must(st.Unarchive("#support"))
	must(st.Remove("#support", "countersign"))
	st.Quiet(0)
	return st
}

// TestSamples: what is sent has the shape of what Slack sends, as far as its SDKs' samples show:
// where both have a part it is of the same type; what all samples of a kind have, and what only
// we have, is there or listed with the reason.
func TestSamples(t *testing.T) {
	raw, err := os.ReadFile(samples)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all [][2]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	theirs, ours, known := map[string][]shape{}, map[string][]shape{}, map[string]bool{"": true}
	take := func(to map[string][]shape, payload map[string]any) {
		if inner, ok := payload["payload"].(map[string]any); ok && payload["envelope_id"] != nil {
			payload = inner
		}
		if event, ok := payload["event"].(map[string]any); ok {
			outer := shape{}
			rest := maps.Clone(payload)
			delete(rest, "event")
			outer.add("", rest)
			to["event_callback"] = append(to["event_callback"], outer)
			payload = event
		}
		s := shape{}
		s.add("", payload)
		to[kindOf(payload)] = append(to[kindOf(payload)], s)
	}
	for _, s := range all {
		var payload map[string]any
		if json.Unmarshal(s[1], &payload) == nil {
			take(theirs, payload)
		}
		keys(s[1], known)
	}
	for _, e := range everything(t).Transcript().Entries() {
		if e.Direction != slacksim.ToApp || !slices.Contains([]string{"event", "interaction", "command"}, e.Kind) {
			continue
		}
		var payload map[string]any
		if err := json.Unmarshal(e.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		take(ours, payload)
	}
	compared := 0
	for _, kind := range slices.Sorted(maps.Keys(ours)) {
		if len(theirs[kind]) == 0 {
			if !slices.Contains(noSample, kind) {
				t.Errorf("no sample of %s: list it", kind)
			}
			continue
		}
		compared++
		compare(t, kind, ours[kind], theirs[kind], known)
	}
	if compared < 20 {
		t.Errorf("%d kinds compared", compared)
	}
	for _, list := range []map[string]string{notCompared, nowhere} {
		for part := range list {
			if !used[part] {
				t.Errorf("listed and not needed: %s", part)
			}
		}
	}
}

// keys adds those of every object in a payload.
func keys(raw json.RawMessage, to map[string]bool) {
	var object map[string]json.RawMessage
	var array []json.RawMessage
	if json.Unmarshal(raw, &object) == nil {
		for key, child := range object {
			to[key] = true
			keys(child, to)
		}
	} else if json.Unmarshal(raw, &array) == nil {
		for _, child := range array {
			keys(child, to)
		}
	}
}

var used = map[string]bool{}

// listed finds the entry for a part: of its kind, or of any.
func listed(list map[string]string, kind, path string) bool {
	for _, name := range []string{kind + ": " + path, path} {
		if _, ok := list[name]; ok {
			used[name] = true
			return true
		}
	}
	return false
}

func compare(t *testing.T, kind string, ours, theirs []shape, known map[string]bool) {
	t.Helper()
	merged := func(all []shape) shape {
		out := shape{}
		for _, s := range all {
			for path, kinds := range s {
				for k := range kinds {
					out.at(path, k)
				}
			}
		}
		return out
	}
	we, they := merged(ours), merged(theirs)
	for path, kinds := range they {
		everywhere := !slices.ContainsFunc(theirs, func(s shape) bool { return s[path] == nil })
		switch {
		case we[path] == nil && everywhere && !listed(notCompared, kind, path):
			t.Errorf("%s lacks %s (%v)", kind, path, slices.Sorted(maps.Keys(kinds)))
		case we[path] != nil:
			for k := range we[path] {
				if !kinds[k] && k != "null" && !kinds["null"] {
					t.Errorf("%s: %s is %s, in the samples %v", kind, path, k, slices.Sorted(maps.Keys(kinds)))
				}
			}
		}
	}
	for path := range we {
		key := strings.TrimRight(path[strings.LastIndexByte(path, '/')+1:], "[]")
		if they[path] == nil && !known[key] && !listed(nowhere, kind, path) {
			t.Errorf("%s has %s, and no sample of anything has %s", kind, path, key)
		}
	}
}
