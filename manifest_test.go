package countersign_test

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"countersign"
	"countersign/slacksim"
)

// webAPI is the method of Slack's Web API behind each function of slack-go that asks Slack.
var webAPI = map[string]string{
	"AuthTestContext":                            "auth.test",
	"FunctionCompleteErrorContext":               "functions.completeError",
	"FunctionCompleteSuccessContext":             "functions.completeSuccess",
	"GetConversationHistoryContext":              "conversations.history",
	"GetConversationRepliesContext":              "conversations.replies",
	"GetFileContext":                             "files.info", // url_private wants the same scope
	"GetFileInfoContext":                         "files.info",
	"GetUserGroupMembersContext":                 "usergroups.users.list",
	"GetUserInfoContext":                         "users.info",
	"GetConversationInfoContext":                 "conversations.info",
	"ListTeamsContext":                           "auth.teams.list",
	"PushViewContext":                            "views.push",
	"OpenConversationContext":                    "conversations.open",
	"OpenViewContext":                            "views.open",
	"PostEphemeralContext":                       "chat.postEphemeral",
	"PostMessageContext":                         "chat.postMessage",
	"PublishViewContext":                         "views.publish",
	"SetAssistantThreadsStatusContext":           "assistant.threads.setStatus",
	"SetAssistantThreadsSuggestedPromptsContext": "assistant.threads.setSuggestedPrompts",
	"SetAssistantThreadsTitleContext":            "assistant.threads.setTitle",
	"RunContext":                                 "apps.connections.open", // of socketmode
	"StartSocketModeContext":                     "apps.connections.open",
	"UpdateMessageContext":                       "chat.update",
	"UpdateViewContext":                          "views.update",
	"UploadFileContext":                          "files.completeUploadExternal",
	"GetUploadURLExternalContext":                "files.getUploadURLExternal",
	"CompleteUploadExternalContext":              "files.completeUploadExternal",
}

// kinds are the prefixes of scopes that are for one kind of conversation.
var kinds = []string{"channels", "groups", "im", "mpim"}

// calledFor are the kinds of conversations that a method is called for, where not for all of which
// messages are heard: direct messages are opened, and channels of the configuration looked at.
var calledFor = map[string][]string{"conversations.open": {"im"}, "conversations.info": {"channels", "groups"}}

// TestManifestAsksForWhatIsUsed: the scopes and events of manifest.yml are those that the
// bot cannot do without. One too few is found out late; one too many is power that nobody
// has agreed to.
func TestManifestAsksForWhatIsUsed(t *testing.T) {
	var app slacksim.App
	if err := app.ManifestYAML(countersign.Manifest); err != nil {
		t.Fatal(err)
	}
	calls, hears := slackUse(t)
	scopes, heard, talks := map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, event := range app.Events {
		name, kind, _ := strings.Cut(event, ".")
		heard[name] = true
		if !hears[name] {
			t.Errorf("manifest.yml subscribes to %s, which the bot does nothing about", event)
		}
		if name == "message" {
			talks[strings.TrimSuffix(kind, "s")] = true // message.channels, message.im
		}
		if scope := slacksim.EventScope(event); scope != "" {
			scopes[scope] = "the event " + event
		}
	}
	for name := range hears {
		if !heard[name] {
			t.Errorf("the bot listens to %s, to which manifest.yml does not subscribe", name)
		}
	}
	for _, call := range slices.Sorted(maps.Keys(calls)) {
		method, known := webAPI[call]
		anyOf, modelled := slacksim.MethodScopes(method)
		if !known || !modelled {
			t.Errorf("bot calls %s (%q): say in webAPI which method of the Web API that is; slacksim models it: %v", call, method, modelled)
		}
		for _, scope := range anyOf {
			kind, _, _ := strings.Cut(scope, ":")
			byKind := len(anyOf) > 1 && slices.Contains(kinds, kind)
			switch {
			case method == "apps.connections.open": // a scope of the app-level token
			case byKind && calledFor[method] != nil && !slices.Contains(calledFor[method], kind):
			case byKind && calledFor[method] == nil && !talks[strings.TrimSuffix(kind, "s")]:
			default:
				scopes[scope] = method
			}
		}
	}
	if len(app.Commands)+len(app.Shortcuts) > 0 {
		scopes["commands"] = "commands and shortcuts"
	}
	for scope, why := range scopes {
		if !slices.Contains(app.BotScopes, scope) {
			t.Errorf("manifest.yml does not ask for %s, which %s needs", scope, why)
		}
	}
	for _, scope := range app.BotScopes {
		if scopes[scope] == "" {
			t.Errorf("manifest.yml asks for %s, which no method and no event of the bot needs", scope)
		}
	}
	for call := range webAPI {
		if !calls[call] {
			t.Errorf("webAPI has %s, which bot does not call", call)
		}
	}
}

// slackUse finds the functions of slack-go by which bot asks Slack, and the events that it
// tells apart.
func slackUse(t *testing.T) (calls, events map[string]bool) {
	t.Helper()
	exports, all := exported(t)
	p := all[slices.IndexFunc(all, func(p pkg) bool { return p.ImportPath == module+"bot" })]
	_, info, _, files := typed(t, p, exports)
	calls, events = map[string]bool{}, map[string]bool{}
	for _, obj := range info.Uses {
		f, ok := obj.(*types.Func)
		if !ok || f.Pkg() == nil || !strings.HasPrefix(f.Pkg().Path(), "github.com/slack-go/slack") || f.Signature().Recv() == nil {
			continue
		}
		if strings.HasSuffix(f.Name(), "Context") && strings.HasSuffix(f.Signature().Recv().Type().String(), ".Client") {
			calls[f.Name()] = true
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SwitchStmt)
			if !ok {
				return true
			}
			if tag, ok := s.Tag.(*ast.SelectorExpr); !ok || tag.Sel.Name != "Type" || info.TypeOf(tag.X).String() != module+"bot.innerEvent" {
				return true
			}
			for _, clause := range s.Body.List {
				for _, e := range clause.(*ast.CaseClause).List { //nolint:errcheck // what a switch consists of
					if v := info.Types[e].Value; v != nil {
						events[constant.StringVal(v)] = true
					}
				}
			}
			return true
		})
	}
	if len(calls) < 10 || len(events) < 5 {
		t.Fatalf("found the calls %v and the events %v only: the test looks at the wrong place", calls, events)
	}
	return calls, events
}
