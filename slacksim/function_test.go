package slacksim_test

import (
	"strings"
	"testing"

	"countersign/slacksim"
)

const stepManifest = `{functions: {greet: {title: Greet, description: Says hello,
  input_parameters: {user: {type: "slack#/types/user_id", title: Whom, is_required: true}, often: {type: integer, title: How often}},
  output_parameters: {said: {type: string, title: Words, is_required: true}}}},
 oauth_config: {scopes: {bot: [chat:write]}},
 settings: {event_subscriptions: {bot_events: [function_executed]}, socket_mode_enabled: true, org_deploy_enabled: true, function_runtime: remote}}`

// A step of a workflow comes as an event, and is answered once, with what it promises.
func TestSteps(t *testing.T) {
	ws := slacksim.Default()
	if err := ws.App.ManifestYAML([]byte(stepManifest)); err != nil {
		t.Fatal(err)
	}
	st := slacksim.Start(t, ws)
	a := connect(t, st, acked)
	for _, inputs := range []map[string]any{{}, {"user": "U0NOBODY"}, {"user": "U0ELLA", "often": "x"}, {"user": "U0ELLA", "more": 1}} {
		if id, err := st.RunStep("greet", inputs); err == nil {
			t.Errorf("%v runs as %s", inputs, id)
		}
	}
	if _, err := st.RunStep("other", nil); err == nil {
		t.Error("a step that is none runs")
	}
	id := st.Runs("greet", map[string]any{"user": "U0ELLA", "often": 2})
	event := a.event("function_executed")
	if event["function_execution_id"] != id || event["inputs"].(object)["user"] != "U0ELLA" || event["function"].(object)["callback_id"] != "greet" {
		t.Errorf("the event is %v", event)
	}
	const success, failure = "functions.completeSuccess", "functions.completeError"
	refused(t, st, "function_execution_not_found", success, "function_execution_id", "Fx0", "outputs", "{}")
	refused(t, st, "parameter_validation_failed", success, "function_execution_id", id, "outputs", "{}")
	refused(t, st, "parameter_validation_failed", success, "function_execution_id", id, "outputs", `{"said":"x","more":"y"}`)
	refused(t, st, "invalid_arguments", failure, "function_execution_id", id)
	if !st.Running(id) {
		t.Error("a refusal has answered it")
	}
	ok(t, st, success, "function_execution_id", id, "outputs", `{"said":"hello"}`)
	if got := st.Ends(id); got.Outputs["said"] != "hello" || got.Error != "" {
		t.Errorf("answered %v", got)
	}
	refused(t, st, "execution_not_in_running_state", failure, "function_execution_id", id, "error", "too late")
	other := st.Runs("greet", map[string]any{"user": "U0ELLA"})
	ok(t, st, failure, "function_execution_id", other, "error", "nobody is there")
	if got := st.Ends(other); got.Error != "nobody is there" {
		t.Errorf("answered %v", got)
	}
}

// The page's API has a workflow come to a step too.
func TestStepOfThePage(t *testing.T) {
	ws := slacksim.Default()
	if err := ws.App.ManifestYAML([]byte(stepManifest)); err != nil {
		t.Fatal(err)
	}
	st := slacksim.Start(t, ws)
	b := browser{t, st}
	id, _ := b.post("/sim/step", object{"callback_id": "greet", "inputs": object{"user": "U0ELLA", "often": 2}})["function_execution_id"].(string)
	if id == "" || !st.Running(id) {
		t.Errorf("the run is %q", id)
	}
	if out := b.post("/sim/step", object{"callback_id": "greet"}); out["ok"] != false || out["error"] != "missing required parameter: user" {
		t.Errorf("without a person it answers %v", out)
	}
}

// Slack takes no steps of an app that is not ready for organisations, or leaves running them to Slack.
func TestStepManifest(t *testing.T) {
	for old, want := range map[string]string{", org_deploy_enabled: true": "org_deploy_enabled", ", function_runtime: remote": "function_runtime", "title: Greet, ": "title and description", "type: integer": ""} {
		var app slacksim.App
		err := app.ManifestYAML([]byte(strings.Replace(stepManifest, old, map[bool]string{true: "type: number"}[old == "type: integer"], 1)))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("without %q: %v, want %q", old, err, want)
		}
	}
}
