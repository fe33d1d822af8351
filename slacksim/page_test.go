package slacksim_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

// browser speaks the page's API as the page does.
type browser struct {
	t  *testing.T
	st *slacksim.Stage
}

func (b browser) get(path string, query ...string) object {
	b.t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	resp, err := http.Get(b.st.URL() + path + "?" + q.Encode())
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(resp)
}

func (b browser) post(path string, body any) object {
	b.t.Helper()
	resp, err := http.Post(b.st.URL()+path, "application/json", strings.NewReader(encoded(b.t, body)))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(resp)
}

func (b browser) read(resp *http.Response) object {
	b.t.Helper()
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	var out object
	if err := json.Unmarshal(raw, &out); err != nil {
		b.t.Fatalf("%s %s: %v: %s", resp.Request.URL.Path, resp.Status, err, raw)
	}
	return out
}

// events reads server-sent events of a person.
func (b browser) events(person string) <-chan [2]string {
	b.t.Helper()
	resp, err := http.Get(b.st.URL() + "/sim/events?person=" + person)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = resp.Body.Close() })
	out := make(chan [2]string, 100)
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the greeting: from now on nothing is missed
	go func() {
		defer close(out)
		name := ""
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = n
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- [2]string{name, data}
			}
		}
	}()
	return out
}

func (b browser) event(from <-chan [2]string, name string) object {
	b.t.Helper()
	for {
		select {
		case e := <-from:
			if e[0] == name {
				return decoded(b.t, e[1])
			}
		case <-time.After(30 * time.Second):
			b.t.Fatalf("no event %s", name)
		}
	}
}

func TestPage(t *testing.T) {
	st := stage(t)
	var next any
	a := connect(t, st, func(envelope) any { return next })
	b := browser{t, st}
	events := b.events("U0ELLA")

	state := b.get("/sim/state", "person", "ella")
	if p, _ := state["person"].(object); p["id"] != "U0ELLA" || len(state["people"].([]any)) != 6 || len(state["channels"].([]any)) != 4 {
		t.Errorf("state is %v", state)
	}
	if first := b.get("/sim/state"); first["person"].(object)["id"] != "U0ELLA" {
		t.Error("a page without a person plays nobody")
	}

	if out := b.post("/sim/say", object{"person": "U0ELLA", "channel": certificates, "text": "hi <b>"}); out["ok"] != true {
		t.Fatalf("say: %v", out)
	}
	if m := b.event(events, "message"); m["message"].(object)["text"] != "hi &lt;b&gt;" || m["message"].(object)["user_name"] != "Ella Brandt" {
		t.Errorf("event is %v", m)
	}
	if sam := b.get("/sim/state", "person", "U0SAM")["channels"].([]any)[0].(object); sam["unread"] != 1.0 {
		t.Errorf("sam's channel is %v", sam)
	}
	b.get("/sim/messages", "person", "U0SAM", "channel", certificates)
	if sam := b.get("/sim/state", "person", "U0SAM")["channels"].([]any)[0].(object); sam["unread"] != 0.0 {
		t.Errorf("after reading sam's channel is %v", sam)
	}

	// A card with a menu; the click carries what else was chosen.
	ok(t, st, "chat.postMessage", "channel", certificates, "text", "x", "blocks", `[{"type":"actions","block_id":"b","elements":[
		{"type":"static_select","action_id":"s","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]},
		{"type":"button","action_id":"go","value":"v","text":{"type":"plain_text","text":"Go"}}]}]`)
	card := b.event(events, "message")["message"].(object)
	container := object{"type": "message", "channel": certificates, "ts": card["ts"]}
	one := object{"text": object{"type": "plain_text", "text": "One", "emoji": true}, "value": "1"}
	if out := b.post("/sim/action", object{"person": "U0ELLA", "container": container, "block_id": "b", "action_id": "s", "type": "static_select", "selected_option": one}); out["ok"] != true {
		t.Fatalf("select: %v", out)
	}
	if p := a.interaction("block_actions"); p["actions"].([]any)[0].(object)["selected_option"].(object)["value"] != "1" {
		t.Errorf("select arrived as %v", p["actions"])
	}
	b.post("/sim/action", object{"person": "U0ELLA", "container": container, "block_id": "b", "action_id": "go", "value": "v"})
	if p := a.interaction("block_actions"); encoded(t, p["state"]) == `{"values":{}}` {
		t.Error("the state of the message is lost")
	}

	// A modal from a command, with an error and a success.
	if out := b.post("/sim/command", object{"person": "U0ELLA", "channel": certificates, "command": "/cert", "text": "new"}); out["ok"] != true {
		t.Fatalf("command: %v", out)
	}
	ok(t, st, "views.open", "trigger_id", lastTrigger(t, a), "view", modalView)
	view := b.event(events, "view_opened")["view"].(object)
	submit := func(name any) object {
		return b.post("/sim/submit", object{"person": "U0ELLA", "view_id": view["id"],
			"state": object{"values": object{"b": object{"a": object{"type": "plain_text_input", "value": name}}}}})
	}
	if out := submit(nil); out["errors"].(object)["b"] != "Please complete this required field." {
		t.Errorf("empty: %v", out)
	}
	next = object{"response_action": "errors", "errors": object{"b": "no"}}
	if out := submit("x"); out["ok"] != false || out["errors"].(object)["b"] != "no" {
		t.Errorf("errors: %v", out)
	}
	if stack := b.get("/sim/view", "person", "U0ELLA")["stack"].([]any); len(stack) != 1 || stack[0].(object)["errors"] == nil {
		t.Errorf("stack: %v", stack)
	}
	next = nil
	if out := submit("y"); out["ok"] != true {
		t.Errorf("submission: %v", out)
	}
	b.event(events, "view_closed")

	// Trouble is told.
	_ = a.conn.Close()
	for deadline := time.Now().Add(30 * time.Second); st.Connections() > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if out := b.post("/sim/shortcut", object{"person": "U0ELLA", "callback_id": "new_request"}); out["ok"] != false {
		t.Errorf("shortcut without an app: %v", out)
	}
	if note := b.event(events, "toast"); note["level"] != "error" {
		t.Errorf("toast is %v", note)
	}
}

