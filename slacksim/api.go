package slacksim

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds a Web API request.
const maxBody = 4 << 20

// tokenKind is who a token speaks for.
type tokenKind int

const (
	noToken tokenKind = iota
	botToken
	appToken
)

// call is one Web API request in the hands of a method. Methods run with mu
// held.
type call struct {
	*Sim
	method string
	args   args
	token  tokenKind
}

// method is one Web API method: who may call it, with which scopes, how often.
type method struct {
	token  tokenKind // botToken also where any token will do, see anyToken
	any    bool
	scopes []string // one of these is needed
	tier   int      // rate limit tier, 0 none
	run    func(*call) (object, error)
}

// refusal is Slack's "ok": false.
type refusal struct {
	code     string
	messages []string
	fields   object
}

func (r *refusal) Error() string { return r.code }

func no(code string, messages ...string) error {
	return &refusal{code: code, messages: messages}
}

func (r *refusal) json() object {
	out := object{"ok": false, "error": r.code}
	if len(r.messages) > 0 {
		out["response_metadata"] = object{"messages": r.messages}
		plain := make([]string, len(r.messages))
		for i, m := range r.messages {
			plain[i] = strings.TrimPrefix(m, "[ERROR] ")
		}
		out["errors"] = plain
	}
	merge(out, r.fields)
	return out
}

// serveAPI answers /api/<method>.
func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
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
		http.Error(w, "Something went wrong", statusOf(f))
		return
	}
	w.Header().Set("X-OAuth-Scopes", strings.Join(s.ws.App.BotScopes, ","))
	s.answer(w, http.StatusOK, out, &entry)
}

func statusOf(f *Fault) int {
	if f.Status != 0 {
		return f.Status
	}
	return http.StatusInternalServerError
}

// brake applies faults and rate limits: an HTTP status other than 0 ends the
// request, with Retry-After seconds for 429.
func (s *Sim) brake(name, channel string) (status, retryAfter int) {
	if f := s.faults.takeOf(FaultRateLimited, name, channel); f != nil {
		return http.StatusTooManyRequests, max(1, f.RetryAfter)
	}
	if f := s.faults.takeOf(FaultServerError, name, channel); f != nil {
		return statusOf(f), 0
	}
	if after := s.limits.take(name, channel); after > 0 {
		return http.StatusTooManyRequests, after
	}
	return 0, 0
}

func (s *Sim) answer(w http.ResponseWriter, status int, out object, entry *Entry) {
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
func (s *Sim) call(name string, a args, authorization string) (object, error) {
	m, known := methods[name]
	if !known {
		return nil, &refusal{code: "unknown_method", fields: object{"req_method": name}}
	}
	if f := s.faults.takeOf(FaultError, name, a.str("channel")); f != nil {
		return nil, no(or(f.Code, "internal_error"))
	}
	c := &call{Sim: s, method: name, args: a}
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

func (s *Sim) authenticate(m *method, a args, authorization string) (tokenKind, error) {
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

// scopes of the token that called.
func (c *call) scopes() []string {
	if c.token == appToken {
		return c.ws.App.AppScopes
	}
	return c.ws.App.BotScopes
}

func (c *call) has(anyOf ...string) bool {
	for _, scope := range anyOf {
		if slices.Contains(c.scopes(), scope) {
			return true
		}
	}
	return false
}

func (c *call) missing(needed string) error {
	return &refusal{code: "missing_scope", fields: object{"needed": needed, "provided": strings.Join(c.scopes(), ",")}}
}

// readArgs reads the arguments of a query, a form or a JSON body, and the
// Authorization header.
func readArgs(r *http.Request) (args, string, error) {
	a := args{form: r.URL.Query()}
	a.form.Del("token")
	auth := r.Header.Get("Authorization")
	if r.Method != http.MethodPost {
		return a, auth, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // an unknown type is handled below
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	switch kind {
	case "application/json":
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return a, auth, no("request_timeout")
		}
		if len(strings.TrimSpace(string(raw))) == 0 {
			return a, auth, nil
		}
		if json.Unmarshal(raw, &a.body) != nil || a.body == nil {
			return a, auth, no("invalid_json")
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxBody); err != nil {
			return a, auth, no("invalid_form_data")
		}
		mergeForm(a.form, r.MultipartForm.Value)
	default:
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return a, auth, no("request_timeout")
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return a, auth, no("invalid_form_data")
		}
		mergeForm(a.form, form)
	}
	return a, auth, nil
}

func mergeForm(into, from url.Values) {
	for k, v := range from {
		into[k] = v
	}
}
