package pagetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestPhone(t *testing.T) {
	s := newServer(t)
	m := message(at, "UBOT", "card")
	m["bot_id"], m["blocks"] = "B1", card()
	s.messages["C1"] = []object{m, message("1795000001.000100", "U1", "averyveryverylongwordwithoutanyspaceinitthatmustnotmakethepagewiderthanthephone.example.com")}
	s.state["home"] = homeView()
	p := open(t, s, "/?person=U1&channel=C1")
	p.size(390, 844)
	fits := func(what string) {
		t.Helper()
		if w := eval[int](p, `Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.list, .home, .modal-body')].map((e) => e.scrollWidth))`); w > 390 {
			t.Errorf("%s is %d pixels wide", what, w)
		}
	}
	p.until(`document.getElementById('sidebar').inert && getComputedStyle(document.getElementById('sidebar')).visibility === 'hidden'`)
	fits("the channel")
	p.click(`[data-testid=menu-button]`)
	p.until(`!document.getElementById('sidebar').inert && document.activeElement.closest('#sidebar')`)
	p.run(chromedp.KeyEvent("\x1b"))
	p.until(`document.getElementById('sidebar').inert && document.activeElement.dataset.testid === 'menu-button'`)
	p.click(`[data-testid=menu-button]`)
	p.until(`getComputedStyle(document.getElementById('sidebar')).transform === 'none'`)
	p.click(`[data-testid="channel-Countersign"]`)
	p.click(`[data-testid=tab-home]`)
	p.until(`document.querySelector('[data-testid=home] [data-action-id=new]')`)
	fits("Home")
	s.setViews("view_opened", form())
	p.until(`document.querySelector('[data-testid=modal-submit]')`)
	fits("the modal")
}

func TestKeyboard(t *testing.T) {
	s := newServer(t)
	s.messages["C1"] = []object{message(at, "U2", "hello")}
	p := open(t, s, "/?person=U1&channel=C1")
	s.setViews("view_opened", form())
	p.until(`document.activeElement.dataset.blockId === 'name'`)
	p.run(chromedp.KeyEvent("\t"), chromedp.KeyEvent("\t"))
	p.until(`document.activeElement.dataset.blockId === 'product'`)
	p.run(chromedp.KeyEvent("\u0301"), chromedp.KeyEvent("\u0301"), chromedp.KeyEvent("\r"))
	p.run(chromedp.KeyEvent("uni"))
	p.until(`document.querySelectorAll('[role=option]').length === 1`)
	p.run(chromedp.KeyEvent("\r"))
	p.until(`document.activeElement.value === 'Unified CM' && !document.querySelector('[role=listbox]')`)
	p.run(chromedp.KeyEvent("call"))
	p.until(`document.querySelector('[role=listbox]')`)
	p.run(chromedp.KeyEvent("\x1b"))
	p.until(`!document.querySelector('[role=listbox]') && document.querySelector('[data-testid=modal]') && document.activeElement.value === 'Unified CM'`)
	if n := len(s.called("/sim/close")); n != 0 {
		t.Error("Esc in a list closed the modal")
	}
	s.setViews("view_closed")
	p.until(`!document.querySelector('[data-testid=modal]')`)

	// Enter that ends a composition of an input method is not a send.
	p.typeInto(`#main [data-testid=composer]`, "证书")
	eval[bool](p, `document.querySelector('#main [data-testid=composer]').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))`)
	p.click(`[data-testid="channel-support"]`)
	p.until(`document.querySelector('#main [data-testid=composer]').value === ''`)
	p.click(`[data-testid="channel-certificates"]`)
	p.until(`document.querySelector('#main [data-testid=composer]').value === '证书'`)
	if n := len(s.called("/sim/say")); n != 0 {
		t.Error("composing sent a message")
	}
}

func TestImagesStayInside(t *testing.T) {
	s := newServer(t)
	m := message(at, "UBOT", "pictures")
	m["bot_id"] = "B1"
	m["blocks"] = []object{
		{"type": "image", "block_id": "i1", "image_url": "/icon.svg", "alt_text": "ours"},
		{"type": "image", "block_id": "i2", "image_url": "https://tracker.example/p.png", "alt_text": "theirs"},
		{"type": "context", "block_id": "i3", "elements": []object{{"type": "image", "image_url": "https://tracker.example/q.png", "alt_text": "theirs too"}}}}
	s.messages["C1"] = []object{m}
	p := open(t, s, "/?person=U1&channel=C1")
	p.until(`document.querySelector('#main img[alt=ours]')?.naturalWidth > 0`)
	if n := eval[int](p, `document.querySelectorAll('#main img').length`); n != 1 {
		t.Errorf("%d pictures are loaded, want 1", n)
	}
}

func TestRestart(t *testing.T) {
	s := newServer(t)
	p := open(t, s, "/?person=NOBODY&channel=C1")
	p.until(`document.querySelector('[data-testid="person-U1"]')`)
	s.answer = func(c call) object {
		if c.Path == "/sim/say" {
			return object{"ok": false, "error": "your message is too long"}
		}
		return nil
	}
	p.typeInto(`#main [data-testid=composer]`, "keep me\r")
	p.until(`document.querySelector('[data-testid=toast]')?.innerText.includes('too long')`)
	p.until(`document.querySelector('#main [data-testid=composer]').value === 'keep me'`)
}

// A long channel opens at its end; what came before is drawn on request.
func TestLongChannel(t *testing.T) {
	s := newServer(t)
	for i := range 350 {
		s.messages["C1"] = append(s.messages["C1"], message(fmt.Sprintf("%d.000100", 1795000000+i*60), "U2", fmt.Sprintf("message %d.", i)))
	}
	p := open(t, s, "/?person=U1&channel=C1")
	p.until(`document.querySelectorAll('[data-testid=message]').length === 100`)
	p.until(`(() => { const l = document.querySelector('#main .list'); return l.scrollTop > 0 && l.scrollHeight - l.scrollTop - l.clientHeight < 2; })()`)
	p.click(`[data-testid=earlier]`)
	p.until(`document.querySelectorAll('[data-testid=message]').length === 200`)
	s.event("message", object{"channel": "C1", "message": message("1795900000.000100", "U2", "while reading above")})
	p.until(`!document.querySelector('.new-pill').hidden`)
	p.click(`.new-pill`)
	p.until(`(() => { const l = document.querySelector('#main .list'); return l.scrollHeight - l.scrollTop - l.clientHeight < 2; })()`)

	q := open(t, s, "/?person=U1&channel=C1&ts=1795000300.000100")
	q.until(`document.querySelector('.flash')?.innerText.includes('message 5.')`)
}

// Messages written at the same moment may be heard of in either order: one that is older
// than all that is drawn is drawn too, before them, and is not taken for history.
func TestHeardOfLate(t *testing.T) {
	s := newServer(t)
	s.messages["C1"] = []object{message("1795000002.000100", "U2", "the second")}
	p := open(t, s, "/?person=U1&channel=C1")
	p.until(`document.querySelectorAll('#main [data-testid=message]').length === 1`)
	s.event("message", object{"channel": "C1", "message": message("1795000001.000100", "U2", "the first")})
	p.until(`document.querySelectorAll('#main [data-testid=message]').length === 2 && !document.querySelector('#main [data-testid=earlier]')`)
	if got := p.text(`#main .list`); strings.Index(got, "the first") > strings.Index(got, "the second") {
		t.Errorf("the order is wrong: %s", got)
	}
}
