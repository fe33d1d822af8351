package slacksim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"countersign/slacksim"
)

// Links of the app's domains are told to it, and get the previews that it gives.
func TestUnfurl(t *testing.T) {
	ws := slacksim.Default()
	ws.App.UnfurlDomains, ws.App.Events = []string{"certs.example"}, []string{"link_shared"}
	ws.App.BotScopes = append(ws.App.BotScopes, "links:read", "links:write")
	st := slacksim.Start(t, ws)
	a := connect(t, st, acked)
	ella := st.As("ella").In("#certificates")
	ella.Says("see https://other.example/1")
	said := ella.Says("see https://www.certs.example/requests/REQ-1")
	event := a.event("link_shared")
	const link = "https://www.certs.example/requests/REQ-1"
	if links, _ := json.Marshal(event["links"]); string(links) != `[{"domain":"certs.example","url":"`+link+`"}]` || event["message_ts"] != said.TS || event["channel"] != certificates {
		t.Errorf("the event is %v", event)
	}
	preview := `{"` + link + `":{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"waits for approval"}}]}}`
	for _, c := range [][]string{
		{"cannot_find_channel", "channel", "C0NONE", "ts", said.TS, "unfurls", preview}, {"cannot_find_message", "channel", certificates, "ts", "1.1", "unfurls", preview},
		{"missing_unfurls", "channel", certificates, "ts", said.TS, "unfurls", "{}"}, {"cannot_unfurl_url", "channel", certificates, "ts", said.TS, "unfurls", strings.Replace(preview, "REQ-1", "REQ-2", 1)},
		{"invalid_blocks", "channel", certificates, "ts", said.TS, "unfurls", strings.Replace(preview, "section", "alert", 1)},
	} {
		refused(t, st, c[0], "chat.unfurl", c[1:]...)
	}
	ok(t, st, "chat.unfurl", "channel", certificates, "ts", said.TS, "unfurls", preview)
	if now := ella.Finds(said.TS); !strings.Contains(now.Shown(), "waits for approval") {
		t.Errorf("shown is %q", now.Shown())
	}
}
