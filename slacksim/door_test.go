package slacksim_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"countersign/slacksim"
)

// httpApp is an app behind request URLs. It checks every signature.
type httpApp struct {
	*httptest.Server
	got chan *http.Request
}

func httpServer(t *testing.T, st *slacksim.Stage, answer func(w http.ResponseWriter, r *http.Request, body []byte)) *httpApp {
	t.Helper()
	a := &httpApp{got: make(chan *http.Request, 20)}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mac := hmac.New(sha256.New, []byte(st.App().SigningSecret))
		mac.Write([]byte("v0:" + r.Header.Get("X-Slack-Request-Timestamp") + ":" + string(body)))
		if r.Header.Get("X-Slack-Signature") != "v0="+hex.EncodeToString(mac.Sum(nil)) {
			t.Errorf("a request to %s is not signed", r.URL)
		}
		var challenge struct{ Type, Challenge string }
		if json.Unmarshal(body, &challenge) == nil && challenge.Type == "url_verification" {
			_, _ = io.WriteString(w, challenge.Challenge)
			return
		}
		answer(w, r, body)
		a.got <- r
	}))
	t.Cleanup(a.Close)
	return a
}

func TestChallenge(t *testing.T) {
	st := stage(t)
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	defer wrong.Close()
	if err := st.UseHTTP(context.Background(), slacksim.RequestURLs{Events: wrong.URL}); err == nil {
		t.Error("a URL that does not answer the challenge was taken")
	}
}

func TestHTTPDoor(t *testing.T) {
	st := stage(t, slacksim.Options{Retries: []time.Duration{0, 0, 0}})
	failures := 2
	noRetry := false
	a := httpServer(t, st, func(w http.ResponseWriter, r *http.Request, body []byte) {
		switch r.URL.Path {
		case "/commands":
			form, err := url.ParseQuery(string(body))
			if err != nil || form.Get("command") != "/cert" || form.Get("user_id") != "U0ELLA" || form.Get("trigger_id") == "" {
				t.Errorf("command came as %s", body)
			}
			_, _ = io.WriteString(w, "plain *words*")
			return
		}
		if failures--; failures >= 0 {
			if noRetry {
				w.Header().Set("X-Slack-No-Retry", "1")
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	if err := st.UseHTTP(context.Background(), slacksim.RequestURLs{Events: a.URL + "/events", Commands: a.URL + "/commands"}); err != nil {
		t.Fatal(err)
	}
	ella := st.As("ella").In("#certificates")
	ella.Runs("/cert new")
	ella.Sees("plain *words*")
	<-a.got

	ella.Says("hello")
	for want := range 3 {
		r := <-a.got
		num, why := r.Header.Get("X-Slack-Retry-Num"), r.Header.Get("X-Slack-Retry-Reason")
		if want == 0 && num+why != "" || want > 0 && (num != string(rune('0'+want)) || why != "http_error") {
			t.Errorf("attempt %d: retry %q, %q", want, num, why)
		}
	}
	st.Quiet(30 * time.Millisecond)
	failures, noRetry = 1, true
	ella.Says("hello")
	<-a.got
	st.Quiet(50 * time.Millisecond)
	if len(a.got) != 0 {
		t.Error("X-Slack-No-Retry was not heeded")
	}
}
