package bot_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

// samples are payloads out of the tests of Slack's SDKs. They stand beside the product, not in
// it; without them there is nothing to be sent.
const samples = "../../shared/corpus/slack-payloads.json"

// notOurs are the samples that are not decoded: events that the app does not subscribe to,
// whose channel is no ID or that are none of the kinds that have one, and parts of messages
// that are sent as if they were events.
var notOurs = map[string]bool{
	"channel_created": true, "channel_joined": true, "group_joined": true, "im_created": true,
	"shared_channel_invite_accepted": true, "shared_channel_invite_approved": true, "shared_channel_invite_declined": true, "shared_channel_invite_received": true,
	"alert": true, "section": true, "workflow_button": true,
}

// interactions are the types of what comes of clicks.
var interactions = []string{"block_actions", "block_suggestion", "view_submission", "view_closed", "shortcut", "message_action", "interactive_message",
	"dialog_submission", "dialog_cancellation", "dialog_suggestion", "workflow_step_edit"}

// TestSamples: everything that Slack's SDKs are tested with is acknowledged, through both
// doors, as whatever it could arrive as; what of it cannot be decoded is not for us.
func TestSamples(t *testing.T) {
	raw, err := os.ReadFile(samples)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(err)
	}
	must(t, err)
	var all [][2]json.RawMessage
	must(t, json.Unmarshal(raw, &all))
	if len(all) != 291 {
		t.Fatalf("%d samples", len(all))
	}
	said := &lines{}
	r := newRig(t, slacksim.Default(), slacksim.Options{Retries: []time.Duration{}})
	r.log = slog.New(slog.NewTextHandler(said, nil))
	b := r.run(t)
	server := httptest.NewServer(b.HTTPHandler())
	t.Cleanup(server.Close)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { _ = b.RunSocket(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	r.Connected(2)

	undecoded := map[string]bool{}
	for i, s := range all {
		for _, sent := range arrivals(s[1]) {
			from := len(said.String())
			if status := signed(t, r, server.URL, sent.kind, sent.raw); status != http.StatusOK {
				t.Errorf("%d %s over HTTP as %s: %d", i, s[0], sent.kind, status)
			}
			var payload map[string]any
			must(t, json.Unmarshal(sent.raw, &payload))
			if _, err := r.Forge(ctx, sent.kind, payload); err != nil {
				t.Errorf("%d %s over the socket as %s: %v", i, s[0], sent.kind, err)
			}
			name := nameOf(payload)
			if logged := said.String()[from:]; strings.Contains(logged, "decode_error=true") {
				if sent.kind != "interactive" || slices.Contains(interactions, name) { // else it is none
					undecoded[name] = true
				}
			} else if strings.Contains(logged, "panic") {
				t.Errorf("%d %s as %s: %s", i, s[0], sent.kind, logged)
			}
		}
	}
	for name := range undecoded {
		if !notOurs[name] {
			t.Errorf("not decoded: %s", name)
		}
	}
	for name := range notOurs {
		if !undecoded[name] {
			t.Errorf("decoded by now: %s", name)
		}
	}
	if ready, why := b.Health().Ready(); !ready {
		t.Error(why)
	}
}

type arrival struct {
	kind string // as Socket Mode calls it
	raw  json.RawMessage
}

// arrivals are the ways in which a sample could come: an envelope of Socket Mode as what it
// holds, an outer event as it is, anything else as the event that it is, as the message that
// shows it, and as an interaction.
func arrivals(sample json.RawMessage) []arrival {
	var of map[string]any
	if json.Unmarshal(sample, &of) != nil {
		return nil // of the corpus these are lists of packages
	}
	if payload, ok := of["payload"].(map[string]any); ok && of["envelope_id"] != nil {
		kind, _ := of["type"].(string)
		return []arrival{{kind, encoded(payload)}}
	}
	if _, outer := of["event"].(map[string]any); outer {
		return []arrival{{"events_api", sample}}
	}
	kind, _ := of["type"].(string)
	event := func(e any) arrival {
		return arrival{"events_api", encoded(map[string]any{"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev0", "event": e})}
	}
	if slices.Contains(interactions, kind) {
		return []arrival{{"interactive", sample}}
	}
	if of["command"] != nil {
		return []arrival{{"slash_commands", sample}}
	}
	message := map[string]any{"type": "message", "user": "U0ELLA", "channel": "D0ELLA", "channel_type": "im", "ts": "1.1", "blocks": []any{of}}
	shortcut := map[string]any{"type": "message_action", "callback_id": "diagnose_this", "user": map[string]any{"id": "U0ELLA", "team_id": "T0ACME"}, "team": map[string]any{"id": "T0ACME", "domain": "acme-voice"},
		"channel": map[string]any{"id": "C0SUPPORT"}, "trigger_id": "1", "message": map[string]any{"type": "message", "ts": "1.1", "text": "", "blocks": []any{of}, "attachments": []any{of}}}
	return []arrival{event(of), event(message), {"interactive", encoded(shortcut)}, {"interactive", sample}}
}

func encoded(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	return raw
}

// nameOf says what a payload is, for the list of those that are not for us.
func nameOf(payload map[string]any) string {
	kind, _ := payload["type"].(string)
	if e, ok := payload["event"].(map[string]any); ok {
		kind, _ = e["type"].(string)
	}
	return kind
}

// signed sends a payload to the door for its kind, as Slack signs it.
func signed(t *testing.T, r *rig, base, kind string, raw json.RawMessage) int {
	t.Helper()
	path, contentType, body := "/slack/events", "application/json", []byte(raw)
	switch kind {
	case "interactive":
		path, contentType, body = "/slack/interactive", "application/x-www-form-urlencoded", []byte(url.Values{"payload": {string(raw)}}.Encode())
	case "slash_commands":
		var fields map[string]any
		must(t, json.Unmarshal(raw, &fields))
		form := url.Values{}
		for k, v := range fields {
			if s, ok := v.(string); ok {
				form.Set(k, s)
			}
		}
		path, contentType, body = "/slack/commands", "application/x-www-form-urlencoded", []byte(form.Encode())
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(r.App().SigningSecret))
	mac.Write([]byte("v0:" + at + ":" + string(body)))
	req, err := http.NewRequest(http.MethodPost, base+path, bytes.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Slack-Request-Timestamp", at)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	got, err := http.DefaultClient.Do(req)
	must(t, err)
	must(t, got.Body.Close())
	return got.StatusCode
}
