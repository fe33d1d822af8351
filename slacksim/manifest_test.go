package slacksim_test

import (
	"strings"
	"testing"

	"countersign/slacksim"
)

// Slack takes no manifest whose events or clicks have nowhere to go.
func TestManifestDoors(t *testing.T) {
	const events, clicks = "event_subscriptions: {bot_events: [app_mention], ", "interactivity: {is_enabled: true, "
	for settings, want := range map[string]string{
		events + "}":                            "Event Subscription requires either Request URL or Socket Mode Enabled",
		clicks + "}":                            "Interactivity requires a Request URL",
		events + "}, socket_mode_enabled: true": "",
		clicks + "}, socket_mode_enabled: true": "",
		events + "request_url: 'https://a.example/e'}, " + clicks + "request_url: 'https://a.example/i'}": "",
	} {
		var app slacksim.App
		switch err := app.ManifestYAML([]byte("settings: {" + settings + "}")); {
		case want == "" && err != nil:
			t.Errorf("%s: %v", settings, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", settings, err, want)
		}
	}
	var app slacksim.App
	const own = `{features: {slash_commands: [{command: /a, url: 'https://a.example/c'}]},
 settings: {event_subscriptions: {bot_events: [app_mention], request_url: 'https://a.example/e'}, interactivity: {is_enabled: true, request_url: 'https://a.example/i'}`
	if err := app.ManifestYAML([]byte(own + "}}")); err != nil || app.URLs != (slacksim.RequestURLs{Events: "https://a.example/e", Interactivity: "https://a.example/i", Commands: "https://a.example/c"}) {
		t.Errorf("%+v, %v", app.URLs, err)
	}
	if err := app.ManifestYAML([]byte(own + ", socket_mode_enabled: true}}")); err != nil || app.URLs != (slacksim.RequestURLs{}) {
		t.Errorf("in Socket Mode %+v, %v", app.URLs, err)
	}
}
