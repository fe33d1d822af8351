package pagetest

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const at = "1795000000.000100"

func message(ts, user, text string) object {
	return object{"type": "message", "ts": ts, "user": user, "text": text, "user_name": map[string]string{
		"U1": "Ella Brandt", "U2": "Anselm Okafor", "UBOT": "Countersign"}[user]}
}

func TestHostileTextStaysText(t *testing.T) {
	s := newServer(t)
	hostile := `<img src=x onerror="window.pwned=1"> <script>window.pwned=1</script> &lt;b&gt;bold?&lt;/b&gt; <javascript:alert(1)|click> ` +
		`<https://ok.example/?a="><svg onload=window.pwned=1>|label <i>x</i>> &amp;lt;`
	blocks := []object{
		{"type": "section", "block_id": "b1", "text": object{"type": "mrkdwn", "text": hostile}},
		{"type": "section", "block_id": "b2", "text": object{"type": "plain_text", "text": `<b>*plain*</b> <@U2>`}},
		{"type": "header", "block_id": "b3", "text": object{"type": "plain_text", "text": `<i>head</i>`}},
		{"type": "markdown", "block_id": "b4", "text": "<img src=x onerror=window.pwned=1> [x](javascript:window.pwned=1) **bold**"},
		{"type": "table", "block_id": "b5", "rows": [][]object{{{"type": "raw_text", "text": "<u>h</u>"}}, {{"type": "raw_text", "text": "<u>c</u>"}}}},
		{"type": "image", "block_id": "b6", "image_url": "javascript:window.pwned=1", "alt_text": `"><script>window.pwned=1</script>`},
		{"type": "actions", "block_id": "b7", "elements": []object{{"type": "button", "action_id": "a", "url": "javascript:window.pwned=1",
			"text": object{"type": "plain_text", "text": `<b>go</b>`}}}},
		{"type": "<script>", "block_id": "b8"},
	}
	m := message(at, "UBOT", "fallback")
	m["blocks"], m["bot_id"] = blocks, "B1"
	s.messages["C1"] = []object{m, message("1795000001.000100", "U2", hostile)}
	p := open(t, s, "/?person=U1&channel=C1")
	p.until(`document.querySelectorAll('[data-testid=message]').length === 2`)

	if eval[bool](p, `'pwned' in window`) {
		t.Error("hostile text ran")
	}
	if n := eval[int](p, `document.querySelectorAll('#main .message-body :is(script, img, i, u, b, [onerror], [onload], a[href^="javascript:"])').length`); n != 0 {
		t.Errorf("%d elements came from text", n)
	}
	all := p.text("#main .list")
	for _, want := range []string{`<img src=x onerror="window.pwned=1">`, `<script>window.pwned=1</script>`, `<b>bold?</b>`,
		`<javascript:alert(1)|click>`, `<b>*plain*</b> <@U2>`, `<i>head</i>`, "<u>c</u>", "<b>go</b>", "&lt;"} {
		if !strings.Contains(all, want) {
			t.Errorf("not shown as text: %s", want)
		}
	}
	if strings.Contains(all, "&amp;") {
		t.Error("an entity is shown undecoded")
	}
}

func TestMarkup(t *testing.T) {
	s := newServer(t)
	text := "*bold* _it_ ~no~ `code *x*` not*bold*x <@U2> <#C2> <!here> <https://example.com/a|a link> https://bare.example/x. :white_check_mark: :nope:\n" +
		"&gt; quoted *q*\n• one\n• two\n```\nDNS:<http://a.example|a.example> &amp; *raw*\n```\n<!date^1795000000^{date_num}|fb>"
	s.messages["C1"] = []object{message(at, "U2", text)}
	p := open(t, s, "/?person=U1&channel=C1")
	const m = `[data-testid=message] `
	for selector, want := range map[string]string{
		m + "strong": "bold", m + "em": "it", m + "s": "no", m + ".p code": "code *x*", m + ".mention[data-user=U2]": "@Anselm Okafor",
		m + "button.mention": "#support", m + ".mention-all": "@here", m + `a[href="https://example.com/a"]`: "a link",
		m + `a[href="https://bare.example/x"]`: "https://bare.example/x", m + ".emoji": "✅", m + "blockquote": "quoted q",
		m + "pre": "DNS:a.example & *raw*", m + ".li .li-body": "one", m + "time[title]": "",
	} {
		if got := p.text(selector); want != "" && got != want {
			t.Errorf("%s reads %q, want %q", selector, got, want)
		}
	}
	if !strings.Contains(p.text(m), "not*bold*x") || !strings.Contains(p.text(m), ":nope:") {
		t.Error("text that is no markup was changed")
	}
	p.click(m + "button.mention")
	p.until(`document.querySelector('#main h1').innerText === '#support'`)
}

