package main

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"html/template"
	"net/http"
	"strings"

	"countersign/certs"
)

// keyScript takes the token out of the address, opens the hand-over, and says what became
// of it.
//
//go:embed keypage/page.js
var keyScript string

// keyScriptHash allows that script and no other (Content Security Policy).
var keyScriptHash = func() string {
	sum := sha256.Sum256([]byte(keyScript))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

//go:embed keypage/page.html
var keyMarkup string

var keyTemplate = template.Must(template.New("key").Parse(keyMarkup))

// keyFile is what the key called name is called among the downloads.
func keyFile(name string) string { return cmp.Or(name, "private") + ".key.pem" }

// keyStates are what the page shows, one at a time: that the key can be downloaded, that it
// was here, or why it cannot be, as the custody's texts call it.
var keyStates = []string{"ready", "done", "opened", "expired", "revoked", "unknown", "failed"}

func headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'sha256-"+keyScriptHash+"'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// keyPage speaks the language that its link names, which is that of the person's Slack, or
// else of the browser.
func (a *app) keyPage(w http.ResponseWriter, r *http.Request) {
	headers(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	first, _, _ = strings.Cut(first, ";")
	lang := a.cat.Match(cmp.Or(r.URL.Query().Get("lang"), first))
	const moment, file = "\x00", "\x01" // what the page puts there: a time of the reader's own zone, a name
	say := func(key string) string {
		return a.cat.Say(lang, "cli.keypage."+key, map[string]string{"At": moment, "File": file,
			"NotMe": a.cat.Say(lang, "bot.button.key_not_me", nil), "Again": a.cat.Say(lang, "bot.button.key_again", nil)})
	}
	places := strings.NewReplacer(moment, "<time></time>", file, "<code></code>")
	markup := func(key string) template.HTML {
		return template.HTML(places.Replace(html.EscapeString(say(key)))) //nolint:gosec // escaped
	}
	type state struct {
		Name, Heading string
		Text, Next    template.HTML
	}
	page := struct {
		Lang, Download, NoScript string
		States                   []state
		Script                   template.JS
	}{lang, say("download"), say("noscript"), nil, template.JS(keyScript)} //nolint:gosec // our own
	for _, name := range keyStates {
		page.States = append(page.States, state{name, say(name + ".heading"), markup(name + ".text"), markup(name + ".next")})
	}
	_ = keyTemplate.Execute(w, page) // the peer may be gone
}

// openKey opens a hand-over, once, or with "look" says whether it can be opened.
func (a *app) openKey(w http.ResponseWriter, r *http.Request) {
	headers(w)
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	token := r.PostFormValue("token")
	if r.PostFormValue("look") != "" {
		name, err := a.keys.embedded.Look(token)
		a.tellKey(w, http.StatusOK, name, err)
		return
	}
	pem, err := a.keys.embedded.Open(token)
	if err != nil {
		a.log.Warn("hand-over refused", "err", err)
		a.tellKey(w, http.StatusGone, "", err)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", keyFile("")))
	_, _ = w.Write(pem) //nolint:gosec // G705: a PEM file as a download; the peer is gone: the hand-over is used up all the same
	clear(pem)
}

// tellKey tells the page which of its states the hand-over of a key is in.
func (a *app) tellKey(w http.ResponseWriter, status int, name string, err error) {
	said := struct {
		State string `json:"state"`
		At    string `json:"at,omitempty"` // when it was opened
		File  string `json:"file"`
	}{State: "ready", File: keyFile(name)}
	var fault certs.Fault
	if errors.As(err, &fault) {
		said.State, said.At = strings.TrimPrefix(fault.Text().Key, "vault.handover."), fault.Text().Args["At"]
	} else if err != nil {
		a.log.Error("hand-over", "err", err)
		said.State = "failed"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(said) // the peer may be gone
}
