package main

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"countersign/workflows"
)

// routes of the product's own HTTP server: health, key hand-over, and Slack's door
// where it is used.
func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ready, reason := a.bot.Health().Ready()
		if closed, err := workflows.Closed(r.Context(), a.db); ready && err == nil && len(closed) > 0 { // it hears, and cannot speak everywhere
			reason = "closed channels: " + strings.Join(slices.Sorted(maps.Keys(closed)), ", ")
		}
		answerReady(w, ready, reason)
	})
	mux.Handle("GET /metrics", a.metrics())
	if a.keys.embedded != nil { // Vault hands its keys over itself
		mux.HandleFunc("GET /key", a.keyPage)
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
	return cmp.Or(strings.TrimSuffix(a.cfg.Public, "/"), a.door.address()) + "/key#" + token
}
