package slacksim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

func respond(t *testing.T, to string, body any) (int, object) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(to, "application/json", bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out object
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, out
}

func TestResponseURL(t *testing.T) {
	st := stage(t)
	a := connect(t, st, acked)
	ok(t, st, "chat.postMessage", "channel", certificates, "text", "x", "blocks", buttonBlocks)
	ella := st.As("ella").In("#certificates")
	card := ella.Sees()
	ella.Clicks(card, "Go")
	click := a.interaction("block_actions")
	to, _ := click["response_url"].(string)
	if action := click["actions"].([]any)[0].(object); action["action_id"] != "go" || action["value"] != "v" || action["block_id"] != "b" {
		t.Errorf("the action is %v", action)
	}
	if status, out := respond(t, to, object{"text": "x", "blocks": []any{object{"type": "nonsense"}}}); status != 400 || out["error"] != "invalid_blocks" {
		t.Errorf("bad blocks: %d %v", status, out)
	}
	respond(t, to, object{"text": "for you"})
	if m := ella.Sees("for you"); !m.Ephemeral {
		t.Error("an answer is for all")
	}
	respond(t, to, object{"text": "for all", "response_type": "in_channel"})
	st.As("sam").In("#certificates").Sees("for all")
	respond(t, to, object{"text": "changed", "blocks": []any{}, "replace_original": true})
	ella.SeesChange(card, "changed")
	respond(t, to, object{"delete_original": true})
	ella.SeesGone(card)
	respond(t, to, object{"text": "the fifth"})
	if status, out := respond(t, to, object{"text": "the sixth"}); status != 404 || out["error"] != "used_url" {
		t.Errorf("a sixth use: %d %v", status, out)
	}
	if status, out := respond(t, st.URL()+"/actions/T0ACME/nothing", object{"text": "x"}); status != 404 || out["error"] != "expired_url" {
		t.Errorf("an unknown URL: %d %v", status, out)
	}
}

func TestAPIFaults(t *testing.T) {
	st := stage(t)
	inject := func(f slacksim.Fault) {
		t.Helper()
		if err := st.Inject(f); err != nil {
			t.Fatal(err)
		}
	}
	post := []string{"channel", certificates, "text", "x"}
	inject(slacksim.Fault{Kind: slacksim.FaultRateLimited, Match: "chat.*", RetryAfter: 7})
	if out, resp := call(t, st, "chat.postMessage", post...); resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "7" || out["error"] != "ratelimited" {
		t.Errorf("rate_limited: %v %v", resp.Status, out)
	}
	inject(slacksim.Fault{Kind: slacksim.FaultServerError, Status: 503})
	if _, resp := call(t, st, "chat.postMessage", post...); resp.StatusCode != 503 {
		t.Errorf("server_error: %v", resp.Status)
	}
	inject(slacksim.Fault{Kind: slacksim.FaultError, Match: "auth.test", Code: "token_revoked", Times: -1})
	refused(t, st, "token_revoked", "auth.test")
	refused(t, st, "token_revoked", "auth.test")
	st.ClearFaults()
	ok(t, st, "auth.test")
	inject(slacksim.Fault{Kind: slacksim.FaultSlow, DelayMS: 60})
	began := time.Now()
	ok(t, st, "auth.test")
	if took := time.Since(began); took < 60*time.Millisecond {
		t.Errorf("slow took %v", took)
	}
	if n := len(st.As("ella").In("#certificates").Messages()); n != 0 {
		t.Errorf("refused calls posted %d messages", n)
	}
	inject(slacksim.Fault{Kind: slacksim.FaultLostAnswer, Match: "chat.postMessage"})
	if _, resp := call(t, st, "chat.postMessage", post...); resp.StatusCode != 500 {
		t.Errorf("lost_answer: %v", resp.Status)
	}
	st.As("ella").In("#certificates").Sees("x") // it was posted all the same
}

func TestTranscriptMasksSecrets(t *testing.T) {
	var out bytes.Buffer
	st := slacksim.Start(t, slacksim.Default(), slacksim.Options{Transcript: &out})
	app := st.App()
	connect(t, st, acked)
	ella := st.As("ella").In("#certificates")
	ella.Says("my token is " + app.BotToken + " and xoxp-1234567890-abcdef")
	ella.Runs("/cert " + app.SigningSecret)
	callAs(t, st, "", "auth.test", "token", app.BotToken)
	ok(t, st, "chat.postMessage", "channel", certificates, "text", app.AppToken)
	ella.Sees()
	st.Quiet(30 * time.Millisecond)
	if err := st.Close(); err != nil { // nothing writes to out any more
		t.Fatal(err)
	}
	raw, err := json.Marshal(st.Transcript().Entries())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{app.BotToken, app.AppToken, app.SigningSecret, app.VerificationToken, "xoxp-1234567890"} {
		if strings.Contains(string(raw), secret) || strings.Contains(out.String(), secret) {
			t.Errorf("the transcript holds %.6s…", secret)
		}
	}
	kinds := map[string]int{}
	for line := range strings.Lines(out.String()) {
		var e slacksim.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		kinds[fmt.Sprintf("%s %s %s", e.Direction, e.Kind, e.Name)]++
	}
	for _, want := range []string{"to_app event message", "to_app command /cert", "from_app api chat.postMessage", "person say ella"} {
		if kinds[want] == 0 {
			t.Errorf("no line of %s in %v", want, kinds)
		}
	}
}