func lastTrigger(t *testing.T, a *app) string {
	t.Helper()
	for {
		if e := a.next(); e.Type == "slash_commands" {
			id, _ := e.payload(t)["trigger_id"].(string)
			return id
		}
	}
}

func TestPageFiles(t *testing.T) {
	st := stage(t)
	b := browser{t, st}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, v := range map[string]string{"person": "U0ELLA", "channel": "C0CERTIFICATES", "text": "see"} {
		if err := form.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", `C:\temp\..\page.html`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, "<script>alert(1)</script>"); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(st.URL()+"/sim/upload", form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	out := b.read(resp)
	f := out["files"].([]any)[0].(object)
	if out["ok"] != true || f["name"] != "page.html" {
		t.Fatalf("upload: %v", out)
	}
	get := func(person string) *http.Response {
		resp, err := http.Get(st.URL() + "/sim/file?" + url.Values{"person": {person}, "id": {f["id"].(string)}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp
	}
	if resp := get("U0SAM"); resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("an HTML file is served as %v", resp.Header)
	}
	if resp := get("U0GIL"); resp.StatusCode != 404 {
		t.Errorf("somebody outside the channel gets %s", resp.Status)
	}
}

// Another site's page must not act as somebody.
func TestPageIsItsOwn(t *testing.T) {
	st := stage(t)
	send := func(host, origin string) int {
		req, err := http.NewRequest(http.MethodPost, st.URL()+"/sim/say", strings.NewReader(`{"person":"U0ELLA","channel":"C0CERTIFICATES","text":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			req.Host = host
		}
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if got := send("", "https://evil.example"); got != http.StatusForbidden {
		t.Errorf("a foreign origin got %d", got)
	}
	if got := send("evil.example", ""); got != http.StatusForbidden {
		t.Errorf("a foreign host got %d", got)
	}
	if got := send("", st.URL()); got != http.StatusOK {
		t.Errorf("its own page got %d", got)
	}
	if _, err := slacksim.New(slacksim.Default(), slacksim.Options{Addr: "0.0.0.0:0"}); err == nil {
		t.Error("an address for all was taken without being asked for")
	}
}
