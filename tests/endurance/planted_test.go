package endurance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// scripted is a model endpoint that keeps what it is told, and answers with whatever it
// can make of it.
type scripted struct {
	*httptest.Server
	mu   sync.Mutex
	told []string
}

func newScripted(t *testing.T) *scripted {
	t.Helper()
	m := &scripted{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		m.mu.Lock()
		m.told = append(m.told, string(raw)+" "+fmt.Sprint(r.Header))
		odd := len(m.told)%2 == 1
		m.mu.Unlock()
		answer := map[string]any{"text": "The other side does not trust the CA.", "id": "", "quote": "", "order": []string{}}
		if odd { // one that repeats what it was told
			var req struct{ Messages []struct{ Content string } }
			if json.Unmarshal(raw, &req) == nil && len(req.Messages) > 1 {
				answer["text"] = req.Messages[1].Content[len(req.Messages[1].Content)/2:]
			}
		}
		said, _ := json.Marshal(answer)
		content, _ := json.Marshal(string(said))
		_, _ = fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9}}`, content)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *scripted) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.told...)
}

// around is what stands around a planted secret: something to diagnose.
func around(kind, text string) string {
	return "Please diagnose this error:\nSSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48\n" + text + "\nseen with " + kind
}

// TestPlantedKinds: whatever kind of secret people paste, attach, add in a thread or
// write into feedback, it reaches neither database nor log, neither what is said in
// Slack nor the model.
func TestPlantedKinds(t *testing.T) {
	endpoint := newScripted(t)
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 1000, AckWithin: time.Minute, TriggerLife: time.Minute}, Model: endpoint.URL + "/v1"})
	st := stage(t, w)
	st.Patience = 3 * time.Minute // what a busy machine could not commit in time comes again after AckWithin
	ella := st.As("ella")
	channel := ella.In(product.Requests)
	var thread *slacksim.Actor
	begin := func(n int) { // a case that grows for ever would be another test
		if n%8 == 0 {
			thread = channel.InThread(channel.Says("@Countersign what is wrong? tlsv1 alert unknown ca: SSL alert number 48"))
			thread.Sees("48")
		}
	}
	var needles []needle
	hide := func(kind, way string, secrets []string) {
		for _, s := range secrets {
			if len(s) < 6 {
				t.Errorf("%s: %q is too short to be looked for", kind, s)
			}
			needles = append(needles, needle{kind + ", " + way, []byte(s)})
		}
	}
	feedback := func(text string) {
		ella.Says("Please diagnose this error: tlsv1 alert unknown ca: SSL alert number 48")
		card := ella.Sees("Wrong answer…")
		ella.Clicks(card, "Wrong answer…")
		form := ella.SeesModal("What was it?")
		if r := ella.Submits(form, map[string]any{"What was it, in your words?": text}); !r.OK() {
			ella.Closes(form) // longer than Slack lets anybody write there: it stays open, and the next look would find it
		}
	}
	kinds := 0
	// Each kind goes every way with `make endurance`; else two of them, another two each time.
	all := os.Getenv("COUNTERSIGN_ENDURANCE") != ""
	goes := func(way int) bool { return all || (kinds+way)%3 == 0 }
	for kind, template := range written {
		begin(kinds)
		kinds++
		var text string
		by := func(way int, name, template string) bool {
			if !goes(way) {
				return false
			}
			var secrets []string
			text, secrets = plant(template)
			hide(kind, name, secrets)
			return true
		}
		if by(0, "pasted", template) {
			ella.Says(around(kind, text))
		}
		if by(1, "feedback", template) {
			feedback("It was this: " + text)
		}
		if by(2, "in a file", template) {
			thread.Uploads(strings.ReplaceAll(kind, " ", "-")+".log", []byte(around(kind, text)), "the log")
		}
		if kinds%8 == 0 && by(2*kinds, "in the name of a file", "ghp_⟦{a36}⟧") {
			thread.Uploads(text+".log", []byte(around(kind, "nothing")), "the log")
		}
		if by(3, "in a request", template) {
			channel.Says("@Countersign please make a new certificate for the boxes at the edge. " + text)
		}
		if by(4, "in the thread", template) {
			thread.Says(around(kind, text))
		}
	}
	for kind, text := range keyKinds(t) {
		begin(kinds)
		kinds++
		hide(kind, "key", keyNeedles(kind, text))
		ella.Says(around(kind, text))
		ella.Sees("holds a private key")
		if goes(0) {
			thread.Uploads("key.txt", []byte(around(kind, text)), "")
		}
		if goes(1) {
			thread.Says(around(kind, text))
		}
		if goes(2) {
			feedback(text)
		}
	}
	if kinds < 50 {
		t.Errorf("only %d kinds", kinds)
	}
	w.Settled(3 * time.Minute)
	if live := scanTree(t, w.Data(), needles); live < 3 {
		t.Errorf("only %d files of the running product were read", live)
	}
	if _, err := os.Stat(w.Database() + "-wal"); err != nil {
		t.Errorf("the database's log was not among them: %v", err)
	}
	p.Stop()
	w.Healthy()
	scanTree(t, w.Data(), needles)
	log, err := os.ReadFile(w.Log())
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range scan(log, needles) {
		t.Errorf("the log holds %s", what)
	}
	said := saidByApp(t, filepath.Join(w.Dir, "transcript.jsonl"))
	for _, call := range said {
		for _, what := range scan(call, needles) {
			t.Errorf("said again in Slack: %s", what)
		}
	}
	told := endpoint.all()
	for _, one := range told {
		for _, what := range scan([]byte(one), needles) {
			t.Errorf("the model was told %s", what)
		}
	}
	t.Logf("%d kinds, %d needles, %d calls to Slack, %d to the model", kinds, len(needles), len(said), len(told))
	if len(told) < 20 || len(said) < kinds {
		t.Errorf("%d calls to the model and %d to Slack: not everything was played", len(told), len(said))
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
