package pagetest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

type object = map[string]any

// server keeps the page API over data that a test fills in.
type server struct {
	mu       sync.Mutex
	state    object
	messages map[string][]object // channel, or channel and thread ts
	views    []object
	calls    []call
	answer   func(call) object // nil or a nil answer means {"ok": true}
	streams  map[chan object]bool
	files    map[string][]byte
	url      string
}

// call is one POST of the page.
type call struct {
	Path string
	Body object
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{state: workspace(), messages: map[string][]object{}, streams: map[chan object]bool{}, files: map[string][]byte{}}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(os.DirFS("..")))
	mux.HandleFunc("GET /sim/state", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		out := object{}
		for k, v := range s.state {
			out[k] = v
		}
		for _, p := range s.state["people"].([]object) {
			if p["id"] == r.FormValue("person") {
				out["person"] = p
			}
		}
		reply(w, out)
	})
	mux.HandleFunc("GET /sim/messages", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		key := r.FormValue("channel")
		if thread := r.FormValue("thread"); thread != "" {
			key += " " + thread
		}
		list := s.messages[key]
		if list == nil {
			list = []object{}
		}
		reply(w, object{"messages": list})
	})
	mux.HandleFunc("GET /sim/view", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		reply(w, object{"views": s.views})
	})
	mux.HandleFunc("GET /sim/file", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(s.files[r.FormValue("id")])
	})
	mux.HandleFunc("GET /sim/events", s.stream)
	mux.HandleFunc("POST /sim/", s.post)
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	t.Cleanup(s.dropStreams)
	s.url = h.URL
	return s
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (s *server) post(w http.ResponseWriter, r *http.Request) {
	c := call{Path: r.URL.Path, Body: object{}}
	if r.URL.Path == "/sim/upload" {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for k := range r.MultipartForm.Value {
			c.Body[k] = r.FormValue(k)
		}
		for _, f := range r.MultipartForm.File["file"] {
			in, err := f.Open()
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			data, _ := io.ReadAll(in)
			c.Body["file "+f.Filename] = string(data)
		}
	} else if err := json.NewDecoder(r.Body).Decode(&c.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	answer := s.answer
	s.mu.Unlock()
	var out object
	if answer != nil {
		out = answer(c)
	}
	if out == nil {
		out = object{"ok": true}
	}
	reply(w, out)
}

func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	ch := make(chan object, 64)
	s.mu.Lock()
	s.streams[ch] = true
	s.mu.Unlock()
	for e := range ch {
		_ = conn.WriteJSON(e)
	}
}

// event sends an event to every open page. What it says of a message that is
// listed is so when the page lists the channel again, which it does when it likes.
func (s *server) event(name string, data any) {
	raw, _ := json.Marshal(data)
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := data.(object); ok && strings.HasPrefix(name, "message") {
		s.listed(name, o)
	}
	for ch := range s.streams {
		ch <- object{"event": name, "data": json.RawMessage(raw)}
	}
}

func (s *server) listed(name string, o object) {
	channel, _ := o["channel"].(string)
	list, known := s.messages[channel]
	if !known {
		return
	}
	m, _ := o["message"].(object)
	ts := o["ts"]
	if m != nil {
		ts = m["ts"]
	}
	at := slices.IndexFunc(list, func(old object) bool { return old["ts"] == ts })
	switch {
	case name == "message" && at < 0:
		s.messages[channel] = append(slices.Clone(list), m)
	case name == "message_changed" && at >= 0:
		s.messages[channel] = slices.Replace(slices.Clone(list), at, at+1, m)
	case name == "message_deleted" && at >= 0:
		s.messages[channel] = slices.Delete(slices.Clone(list), at, at+1)
	}
}

// dropStreams ends every event stream, as a network that breaks does.
func (s *server) dropStreams() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ch := range s.streams {
		close(ch)
	}
	s.streams = map[chan object]bool{}
}

// setViews replaces the view stack and tells the page.
func (s *server) setViews(event string, views ...object) {
	s.mu.Lock()
	s.views = views
	s.mu.Unlock()
	s.event(event, object{})
}

// called lists the calls of one path so far.
func (s *server) called(path string) []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []call
	for _, c := range s.calls {
		if c.Path == path {
			out = append(out, c)
		}
	}
	return out
}

func workspace() object {
	return object{
		"team": object{"id": "T1", "name": "Acme Voice"},
		"people": []object{
			{"id": "U1", "name": "ella", "real_name": "Ella Brandt", "title": "Collaboration engineer", "locale": "en-US"},
			{"id": "U2", "name": "anselm", "real_name": "Anselm Okafor", "title": "PKI approver", "locale": "en-GB"},
			{"id": "U3", "name": "bolin", "real_name": "林波", "title": "PKI approver", "locale": "zh-CN"},
			{"id": "U4", "name": "sam", "real_name": "蔡善明", "title": "Support", "locale": "zh-TW"},
		},
		"person": object{"id": "U1"},
		"channels": []object{
			{"id": "C1", "name": "certificates", "kind": "channel", "unread": 0, "topic": "Ask for certificates here", "members": []string{"U1", "U2"}},
			{"id": "C2", "name": "support", "kind": "channel", "unread": 3, "members": []string{"U1", "U4"}},
			{"id": "D1", "name": "Countersign", "kind": "im", "unread": 1, "user": "UBOT", "members": []string{"U1", "UBOT"}},
		},
		"home": nil,
		"app": object{
			"name": "Countersign", "id": "A1", "bot_user_id": "UBOT", "bot_id": "B1",
			"commands": []object{{"command": "/cert", "description": "Certificates: new, list, show", "usage_hint": "new | list | show ID"}},
			"shortcuts": []object{
				{"callback_id": "new_request", "name": "Request a certificate", "type": "global"},
				{"callback_id": "diagnose", "name": "Diagnose this message", "type": "message"},
			},
		},
	}
}
