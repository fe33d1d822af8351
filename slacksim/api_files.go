package slacksim

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

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
