package slacksim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"countersign/slacksim/blockkit"
	"countersign/slacksim/markup"
)

// Bounds of uploads.
const (
	maxFile    = 64 << 20 // Slack takes 1 GB; a local workspace need not
	maxSnippet = 1 << 20
)

func filesUploadURL(c *call) (object, error) {
	name, length := c.args.str("filename"), c.args.number("length", 0)
	switch {
	case name == "":
		return nil, no("invalid_arguments", "[ERROR] missing required field: filename [json-pointer:/filename]")
	case length <= 0:
		return nil, no("invalid_arguments", "[ERROR] missing required field: length [json-pointer:/length]")
	case length > maxFile:
		return nil, no("file_upload_size_restricted")
	case c.args.str("snippet_type") != "" && length > maxSnippet:
		return nil, no("snippet_too_large")
	}
	f := &file{id: c.nextID("F"), name: name, user: c.ws.App.BotUserID, size: length, created: time.Now().Unix(),
		snippet: c.args.str("snippet_type"), altText: c.args.str("alt_txt")}
	c.files[f.id] = f
	return object{"upload_url": c.base + "/upload/v1/" + f.id + random(12), "file_id": f.id}, nil
}

// serveUpload takes the bytes at an upload URL, raw or as a form's file.
func (s *Sim) serveUpload(w http.ResponseWriter, r *http.Request) {
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

func filesComplete(c *call) (object, error) {
	var wanted []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if json.Unmarshal(c.args.raw("files"), &wanted) != nil || len(wanted) == 0 {
		return nil, no("invalid_arguments", "[ERROR] must provide an array [json-pointer:/files]")
	}
	targets, err := c.shareTargets()
	if err != nil {
		return nil, err
	}
	var files []*file
	for _, want := range wanted {
		f := c.files[want.ID]
		if f == nil || !f.uploaded || f.user != c.ws.App.BotUserID {
			return nil, no("file_not_found")
		}
		if f.completed {
			return nil, no("file_update_failed")
		}
		files = append(files, f)
	}
	var blocks []any
	if raw := c.args.raw("blocks"); raw != nil {
		if problems := blockkit.CheckBlocks(raw); len(problems) > 0 {
			return nil, no(blockkit.Code(problems), blockkit.Messages(problems)...)
		}
		blocks = c.fill(raw)
	}
	for i, f := range files {
		f.title, f.completed = wanted[i].Title, true
	}
	for _, ch := range targets {
		c.share(ch, &message{user: c.ws.App.BotUserID, fromApp: true, text: markup.FromApp(c.args.str("initial_comment"), true),
			blocks: blocks, files: files, threadTS: c.args.str("thread_ts")})
	}
	out := make([]any, len(files))
	for i, f := range files {
		out[i] = c.fileJSON(f)
	}
	return object{"files": out}, nil
}

// shareTargets reads channel_id and channels: ids only, of places the app is in.
func (c *call) shareTargets() ([]*channel, error) {
	var ids []string
	if id := c.args.str("channel_id"); id != "" {
		ids = append(ids, id)
	}
	ids = append(ids, strings.FieldsFunc(c.args.str("channels"), func(r rune) bool { return r == ',' })...)
	if len(ids) > 100 {
		return nil, no("too_many_channels")
	}
	var out []*channel
	for _, id := range ids {
		if !strings.ContainsAny(id[:1], "CGDZ") {
			return nil, no("invalid_channel") // python-slack-sdk 1426: a user id fails
		}
		ch := c.channels[id]
		switch {
		case ch == nil || ch.kind == private && !ch.members[c.ws.App.BotUserID]:
			return nil, no("channel_not_found")
		case !ch.members[c.ws.App.BotUserID]:
			return nil, no("not_in_channel")
		}
		out = append(out, ch)
	}
	return out, nil
}

func filesInfo(c *call) (object, error) {
	f := c.files[c.args.str("file")]
	if f == nil || !f.uploaded || !c.fileVisible(f, c.ws.App.BotUserID) {
		return nil, no("file_not_found")
	}
	return object{"file": c.fileJSON(f), "comments": []any{}, "response_metadata": object{"next_cursor": ""}}, nil
}

func filesDelete(c *call) (object, error) {
	f := c.files[c.args.str("file")]
	if f == nil {
		return nil, no("file_not_found")
	}
	if f.user != c.ws.App.BotUserID {
		return nil, no("cant_delete_file")
	}
	delete(c.files, f.id)
	return nil, nil
}

// serveFile answers url_private and url_private_download. Without a token
// that may read the file Slack answers no error but redirects to its sign-in
// page, which is HTML with status 200.
func (s *Sim) serveFile(w http.ResponseWriter, r *http.Request) {
	part, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/files-pri/"+s.ws.Team.ID+"-"), "/")
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c := call{Sim: s, token: botToken}
	s.mu.Lock()
	f := s.files[part]
	allowed := f != nil && f.uploaded && token == s.ws.App.BotToken && c.has("files:read") && s.fileVisible(f, s.ws.App.BotUserID)
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
