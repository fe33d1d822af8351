package slacksim

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// webAPI is what the workspace serves the app.
type webAPI struct {
	*state
	*conversations
	*modals
	sockets    *socketPool
	faults     *faultBox
	limits     rateLimits
	transcript *Transcript
}

// serveAPI answers /api/<method>.
func (s *webAPI) serveAPI(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	name := strings.TrimPrefix(r.URL.Path, "/api/")
	a, authorization, err := readArgs(r)
	entry := Entry{Time: began, Direction: FromApp, Kind: "api", Name: name, Payload: a.json()}
	defer func() {
		entry.Millis = millis(began)
		s.transcript.add(entry)
	}()
	channel := a.str("channel")
	if s.faults.takeOf(FaultHeld, name, channel) != nil && !s.faults.hold(r.Context()) {
		entry.Error = "the app hung up"
		return
	}
	if f := s.faults.takeOf(FaultSlow, name, channel); f != nil {
		select {
		case <-time.After(f.delay()):
		case <-r.Context().Done():
			entry.Error = "the app hung up"
			return
		}
	}
	if status, after := s.brake(name, channel); status != 0 {
		entry.Error = "HTTP " + strconv.Itoa(status)
		if after > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(after))
			s.answer(w, status, object{"ok": false, "error": "ratelimited"}, &entry)
			return
		}
		http.Error(w, "Something went wrong", status)
		return
	}
	var out object
	if err == nil {
		out, err = s.call(name, a, authorization)
	}
	if err != nil {
		var r *refusal
		if !errors.As(err, &r) {
			r = &refusal{code: "internal_error"}
			entry.Error = err.Error()
		}
		out = r.json()
	} else {
		if out == nil {
			out = object{}
		}
		out["ok"] = true
	}
	if f := s.faults.takeOf(FaultLostAnswer, name, channel); f != nil {
		entry.Error = "done, but the answer was lost"
		http.Error(w, "Something went wrong", f.status())
		return
	}
	w.Header().Set("X-OAuth-Scopes", strings.Join(s.ws.App.BotScopes, ","))
	s.answer(w, http.StatusOK, out, &entry)
}

// brake applies faults and rate limits: an HTTP status other than 0 ends the
// request, with Retry-After seconds for 429.
func (s *webAPI) brake(name, channel string) (status, retryAfter int) {
	if f := s.faults.takeOf(FaultRateLimited, name, channel); f != nil {
		return http.StatusTooManyRequests, max(1, f.RetryAfter)
	}
	if f := s.faults.takeOf(FaultServerError, name, channel); f != nil {
		return f.status(), 0
	}
	if after := s.limits.take(name, methods[name].tier, channel); after > 0 {
		return http.StatusTooManyRequests, after
	}
	return 0, 0
}

func (s *webAPI) answer(w http.ResponseWriter, status int, out object, entry *Entry) {
	s.mu.Lock() // out may hold parts of the state
	raw, err := json.Marshal(out)
	s.mu.Unlock()
	if err != nil {
		http.Error(w, "internal_error", http.StatusInternalServerError)
		return
	}
	entry.Response = raw
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the app may have hung up
}

// call finds the method, checks token and scope, and runs it under the lock.
func (s *webAPI) call(name string, a args, authorization string) (object, error) {
	m, known := methods[name]
	if !known || slices.Contains(s.ws.Lacks, name) {
		return nil, &refusal{code: "unknown_method", fields: object{"req_method": name}}
	}
	if f := s.faults.takeOf(FaultError, name, a.str("channel")); f != nil {
		return nil, no(cmp.Or(f.Code, "internal_error"))
	}
	c := &call{state: s.state, conversations: s.conversations, modals: s.modals, sockets: s.sockets, args: a}
	if m.token != noToken {
		token, err := s.authenticate(&m, a, authorization)
		if err != nil {
			return nil, err
		}
		c.token = token
		if len(m.scopes) > 0 && !c.has(m.scopes...) {
			return nil, c.missing(strings.Join(m.scopes, ","))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return m.run(c)
}

func (s *webAPI) authenticate(m *method, a args, authorization string) (tokenKind, error) {
	bearer, isBearer := strings.CutPrefix(authorization, "Bearer ")
	token := strings.TrimSpace(bearer)
	if !isBearer {
		token = a.form.Get("token") // never from a JSON body, nor from the query
	}
	var kind tokenKind
	switch {
	case token == "":
		return 0, no("not_authed")
	case token == s.ws.App.BotToken:
		kind = botToken
	case token == s.ws.App.AppToken:
		kind = appToken
	default:
		return 0, no("invalid_auth")
	}
	if !m.any && kind != m.token {
		return 0, no("not_allowed_token_type")
	}
	if kind == appToken && !isBearer {
		// App-level tokens are accepted in the header only (python-slack-sdk 1877).
		return 0, no("invalid_auth")
	}
	return kind, nil
}
