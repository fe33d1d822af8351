package slacksim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"countersign/slacksim"
)

type object = map[string]any

// call calls a Web API method with a form and the bot token, and answers its
// JSON and the HTTP response.
func call(t testing.TB, st *slacksim.Stage, method string, args ...string) (object, *http.Response) {
	t.Helper()
	return callAs(t, st, st.App().BotToken, method, args...)
}

func callAs(t testing.TB, st *slacksim.Stage, token, method string, args ...string) (object, *http.Response) {
	t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, st.APIURL()+method, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out object
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil && resp.StatusCode == http.StatusOK {
		t.Fatalf("%s: %v", method, err)
	}
	return out, resp
}

// ok is call for what must succeed.
func ok(t testing.TB, st *slacksim.Stage, method string, args ...string) object {
	t.Helper()
	out, _ := call(t, st, method, args...)
	if out["ok"] != true {
		t.Fatalf("%s %v answered %v", method, args, out)
	}
	return out
}

// refused is call for what must fail with a code.
func refused(t *testing.T, st *slacksim.Stage, code, method string, args ...string) object {
	t.Helper()
	out, _ := call(t, st, method, args...)
	if out["ok"] != false || out["error"] != code {
		t.Errorf("%s %v answered %v, want %s", method, args, out, code)
	}
	return out
}

// envelope is what an app receives over Socket Mode.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Reason  string          `json:"reason"`
	Accepts bool            `json:"accepts_response_payload"`
	Attempt int             `json:"retry_attempt"`
	Why     string          `json:"retry_reason"`
	Raw     json.RawMessage `json:"payload"`
}

func (e envelope) payload(t *testing.T) object {
	t.Helper()
	var out object
	if err := json.Unmarshal(e.Raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// app is one Socket Mode connection in the test's hands: it reads envelopes
// and acknowledges as answer says; nil stays silent.
type app struct {
	t      *testing.T
	conn   *websocket.Conn
	got    chan envelope
	mu     sync.Mutex
	answer func(envelope) any
}

type silent struct{}

func connect(t *testing.T, st *slacksim.Stage, answer func(envelope) any) *app {
	t.Helper()
	out, _ := callAs(t, st, st.App().AppToken, "apps.connections.open")
	address, _ := out["url"].(string)
	conn, resp, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatalf("dial: %v (%v)", err, out)
	}
	_ = resp.Body.Close()
	a := &app{t: t, conn: conn, got: make(chan envelope, 100), answer: answer}
	go a.read()
	t.Cleanup(func() { _ = conn.Close() })
	if hello := a.next(); hello.Type != "hello" {
		t.Fatalf("first message is %+v", hello)
	}
	return a
}

func (a *app) read() {
	defer close(a.got)
	for {
		var e envelope
		if a.conn.ReadJSON(&e) != nil {
			return
		}
		if e.ID != "" && a.answer != nil {
			if payload := a.answer(e); payload != (silent{}) {
				ack := object{"envelope_id": e.ID}
				if payload != nil {
					ack["payload"] = payload
				}
				a.mu.Lock()
				_ = a.conn.WriteJSON(ack) // the connection may be gone
				a.mu.Unlock()
			}
		}
		a.got <- e
	}
}

// next is the next envelope.
func (a *app) next() envelope {
	a.t.Helper()
	select {
	case e, open := <-a.got:
		if !open {
			a.t.Fatal("the connection closed")
		}
		return e
	case <-time.After(30 * time.Second):
		a.t.Fatal("nothing came")
	}
	return envelope{}
}

// nextOf is the next envelope of two connections, of which one is dropped.
func nextOf(a, b *app) envelope {
	a.t.Helper()
	one, two := a.got, b.got
	for one != nil || two != nil {
		select {
		case e, open := <-one:
			if open {
				return e
			}
			one = nil
		case e, open := <-two:
			if open {
				return e
			}
			two = nil
		case <-time.After(30 * time.Second):
			a.t.Fatal("nothing came")
		}
	}
	a.t.Fatal("both connections closed")
	return envelope{}
}

// event is the next event of a type, as its inner event.
func (a *app) event(kind string) object {
	a.t.Helper()
	for {
		if e := a.next(); e.Type == "events_api" {
			if inner, _ := e.payload(a.t)["event"].(object); inner["type"] == kind {
				return inner
			}
		}
	}
}

// interaction is the next interaction of a type.
func (a *app) interaction(kind string) object {
	a.t.Helper()
	for {
		if e := a.next(); e.Type == "interactive" {
			if p := e.payload(a.t); p["type"] == kind {
				return p
			}
		}
	}
}

func acked(envelope) any { return nil }

func stage(t *testing.T, opt ...slacksim.Options) *slacksim.Stage {
	t.Helper()
	return slacksim.Start(t, slacksim.Default(), opt...)
}

const (
	certificates = "C0CERTIFICATES"
	modalView    = `{"type":"modal","callback_id":"form","title":{"type":"plain_text","text":"Form"},"submit":{"type":"plain_text","text":"Send"},
		"blocks":[{"type":"input","block_id":"b","label":{"type":"plain_text","text":"Name"},"element":{"type":"plain_text_input","action_id":"a"}}]}`
	buttonBlocks = `[{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"go","value":"v","text":{"type":"plain_text","text":"Go"}}]}]`
)

// trigger runs /cert as ella and answers the trigger_id it hands out.
func trigger(t *testing.T, st *slacksim.Stage, a *app) string {
	t.Helper()
	st.As("ella").In("#certificates").Runs("/cert new")
	for {
		if e := a.next(); e.Type == "slash_commands" {
			id, _ := e.payload(t)["trigger_id"].(string)
			return id
		}
	}
}

func decoded(t *testing.T, raw string) object {
	t.Helper()
	var out object
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
