package main

import (
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
)

type serveCmd struct {
	Config string `help:"Configuration file." default:"countersign.yaml" type:"path"`
}

func (s serveCmd) Run(c *console) error {
	cfg, err := readConfig(s.Config)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	a, err := newApp(c.ctx, cfg, c.cat, log)
	if err != nil {
		return err
	}
	log.Info("ready", "team", cfg.Team, "listen", cfg.Listen)
	return a.run(c.ctx)
}

// routes of the product's own HTTP server: health, key hand-over, and Slack's door
// where it is used.
func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		ready, reason := a.bot.Health().Ready()
		answerReady(w, ready, reason)
	})
	mux.Handle("GET /metrics", a.metrics())
	if a.keys.embedded != nil { // Vault hands its keys over itself
		mux.HandleFunc("GET /key", keyPage)
		mux.HandleFunc("POST /key", a.openKey)
	}
	if a.cfg.Slack.SigningSecret != "" {
		mux.Handle("/slack/", a.bot.HTTPHandler())
	}
	return mux
}

// openAddress is how the embedded custody's hand-over is opened: a page whose
// fragment holds the token, which a browser does not send and a link preview
// cannot use up.
func (a *app) openAddress(token string) string {
	base := strings.TrimSuffix(a.cfg.Public, "/")
	if base == "" {
		base = a.door.address()
	}
	return base + "/key#" + token
}

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
