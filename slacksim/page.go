package slacksim

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed page/*.*
var page embed.FS

// routes is everything the workspace serves: Slack's side for the app, and
// the page with its API for people.
func (s *Sim) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", s.serveAPI)
	mux.HandleFunc("GET /link/", s.link)
	mux.HandleFunc("POST /upload/v1/", s.serveUpload)
	mux.HandleFunc("GET /files-pri/", s.serveFile)
	mux.HandleFunc("GET /signin", serveSignIn)
	mux.HandleFunc("POST /actions/", s.serveHook)

	people := http.NewServeMux()
	people.HandleFunc("GET /sim/state", s.pageState)
	people.HandleFunc("GET /sim/messages", s.pageMessages)
	people.HandleFunc("GET /sim/events", s.watch)
	people.HandleFunc("GET /sim/view", s.pageView)
	people.HandleFunc("GET /sim/file", s.pageFile)
	people.HandleFunc("GET /sim/transcript", s.pageTranscript)
	people.HandleFunc("POST /sim/say", posted(s.pageSay))
	people.HandleFunc("POST /sim/upload", s.pageUpload)
	people.HandleFunc("POST /sim/command", posted(s.pageCommand))
	people.HandleFunc("POST /sim/shortcut", posted(s.pageShortcut))
	people.HandleFunc("POST /sim/action", posted(s.pageAction))
	people.HandleFunc("POST /sim/submit", posted(s.pageSubmit))
	people.HandleFunc("POST /sim/close", posted(s.pageClose))
	people.HandleFunc("POST /sim/suggest", posted(s.pageSuggest))
	people.HandleFunc("POST /sim/open-home", posted(s.pageOpenHome))
	people.HandleFunc("POST /sim/react", posted(s.pageReact))
	people.HandleFunc("POST /sim/faults", posted(s.pageFaults))
	people.HandleFunc("POST /sim/http", posted(s.pageHTTP))
	mux.Handle("/sim/", s.ownPageOnly(people))

	assets, err := fs.Sub(page, "page")
	if err != nil {
		panic("slacksim: embedded page: " + err.Error()) // the directory is embedded above
	}
	mux.Handle("/", http.FileServerFS(assets))
	return mux
}

// ownPageOnly keeps other sites' pages from acting as somebody: the Host must
// be this workspace's (against DNS rebinding), and so must the Origin.
func (s *Sim) ownPageOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		base, err := url.Parse(s.base)
		own := err == nil && (r.Host == base.Host || host == "localhost" || net.ParseIP(host).IsLoopback())
		if !own && !s.opt.Public {
			refuse(w, http.StatusForbidden, fmt.Errorf("host %q is not this workspace", host))
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			if o, err := url.Parse(origin); err != nil || o.Host != r.Host {
				refuse(w, http.StatusForbidden, fmt.Errorf("origin %q is not this workspace", origin))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func refuse(w http.ResponseWriter, status int, err error) {
	reply(w, status, object{"ok": false, "error": err.Error()})
}

func reply(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the browser may have gone
}

// posted decodes a JSON body of at most 1 MB and answers {"ok": true} with
// what handle adds, or {"ok": false, "error"}.
func posted[T any](handle func(*http.Request, T) (object, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
		dec.UseNumber()
		if err := dec.Decode(&in); err != nil {
			refuse(w, http.StatusBadRequest, fmt.Errorf("body is not the JSON expected: %w", err))
			return
		}
		out, err := handle(r, in)
		if err != nil {
			refuse(w, http.StatusOK, err)
			return
		}
		if out == nil {
			out = object{}
		}
		if _, has := out["ok"]; !has {
			out["ok"] = true
		}
		reply(w, http.StatusOK, out)
	}
}

// who answers the person of a query.
func (s *Sim) who(r *http.Request) (*Person, error) {
	id := r.URL.Query().Get("person")
	if p := s.byHandle(id); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no person %q", id)
}

// look answers a GET with what build makes under the lock.
func (s *Sim) look(w http.ResponseWriter, r *http.Request, build func(*Person) (object, error)) {
	s.mu.Lock()
	p, err := s.who(r)
	var out object
	if err == nil {
		out, err = build(p)
	}
	var raw []byte
	if err == nil {
		raw, err = json.Marshal(out)
	}
	s.mu.Unlock()
	if err != nil {
		refuse(w, http.StatusNotFound, err)
		return
	}
	reply(w, http.StatusOK, json.RawMessage(raw))
}

func (s *Sim) pageState(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("person") == "" { // a page opened for the first time plays the first person
		s.mu.Lock()
		q := r.URL.Query()
		q.Set("person", s.ws.People[0].ID)
		s.mu.Unlock()
		r.URL.RawQuery = q.Encode()
	}
	s.look(w, r, func(p *Person) (object, error) {
		app := &s.ws.App
		out := object{"team": object{"id": s.ws.Team.ID, "name": s.ws.Team.Name, "domain": s.ws.Team.Domain}, "person": s.personJSON(p), "home": nil,
			"app": object{"id": app.ID, "name": app.Name, "user_id": app.BotUserID, "bot_id": app.BotID, "commands": commandsJSON(app.Commands),
				"shortcuts": shortcutsJSON(app.Shortcuts), "home_tab": app.HomeTab, "messages_tab": app.MessagesTab}}
		if v := s.homes[p.ID]; v != nil {
			out["home"] = s.viewJSON(v)
		}
		people := []any{}
		for i := range s.ws.People {
			one := s.personJSON(&s.ws.People[i])
			one["unread"] = s.unread(&s.ws.People[i])
			people = append(people, one)
		}
		channels := []any{}
		for _, id := range s.order {
			if ch := s.channels[id]; ch.members[p.ID] {
				channels = append(channels, s.pageChannel(ch, p))
			}
		}
		out["people"], out["channels"] = people, channels
		return out, nil
	})
}

func (s *Sim) personJSON(p *Person) object {
	return object{"id": p.ID, "name": p.Handle, "real_name": p.RealName, "display_name": p.DisplayName, "title": p.Title, "locale": p.Locale,
		"tz": p.TZ, "team_id": p.Team.ID, "team_name": p.Team.Name, "is_stranger": p.Team.ID != s.ws.Team.ID, "is_restricted": p.Guest,
		"is_bot": p.Bot, "deleted": p.Deleted}
}

func commandsJSON(list []Command) []any {
	out := []any{}
	for _, c := range list {
		out = append(out, object{"command": c.Name, "name": c.Name, "description": c.Description, "usage_hint": c.UsageHint})
	}
	return out
}

func shortcutsJSON(list []Shortcut) []any {
	out := []any{}
	for _, c := range list {
		kind := "global"
		if c.OnMessage {
			kind = "message"
		}
		out = append(out, object{"callback_id": c.CallbackID, "name": c.Name, "description": c.Description, "type": kind})
	}
	return out
}

func (s *Sim) pageChannel(ch *channel, p *Person) object {
	kind := "channel"
	if ch.kind == direct {
		kind = "im"
	}
	members := make([]string, 0, len(ch.members))
	for id := range ch.members {
		members = append(members, id)
	}
	slices.Sort(members)
	out := object{"id": ch.ID, "name": ch.Name, "kind": kind, "unread": ch.unread(p), "members": members, "topic": ch.Topic,
		"is_private": ch.kind == private, "is_ext_shared": s.external(ch)}
	if ch.kind == direct {
		out["user"] = s.ws.App.BotUserID
	}
	return out
}

// unread is the number of messages a person has not seen, everywhere.
func (s *Sim) unread(p *Person) int {
	n := 0
	for _, ch := range s.channels {
		if ch.members[p.ID] {
			n += ch.unread(p)
		}
	}
	return n
}

func (ch *channel) unread(p *Person) int {
	n := 0
	for _, m := range slices.Backward(ch.messages) {
		if m.ts <= ch.read[p.ID] {
			break
		}
		if m.user != p.ID && (m.onlyFor == "" || m.onlyFor == p.ID) {
			n++
		}
	}
	return n
}

func (s *Sim) pageMessages(w http.ResponseWriter, r *http.Request) {
	s.look(w, r, func(p *Person) (object, error) {
		q := r.URL.Query()
		_, ch, err := s.inChannel(p.ID, q.Get("channel"))
		if err != nil {
			return nil, err
		}
		thread := q.Get("thread")
		list := []any{}
		for _, m := range ch.messages {
			reply := m.threadTS != "" && m.threadTS != m.ts
			visible := m.onlyFor == "" || m.onlyFor == p.ID
			if thread == "" && reply && !m.broadcast || thread != "" && m.ts != thread && m.threadTS != thread || !visible {
				continue
			}
			list = append(list, s.seenMessage(ch, m))
		}
		if n := len(ch.messages); n > 0 {
			ch.read[p.ID] = ch.messages[n-1].ts
		}
		return object{"messages": list}, nil
	})
}

func (s *Sim) pageView(w http.ResponseWriter, r *http.Request) {
	s.look(w, r, func(p *Person) (object, error) {
		stack := []any{}
		for _, v := range s.stacks[p.ID] {
			o := s.viewJSON(v)
			if len(v.errors) > 0 {
				o["errors"] = v.errors
			}
			stack = append(stack, o)
		}
		return object{"stack": stack, "views": stack}, nil
	})
}

func (s *Sim) pageFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	p, err := s.who(r)
	f := s.files[r.URL.Query().Get("id")]
	if err == nil && (f == nil || !s.fileVisible(f, p.ID)) {
		err = errors.New("no such file")
	}
	s.mu.Unlock()
	if err != nil {
		refuse(w, http.StatusNotFound, err)
		return
	}
	// Whatever people upload must not run as a page of this origin.
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	kind := mimeOf(f.name)
	if !strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "image/svg") {
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(f.name))
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(f.data) // the browser may have gone
}

func (s *Sim) pageTranscript(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
	_, _ = s.transcript.WriteTo(w) // the browser may have gone
}

func (s *Sim) pageUpload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFile)
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		refuse(w, http.StatusBadRequest, fmt.Errorf("the upload is too large or broken: %w", err))
		return
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	var uploads []Upload
	for _, h := range append(r.MultipartForm.File["file"], r.MultipartForm.File["files"]...) {
		f, err := h.Open()
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		data, err := io.ReadAll(f)
		_ = f.Close()
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		uploads = append(uploads, Upload{Name: h.Filename, Data: data})
	}
	ids, ts, err := s.Share(s.idOf(r.FormValue("person")), r.FormValue("channel"), r.FormValue("thread"), r.FormValue("text"), uploads...)
	if err != nil {
		refuse(w, http.StatusOK, err)
		return
	}
	s.mu.Lock()
	files := make([]any, len(ids))
	for i, id := range ids {
		files[i] = s.fileJSON(s.files[id])
	}
	s.mu.Unlock()
	reply(w, http.StatusOK, object{"ok": true, "ts": ts, "files": files})
}

// idOf takes a handle or an id.
func (s *Sim) idOf(person string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.byHandle(person); p != nil {
		return p.ID
	}
	return person
}
