package bot

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// maxBody bounds a signed request, in bytes. Slack's largest payloads, views, end at
// 250 KB before form encoding.
const maxBody = 2 << 20

// HTTPHandler is the door for workspaces that deliver by HTTPS. Routes: /slack/events,
// /slack/interactive, /slack/commands. Every request's signature and age are checked
// on its raw body first.
func (b *Bot) HTTPHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack/events", b.signed(b.httpEvent))
	mux.HandleFunc("POST /slack/interactive", b.signed(b.formed(socketmode.RequestTypeInteractive, func(form url.Values) ([]byte, error) {
		return []byte(form.Get("payload")), nil
	})))
	mux.HandleFunc("POST /slack/commands", b.signed(b.formed(socketmode.RequestTypeSlashCommands, func(form url.Values) ([]byte, error) {
		flat := map[string]string{}
		for k := range form {
			flat[k] = form.Get(k)
		}
		return json.Marshal(flat)
	})))
	b.health.connected(-1, true)
	return mux
}

// formed handles the payload that a form holds.
func (b *Bot) formed(kind string, payload func(url.Values) ([]byte, error)) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, r *http.Request, body []byte) {
		form, err := url.ParseQuery(string(body))
		raw, unread := payload(form)
		if err != nil || unread != nil {
			http.Error(w, "unreadable form", http.StatusBadRequest)
			return
		}
		b.respond(w, r, kind, raw)
	}
}

func (b *Bot) httpEvent(w http.ResponseWriter, r *http.Request, body []byte) {
	var hello struct{ Type, Challenge string }
	if json.Unmarshal(body, &hello) == nil && hello.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, hello.Challenge) // the peer is gone: nothing to do
		return
	}
	b.respond(w, r, socketmode.RequestTypeEventsAPI, body)
}

// respond handles one payload and writes the acknowledgement. A failure answers 500,
// upon which Slack delivers events again.
func (b *Bot) respond(w http.ResponseWriter, r *http.Request, kind string, raw []byte) {
	payload, ok := b.handle(r.Context(), kind, raw)
	switch {
	case !ok:
		http.Error(w, "not recorded, please repeat", http.StatusInternalServerError)
	case payload == nil:
		w.WriteHeader(http.StatusOK)
	default:
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(payload); err != nil {
			b.log.Warn("acknowledge", "err", err)
		}
	}
}

// signed lets only Slack in. The library's error holds the right signature, so it is
// not passed on.
func (b *Bot) signed(next func(http.ResponseWriter, *http.Request, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
			return
		}
		v, err := slack.NewSecretsVerifier(r.Header, b.cfg.SigningSecret)
		if err == nil {
			_, err = v.Write(body)
		}
		if err == nil {
			err = v.Ensure()
		}
		if err != nil {
			b.log.Warn("signature refused", "path", r.URL.Path)
			http.Error(w, "signature refused", http.StatusUnauthorized)
			return
		}
		next(w, r, body)
	}
}
