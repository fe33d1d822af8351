package llm

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/locales"
)

// endpoint is a scripted OpenAI-compatible service.
type endpoint struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	auth   []string
	answer func(w http.ResponseWriter, body string)
}

func serve(t testing.TB, answer func(w http.ResponseWriter, body string)) *endpoint {
	t.Helper()
	e := &endpoint{answer: answer}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.bodies, e.auth = append(e.bodies, string(raw)), append(e.auth, r.Header.Get("Authorization"))
		e.mu.Unlock()
		if r.URL.Path != "/v1/chat/completions" {
			http.NotFound(w, r)
			return
		}
		e.answer(w, string(raw))
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) calls() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.bodies)
}

// stalls says nothing until the other side has gone.
func stalls(w http.ResponseWriter, _ string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	io.Copy(io.Discard, c) //nolint:errcheck // that it ends is all
}

// says answers every call with content.
func says(content string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) { reply(w, content, "stop") }
}

// object answers with a JSON object made of pairs.
func answers(v any) func(http.ResponseWriter, string) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return says(string(raw))
}

func reply(w http.ResponseWriter, content, finish string) {
	w.Header().Set("Content-Type", "application/json")
	text, _ := json.Marshal(content)
	fmt.Fprintf(w, `{"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":%s},"finish_reason":%q}],"usage":{"prompt_tokens":50,"completion_tokens":20,"total_tokens":70}}`, text, finish)
}

// languages are those of the catalogue and of more.
func languages(t testing.TB, more ...fs.FS) Languages {
	t.Helper()
	all, cat := Languages{}, locales.Open(more...)
	for _, lang := range cat.Languages() {
		l, err := cat.Language(lang)
		if err != nil {
			t.Fatal(err)
		}
		if l.Model != nil {
			all[lang] = Language(*l.Model)
		}
	}
	return all
}

func assistant(t testing.TB, e *endpoint, change ...func(*Config)) *Assistant {
	t.Helper()
	c := Config{URL: e.URL + "/v1", Model: "m", Key: "sk-scripted-key-000111222333", Timeout: 2 * time.Second, Languages: languages(t)}
	for _, f := range change {
		f(&c)
	}
	a, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// sent gives what the model got to read, as text.
func (e *endpoint) sent(t testing.TB) string {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	var all strings.Builder
	for _, b := range e.bodies {
		var req struct{ Messages []struct{ Content string } }
		if err := json.Unmarshal([]byte(b), &req); err != nil {
			t.Fatal(err)
		}
		for _, m := range req.Messages {
			all.WriteString(m.Content + "\n")
		}
	}
	return all.String()
}
