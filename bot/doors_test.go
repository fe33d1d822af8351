package bot_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"countersign/bot"
	"countersign/slacksim"
)

// TestHTTPDoor plays a request, an approval and an event over signed HTTP.
func TestHTTPDoor(t *testing.T) {
	r := newRig(t, slacksim.Default())
	b := r.run(t)
	server := httptest.NewServer(b.HTTPHandler())
	t.Cleanup(server.Close)
	must(t, r.UseHTTP(context.Background(), slacksim.RequestURLs{Events: server.URL + "/slack/events", Interactivity: server.URL + "/slack/interactive", Commands: server.URL + "/slack/commands"}))

	ella := r.As("ella")
	r.asksFor(t, "portal.example.org")
	approvals := r.As("anselm").In("#cert-approvals")
	card := approvals.Sees("Certificate request REQ-1")
	approvals.Clicks(card, "Approve")
	approvals.SeesChange(card, "approved")
	ella.Sees("REQ-1", "is here")
	ella.Runs("/cert lsit")
	ella.Sees("do not know the word `lsit`", "Did you mean `/cert list`?", "/cert new")
	ella.Runs("/cert help")
	ella.Sees("/cert new")
	ella.Runs("/cert we need a certificate for mail.example.org")
	ella.Sees("mail.example.org")
	if ready, why := b.Health().Ready(); !ready {
		t.Errorf("not ready: %s", why)
	}
}

// TestHTTPDoorRefuses whatever is not signed by Slack, now.
func TestHTTPDoorRefuses(t *testing.T) {
	r := newRig(t, slacksim.Default())
	server := httptest.NewServer(r.run(t).HTTPHandler())
	t.Cleanup(server.Close)
	body := "command=%2Fcert&text=help&team_id=T0ACME&user_id=U0ELLA&trigger_id=1"
	sign := func(secret string, at time.Time, over string) http.Header {
		ts := strconv.FormatInt(at.Unix(), 10)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte("v0:" + ts + ":" + over))
		return http.Header{"X-Slack-Request-Timestamp": {ts}, "X-Slack-Signature": {"v0=" + hex.EncodeToString(mac.Sum(nil))}}
	}
	secret := r.App().SigningSecret
	for name, c := range map[string]struct {
		header http.Header
		want   int
	}{
		"good":            {sign(secret, time.Now(), body), http.StatusOK},
		"none":            {http.Header{}, http.StatusUnauthorized},
		"wrong secret":    {sign("wrong", time.Now(), body), http.StatusUnauthorized},
		"other body":      {sign(secret, time.Now(), body+"x"), http.StatusUnauthorized},
		"ten minutes old": {sign(secret, time.Now().Add(-10*time.Minute), body), http.StatusUnauthorized},
	} {
		req, err := http.NewRequest(http.MethodPost, server.URL+"/slack/commands", strings.NewReader(body))
		must(t, err)
		req.Header = c.header
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		got, err := http.DefaultClient.Do(req)
		must(t, err)
		_ = got.Body.Close()
		if got.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, got.StatusCode, c.want)
		}
	}
}

// TestReadiness: what only an operator can mend makes the bot not ready, with the
// reason, where the library would try for ever.
func TestReadiness(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		token string
		says  string
	}{
		"missing_scope": {fault: "missing_scope", says: "manifest.yml"},
		"token_expired": {fault: "token_expired", says: "install the app again"},
		"invalid_auth":  {token: "xapp-1-wrong", says: "token"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, slacksim.Default())
			if c.token != "" {
				r.cfg.AppToken = c.token
			}
			b := r.run(t)
			if c.fault != "" {
				must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultError, Match: "apps.connections.open", Code: c.fault, Times: -1}))
			}
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan struct{})
			go func() { _ = b.RunSocket(ctx); close(ended) }()
			defer func() { stop(); <-ended }()
			for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
				ready, why := b.Health().Ready()
				if !ready && strings.Contains(why, c.says) && strings.Contains(why, name) {
					return
				}
				if time.Now().After(until) {
					t.Fatalf("ready %v, because %q", ready, why)
				}
			}
		})
	}
}

// TestWrongWorkspace: a token of another workspace is refused at the start.
func TestWrongWorkspace(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.service.Team = "T0OTHER"
	_, err := bot.New(context.Background(), r.cfg, r.service, r.db, r.cat, r.dir, r.log)
	if err == nil || !strings.Contains(err.Error(), "T0ACME") {
		t.Errorf("got %v", err)
	}
}
