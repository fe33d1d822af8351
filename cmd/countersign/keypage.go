package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

// keyScript moves the token from the fragment to the form, and out of the address bar.
const keyScript = `document.getElementById("token").value = location.hash.slice(1); history.replaceState(null, "", "/key");`

// keyScriptHash allows that script and no other (Content Security Policy).
var keyScriptHash = func() string {
	sum := sha256.Sum256([]byte(keyScript))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

var keyTemplate = template.Must(template.New("key").Parse(`<!doctype html>
<html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Countersign</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1f2a37}button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f3a5f;color:#fff}</style>
{{range .Say}}<div lang="{{.Lang}}"><h1>{{.Heading}}</h1><p>{{.Once}}</p></div>
{{end}}<form method="post" action="/key"><input type="hidden" name="token" id="token">{{range .Say}}<button lang="{{.Lang}}">{{.Download}}</button> {{end}}</form>
<script>{{.Script}}</script>
`))

func headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'sha256-"+keyScriptHash+"'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// keyPage speaks all languages: nothing says which one the person reads.
func (a *app) keyPage(w http.ResponseWriter, _ *http.Request) {
	headers(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	type said struct{ Lang, Heading, Once, Download string }
	page := struct {
		Say    []said
		Script template.JS
	}{Script: template.JS(keyScript)} //nolint:gosec // our own constant
	for _, lang := range a.cat.Languages() {
		page.Say = append(page.Say, said{lang, a.cat.Say(lang, "cli.keypage.heading", nil), a.cat.Say(lang, "cli.keypage.once", nil), a.cat.Say(lang, "cli.keypage.download", nil)})
	}
	_ = keyTemplate.Execute(w, page) // the peer may be gone
}

// openKey opens a hand-over, once.
func (a *app) openKey(w http.ResponseWriter, r *http.Request) {
	headers(w)
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	pem, err := a.keys.embedded.Open(r.PostFormValue("token"))
	if err != nil {
		a.log.Warn("hand-over refused", "err", err)
		var gone []string
		for _, lang := range a.cat.Languages() {
			gone = append(gone, a.cat.Say(lang, "cli.keypage.gone", nil))
		}
		http.Error(w, strings.Join(gone, "\n"), http.StatusGone)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "private.key.pem"))
	_, _ = w.Write(pem) //nolint:gosec // G705: a PEM file as a download; the peer is gone: the hand-over is used up all the same
	clear(pem)
}
