package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
)

// keyScript moves the token from the fragment to the form, and out of the address bar.
const keyScript = `document.getElementById("token").value = location.hash.slice(1); history.replaceState(null, "", "/key");`

// keyScriptHash allows that script and no other (Content Security Policy).
var keyScriptHash = func() string {
	sum := sha256.Sum256([]byte(keyScript))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

var keyTemplate = template.Must(template.New("key").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Countersign: private key</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1f2a37}button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f3a5f;color:#fff}</style>
<h1>Open the private key</h1>
<p>It can be opened once. Save the file where the target system needs it and nowhere else.<br>私钥只能打开一次，请仅保存到目标系统所需的位置。<br>私密金鑰只能開啟一次，請僅儲存到目標系統所需的位置。</p>
<form method="post" action="/key"><input type="hidden" name="token" id="token"><button>Download · 下载 · 下載</button></form>
<script>{{.}}</script>
`))

func headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'sha256-"+keyScriptHash+"'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

func keyPage(w http.ResponseWriter, _ *http.Request) {
	headers(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = keyTemplate.Execute(w, template.JS(keyScript)) //nolint:gosec // our own constant; the peer may be gone
}

// openKey opens a hand-over, once.
func (a *app) openKey(w http.ResponseWriter, r *http.Request) {
	headers(w)
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	pem, err := a.keys.embedded.Open(r.PostFormValue("token"))
	if err != nil {
		a.log.Warn("hand-over refused", "err", err)
		http.Error(w, "This link cannot be opened: it was opened before, has run out, or is incomplete. If it was opened and not by you, tell your security team.", http.StatusGone)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "private.key.pem"))
	_, _ = w.Write(pem) //nolint:gosec // G705: a PEM file as a download; the peer is gone: the hand-over is used up all the same
	clear(pem)
}