func TestConversation(t *testing.T) {
	s := newServer(t)
	parent := message(at, "U1", "Need a CSR")
	parent["reply_count"], parent["reply_users"], parent["thread_ts"] = 2, []string{"UBOT", "U2"}, at
	only := message("1795000100.000100", "UBOT", "Only for Ella")
	only["is_ephemeral"], only["bot_id"] = true, "B1"
	edited := message("1795000090.000100", "U2", "Corrected")
	edited["edited"] = object{"user": "U2", "ts": "1795000095.000000"}
	edited["reactions"] = []object{{"name": "eyes", "count": 2, "users": []string{"U1", "U2"}}}
	file := message("1795000110.000100", "UBOT", "Your CSR")
	file["bot_id"] = "B1"
	file["files"] = []object{{"id": "F1", "name": "expe1.csr.pem", "mimetype": "text/plain", "filetype": "text", "pretty_type": "Plain Text", "size": 80}}
	s.files["F1"] = []byte("-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----\n")
	s.messages["C1"] = []object{parent, edited, only, file}
	reply := message("1795000050.000100", "UBOT", "Which node?")
	reply["thread_ts"] = at
	s.messages["C1 "+at] = []object{parent, reply}
	p := open(t, s, "/?person=U1&channel=C1")

	p.until(`document.querySelectorAll('[data-testid=message]').length === 4`)
	if got := p.text(`[data-ephemeral=true]`); !strings.Contains(got, "Only visible to you") {
		t.Errorf("ephemeral message reads %q", got)
	}
	if got := p.text(`[data-ts="1795000090.000100"]`); !strings.Contains(got, "(edited)") || !strings.Contains(got, "👀") {
		t.Errorf("edited message reads %q", got)
	}
	p.click(`[data-testid=file-preview]`)
	p.until(`document.querySelector('.file-view pre')?.innerText.includes('BEGIN CERTIFICATE REQUEST')`)
	p.looks("channel")

	p.click(`[data-testid=replies]`)
	p.until(`document.querySelector('[data-testid=thread]')?.innerText.includes('Which node?')`)
	p.typeInto(`[data-testid=thread] [data-testid=composer]`, "expe1\r")
	if b := p.wait("/sim/say", 1); b["thread"] != at || b["text"] != "expe1" || b["channel"] != "C1" || b["person"] != "U1" {
		t.Errorf("reply sent %v", b)
	}
	p.looks("thread")
	p.click(`[data-testid=thread-close]`)

	s.event("message", object{"channel": "C1", "message": message("1795000200.000100", "U2", "Live one")})
	p.until(`document.querySelector('#main .list').innerText.includes('Live one')`)
	s.event("message_changed", object{"channel": "C1", "message": message("1795000200.000100", "U2", "Changed one")})
	p.until(`document.querySelector('#main .list').innerText.includes('Changed one')`)
	s.event("message_deleted", object{"channel": "C1", "ts": "1795000200.000100"})
	p.until(`!document.querySelector('#main .list').innerText.includes('Changed one')`)
	s.event("message", object{"channel": "C2", "message": message("1795000300.000100", "U2", "Elsewhere")})
	p.until(`document.querySelector('[data-testid="channel-support"] [data-testid=unread]').innerText === '4'`)

	p.run(chromedp.Sleep(300 * time.Millisecond)) // the re-reading that a deletion asked for is over
	s.mu.Lock()
	s.messages["C1"] = append(s.messages["C1"], message("1795000400.000100", "U2", "While away"))
	s.mu.Unlock()
	s.dropStreams()
	p.until(`document.querySelector('#main .list').innerText.includes('While away')`)

	p.click(`[data-ephemeral=true] .link-button`)
	p.until(`!document.querySelector('[data-ephemeral=true]')`)
}

