package product

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"sync"

	"countersign/slacksim"
)

// Record reads the transcript while it grows: how often each effect was posted, and
// whoever wants to hear of the next entry. Safe for concurrent use.
type Record struct {
	mu    sync.Mutex
	file  *os.File
	posts map[string]int    // messages posted, by the key in their metadata
	files map[string]int    // files shared, by name
	names map[string]string // of files, by their id
	hooks map[int]func(slacksim.Entry)
	next  int
}

func newRecord(path string) (*Record, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return &Record{file: f, posts: map[string]int{}, files: map[string]int{}, names: map[string]string{}, hooks: map[int]func(slacksim.Entry){}}, err
}

// Write takes one line of the transcript. Those who hear of it do so before the
// workspace goes on.
func (r *Record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e slacksim.Entry
	if json.Unmarshal(line, &e) == nil {
		r.note(e)
		for _, hook := range r.hooks {
			hook(e)
		}
	}
	return r.file.Write(line)
}

// done reports whether an API call did its work, be it that the answer was lost.
func done(e slacksim.Entry) bool {
	return e.Error == "done, but the answer was lost" || bytes.Contains(e.Response, []byte(`"ok":true`))
}

func (r *Record) note(e slacksim.Entry) {
	if e.Kind != "api" || !done(e) {
		return
	}
	switch e.Name {
	case "chat.postMessage":
		if key := keyOf(e.Payload); key != "" {
			r.posts[key]++
		}
	case "files.completeUploadExternal":
		for _, id := range filesOf(e.Payload) {
			r.files[r.names[id]]++
		}
	case "files.getUploadURLExternal":
		var asked struct{ Filename string }
		var got struct {
			ID string `json:"file_id"`
		}
		if json.Unmarshal(e.Payload, &asked) == nil && json.Unmarshal(e.Response, &got) == nil {
			r.names[got.ID] = asked.Filename
		}
	}
}

// argument reads one argument of a call, which may be JSON within a string.
func argument(payload json.RawMessage, name string, into any) {
	var args map[string]json.RawMessage
	if json.Unmarshal(payload, &args) != nil {
		return
	}
	raw := args[name]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	_ = json.Unmarshal(raw, into) // absent or otherwise: into stays empty
}

func keyOf(payload json.RawMessage) string {
	var meta struct {
		Payload struct {
			Key string `json:"key"`
		} `json:"event_payload"`
	}
	argument(payload, "metadata", &meta)
	_, name, _ := strings.Cut(meta.Payload.Key, "/") // behind the identity of the database
	return name
}

func filesOf(payload json.RawMessage) []string {
	var files []struct {
		ID string `json:"id"`
	}
	argument(payload, "files", &files)
	out := make([]string, 0, len(files))
	for _, f := range files {
		out = append(out, f.ID)
	}
	return out
}

// Posts gives how often a message was posted under each effect's key.
func (r *Record) Posts() map[string]int { return r.count(func() map[string]int { return r.posts }) }

// Files gives how often each file was shared.
func (r *Record) Files() map[string]int { return r.count(func() map[string]int { return r.files }) }

func (r *Record) count(of func() map[string]int) map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]int{}
	for k, n := range of() {
		out[k] = n
	}
	return out
}

// Hear calls f with every entry from now on, inside the workspace: it must be quick
// and call nothing of it. The result ends that.
func (r *Record) Hear(f func(slacksim.Entry)) (stop func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	n := r.next
	r.hooks[n] = f
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.hooks, n)
	}
}

func (r *Record) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.file.Close()
}
