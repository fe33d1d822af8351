package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/locales"
	"countersign/tests/embeddedtest"
	"countersign/tests/vaulttest"
	"countersign/vault/embedded"
)

// TestKeyPage: it speaks the language of its link, or of the browser, has what there is to
// say of every state, and its script is the one that its policy allows.
func TestKeyPage(t *testing.T) {
	a := &app{cat: locales.Open()}
	get := func(target, accepts string) (string, http.Header) {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", target, nil)
		r.Header.Set("Accept-Language", accepts)
		a.keyPage(w, r)
		return w.Body.String(), w.Header()
	}
	for _, lang := range locales.All {
		body, header := get("/key?lang="+lang, "fr-CH")
		for _, state := range keyStates {
			if text := a.cat.Say(lang, "cli.keypage."+state+".heading", nil); !strings.Contains(body, text) {
				t.Errorf("%s: the page does not say %q", lang, text)
			}
		}
		if !strings.Contains(body, `<html lang="`+lang+`">`) || strings.Contains(body, "cli.keypage") || strings.ContainsAny(body, "\x00\x01") || strings.Count(body, "<time>") != 2 {
			t.Errorf("%s:\n%s", lang, body)
		}
		if !strings.Contains(body, "<script>"+keyScript+"</script>") || !strings.Contains(header.Get("Content-Security-Policy"), keyScriptHash) {
			t.Errorf("the script or its hash is not in the answer:\n%s", body)
		}
	}
	for accepts, want := range map[string]string{"zh-TW,zh;q=0.9,en;q=0.8": "zh-Hant", "zh-CN": "zh-Hans", "fr-CH, fr;q=0.9": "en", "": "en"} {
		if body, _ := get("/key", accepts); !strings.Contains(body, `<html lang="`+want+`">`) {
			t.Errorf("%q: not in %s", accepts, want)
		}
	}
}

// TestOpenKey: a look opens nothing; what was opened once is told with its time, whoever
// looks or tries again, and that somebody did is known.
func TestOpenKey(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 3, 0, 0, time.UTC)
	custody, _, err := embedded.Start(embedded.Options{Dir: embeddedtest.Dir(t), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := custody.CreateCSR(t.Context(), "k", vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
		t.Fatal(err)
	}
	h, err := custody.Release(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{cat: locales.Open(), log: slog.New(slog.DiscardHandler), keys: &keys{backends: backends{embedded: custody}}}
	post := func(fields ...string) (status int, body, state, at string) {
		form := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/key", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a.openKey(w, r)
		var said struct{ State, At string }
		_ = json.Unmarshal(w.Body.Bytes(), &said) // a key is none
		return w.Code, w.Body.String(), said.State, said.At
	}
	again := func() bool {
		o, err := custody.Opening(t.Context(), h.Accessor)
		if err != nil {
			t.Fatal(err)
		}
		return !o.Again.IsZero()
	}
	for range 2 {
		if status, body, state, _ := post("token", h.Secret, "look", "1"); status != http.StatusOK || state != "ready" || !strings.Contains(body, `"file":"k.key.pem"`) {
			t.Errorf("a look: %d %s", status, body)
		}
	}
	if status, body, _, _ := post("token", h.Secret); status != http.StatusOK || !strings.Contains(body, "PRIVATE KEY") {
		t.Fatalf("%d %s", status, body)
	}
	if again() {
		t.Error("a look before counts as a second time")
	}
	now = now.Add(time.Minute)
	if status, _, state, at := post("token", h.Secret, "look", "1"); status != http.StatusOK || state != "opened" || at != "2026-05-01T12:03:00Z" {
		t.Errorf("a look at what was opened: %d %s %s", status, state, at)
	}
	if !again() {
		t.Error("that somebody came with it a second time is not known")
	}
	if status, body, state, _ := post("token", h.Secret); status != http.StatusGone || state != "opened" || strings.Contains(body, "PRIVATE") {
		t.Errorf("a second time: %d %s", status, body)
	}
	for token, want := range map[string]string{"": "unknown", "x": "unknown", strings.Repeat("x", 101): "unknown"} {
		if status, _, state, _ := post("token", token); status != http.StatusGone || state != want {
			t.Errorf("%q: %d %s", token, status, state)
		}
	}
	for want, end := range map[string]func(accessor string){
		"revoked": func(id string) { _ = custody.Revoke(t.Context(), id) },
		"expired": func(string) { now = now.Add(time.Hour) },
	} {
		h, err := custody.Release(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		end(h.Accessor)
		if status, _, state, _ := post("token", h.Secret); status != http.StatusGone || state != want {
			t.Errorf("%s: %d %s", want, status, state)
		}
	}
}