// TestSentWhileSending: what is sent while the one before is on its way goes after it.
func TestSentWhileSending(t *testing.T) {
	s := newServer(t)
	answered := make(chan struct{})
	s.answer = func(c call) object {
		if c.Path == "/sim/say" && c.Body["text"] == "one" {
			<-answered
		}
		return nil
	}
	p := open(t, s, "/?person=U1&channel=certificates")
	const box = `#main [data-testid=composer]`
	p.typeInto(box, "one\r")
	p.wait("/sim/say", 1)
	p.typeInto(box, "two\r")
	close(answered)
	if b := p.wait("/sim/say", 2); b["text"] != "two" {
		t.Errorf("then %v", b)
	}
	p.until(`document.querySelector('#main [data-testid=composer]').value === ''`)
}

func TestComposer(t *testing.T) {
	s := newServer(t)
	p := open(t, s, "/?person=U1&channel=certificates")
	const box = `#main [data-testid=composer]`
	p.typeInto(box, "/ce")
	p.click(`[data-testid=completions] [data-value="/cert"]`)
	p.typeInto(box, "new expressway\r")
	if b := p.wait("/sim/command", 1); b["command"] != "/cert" || b["text"] != "new expressway" || b["channel"] != "C1" {
		t.Errorf("command sent %v", b)
	}
	p.typeInto(box, "@coun")
	p.until(`document.querySelector('[data-testid=completions]')?.innerText.includes('Countersign')`)
	p.shot("completion")
	p.typeInto(box, "\tI need <b> & a CSR\r")
	if b := p.wait("/sim/say", 1); b["text"] != "@Countersign I need <b> & a CSR" || b["thread"] != "" {
		t.Errorf("said %v", b)
	}
	p.typeInto(box, "/nope x\r")
	p.until(`document.querySelector('[data-testid=toast]')?.innerText.includes('/nope')`)
	if got := eval[string](p, `document.querySelector('#main [data-testid=composer]').value`); got != "/nope x" {
		t.Errorf("an unknown command left %q in the field", got)
	}
	eval[bool](p, `(() => { const f = document.querySelector('#main [data-testid=composer]'); f.value = 'see file'; f.dispatchEvent(new Event('input'));
		const d = new DataTransfer(); d.items.add(new File(['-----BEGIN'], 'a.pem', {type: 'text/plain'}));
		f.dispatchEvent(new ClipboardEvent('paste', {clipboardData: d, bubbles: true, cancelable: true})); return true; })()`)
	p.click(`#main [data-testid=send]`)
	if b := p.wait("/sim/upload", 1); b["text"] != "see file" || b["file a.pem"] != "-----BEGIN" || b["channel"] != "C1" {
		t.Errorf("uploaded %v", b)
	}
	p.click(`#main [data-testid=shortcuts]`)
	p.click(`[data-callback-id=new_request]`)
	if b := p.wait("/sim/shortcut", 1); b["callback_id"] != "new_request" {
		t.Errorf("shortcut sent %v", b)
	}
}

func TestPeople(t *testing.T) {
	s := newServer(t)
	s.messages["C1"] = []object{message(at, "U2", "早上好，请签发证书")}
	p := open(t, s, "/?person=U1&channel=C1")
	p.click(`[data-testid="person-U3"]`)
	p.until(`document.body.dataset.person === 'U3' && document.documentElement.lang === 'zh-Hans'`)
	p.until(`document.querySelector('[data-testid="person-switcher"]').innerText.includes('当前扮演')`)
	p.until(`location.search.includes('person=U3')`)
	p.run(chromedp.NavigateBack())
	p.until(`document.body.dataset.person === 'U1'`)
}
