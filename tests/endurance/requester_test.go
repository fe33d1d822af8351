package endurance

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// asks is one step of an engineer: the open modal first, then the open thread, then
// what the direct message with the bot wants, then something new.
func (p *person) asks() {
	p.idle.Store(false)
	if v, open := p.modal(); open {
		p.fills(v)
		return
	}
	if p.thread.TS != "" && p.talks() {
		return
	}
	if p.tends() {
		return
	}
	if p.ending.Load() {
		p.idle.Store(true)
		return
	}
	p.host = p.unique(p.handle) + ".example.org"
	if p.chance(60) {
		ctx, cancel := context.WithTimeout(context.Background(), glanceAt)
		defer cancel()
		if p.w.Command(ctx, p.id, "C0CERTIFICATES", "/cert", "new") == nil {
			p.awaited("Product")
		}
		return
	}
	place := p.seen.As(p.handle).In(product.Requests)
	p.thread = place.Says("@Countersign I need a certificate for our nginx reverse proxy " + p.host + ", internal CA, key ECDSA 256")
}

// form is what an engineer fills in, by field.
func (p *person) form() map[string]any {
	return map[string]any{"service": []string{"tls-server"}, "nodes": p.host, "topology": "single", "ca": "private",
		"key": "ecdsa-256", "purpose": "life of " + p.host}
}

// fills brings the wizard one step on.
func (p *person) fills(v slacksim.View) {
	inputs := inputsOf(v)
	switch {
	case v.CallbackID == "request.review":
		if !strings.Contains(v.Shown(), p.host) {
			p.close(v) // of another life
			return
		}
		taken, refused := p.submit(v, nil)
		p.books.add(deed{kind: "send", person: p.id, request: p.host, acked: taken && !refused})
		if now, open := p.modal(); open {
			p.close(now)
		}
	case v.CallbackID == "request.answer":
		p.write(v, "answer", requestID.FindString(v.Shown()))
	case slices.Contains(inputs, "product") && !slices.Contains(inputs, "service"):
		if p.act(slacksim.Act{Place: slacksim.Place{Type: "view", ViewID: v.ID}, BlockID: "product", ActionID: "value", Value: "generic"}) {
			p.awaited("TLS server")
		}
	case v.CallbackID == "request.page":
		values := map[string]map[string]any{}
		for _, field := range inputs {
			if value, mine := p.form()[field]; mine {
				values[field] = map[string]any{"value": value}
			}
		}
		if taken, _ := p.submit(v, values); !taken && p.chance(30) {
			p.close(v) // enough of it
		}
	default:
		p.close(v)
	}
}

func inputsOf(v slacksim.View) []string {
	var raw struct {
		Blocks []struct {
			Type    string `json:"type"`
			BlockID string `json:"block_id"`
		} `json:"blocks"`
	}
	_ = json.Unmarshal(v.Raw, &raw) // no inputs then
	var out []string
	for _, b := range raw.Blocks {
		if b.Type == "input" {
			out = append(out, b.BlockID)
		}
	}
	return out
}

// talks answers the last question in the thread; false when there is none.
func (p *person) talks() bool {
	in := p.seen.As(p.handle).In(product.Requests).InThread(p.thread)
	all := p.messages(in)
	last := all[0]
	words := last.Shown()
	switch {
	case strings.Contains(words, "Recorded:") || strings.Contains(words, "sent already") || strings.Contains(words, "Discarded"):
		p.thread = slacksim.Message{}
		return false
	case last.User == p.id:
		return true // the bot's turn
	case slices.Contains(last.Buttons(), "Send for approval"):
		acked := p.click(last, "Send for approval")
		p.books.add(deed{kind: "send", person: p.id, request: p.host, acked: acked})
		return true
	case strings.Contains(words, "Why is it needed?"):
		in.Says("life of " + p.host)
		return true
	case slices.Contains(last.Buttons(), "Skip") && p.chance(50):
		p.click(last, "Skip")
	}
	return true
}

// tends does what the cards in the direct message ask for; false when they ask for
// nothing.
func (p *person) tends() bool {
	for _, m := range p.messages(p.seen.As(p.handle)) {
		id := requestID.FindString(m.Shown())
		buttons := m.Buttons()
		switch {
		case id == "" || len(buttons) == 0 || !p.ending.Load() && p.chance(60):
		case slices.Contains(buttons, "Answer…"):
			if p.click(m, "Answer…") {
				if v, open := p.awaited("Answer"); open {
					p.write(v, "answer", id)
				}
			}
			return true
		case slices.Contains(buttons, "Get the private key…"):
			acked := p.click(m, "Get the private key…")
			p.books.add(deed{kind: "key", person: p.id, request: id, acked: acked})
			return true
		case slices.Contains(buttons, "It is installed"):
			acked := p.click(m, "It is installed")
			p.books.add(deed{kind: "install", person: p.id, request: id, acked: acked})
			return true
		}
	}
	return false
}

// keyLink is the address of a hand-over in a message.
var keyLink = regexp.MustCompile(`<(http://[^|>#]+)#([A-Za-z0-9_-]+)>`)

// open opens a hand-over the way its page does.
func open(link []string) (status int, body []byte, err error) {
	resp, err := http.PostForm(link[1], url.Values{"token": {link[2]}})
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, body, err
}
