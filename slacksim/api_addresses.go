package slacksim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"countersign/slacksim/blockkit"
)

// serveHook takes an answer at a response_url.
func (s *webAPI) serveHook(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	entry := Entry{Time: began, Direction: FromApp, Kind: "response_url", Name: "response_url", Payload: raw}
	key := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	status, code := s.useHook(key, raw)
	entry.Millis, entry.Error = millis(began), code
	s.transcript.add(entry)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	answer := object{"ok": code == ""}
	if code != "" {
		answer["error"] = code
	}
	_ = json.NewEncoder(w).Encode(answer) // the app may have hung up
}

func (s *webAPI) useHook(key string, raw []byte) (int, string) {
	if f := s.faults.take(FaultServerError, "response_url"); f != nil {
		return f.status(), "server_error"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hooks.byKey[key]
	switch {
	case h == nil || time.Since(h.made) > hookLife:
		return http.StatusNotFound, "expired_url"
	case h.uses >= hookUses:
		return http.StatusNotFound, "used_url"
	}
	var a args
	if json.Unmarshal(raw, &a.body) != nil || a.body == nil {
		return http.StatusBadRequest, "invalid_payload"
	}
	body, err := s.checked(a, blockkit.MessageText)
	if err != nil {
		return http.StatusBadRequest, codeOf(err)
	}
	ch := s.channels[h.channel]
	original := ch.at(h.ts)
	switch {
	case a.flag("delete_original"):
		if original == nil {
			return http.StatusNotFound, "message_not_found"
		}
		s.erase(ch, original)
	case body.empty() && !body.hasBlocks:
		return http.StatusBadRequest, "no_text"
	case a.flag("replace_original") && original != nil:
		s.rewrite(ch, original, body)
	default:
		m := body.answering(a, &s.ws.App, h.person)
		m.threadTS = a.str("thread_ts")
		s.post(ch, m)
	}
	h.uses++
	return http.StatusOK, ""
}

// serveUpload takes the bytes at an upload URL, raw or as a form's file.
func (s *webAPI) serveUpload(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/upload/v1/")
	if len(key) < 24 {
		http.NotFound(w, r)
		return
	}
	id := key[:len(key)-24]
	s.mu.Lock()
	f := s.files[id]
	s.mu.Unlock()
	if f == nil || f.completed {
		http.Error(w, "file not found", http.StatusNotFound)
		return
	}
	data, err := uploaded(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(data) != f.size {
		http.Error(w, "the length differs from what was announced", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	f.data, f.uploaded = data, true
	s.mu.Unlock()
	_, _ = io.WriteString(w, "OK - "+r.Header.Get("Content-Length")) // the app may have hung up
}

func uploaded(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFile+1<<20)
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return io.ReadAll(r.Body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			return io.ReadAll(part)
		}
	}
}

// serveFile answers url_private and url_private_download. Without a token
// that may read the file Slack answers no error but redirects to its sign-in
// page, which is HTML with status 200.
func (s *webAPI) serveFile(w http.ResponseWriter, r *http.Request) {
	part, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/files-pri/"+s.ws.Team.ID+"-"), "/")
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	f := s.files[part]
	allowed := f != nil && f.uploaded && token == s.ws.App.BotToken && slices.Contains(s.ws.App.BotScopes, "files:read") && s.fileVisible(f, s.ws.App.BotUserID)
	s.mu.Unlock()
	if !allowed {
		http.Redirect(w, r, "/signin?"+url.Values{"redir": {r.URL.Path}}.Encode(), http.StatusFound)
		return
	}
	s.transcript.add(Entry{Direction: FromApp, Kind: "download", Name: f.name})
	_, _, mime := f.kind()
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", "attachment")
	_, _ = w.Write(f.data) // the app may have hung up
}

func serveSignIn(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!DOCTYPE html><title>Sign in | Slack</title><p>Sign in to see this file.</p>")
}
