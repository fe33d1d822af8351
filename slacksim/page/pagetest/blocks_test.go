package pagetest

import (
	"strings"
	"testing"
)

func TestCard(t *testing.T) {
	s := newServer(t)
	m := message(at, "UBOT", "fallback that nobody reads")
	m["bot_id"], m["blocks"] = "B1", card()
	s.messages["C1"] = []object{m}
	p := open(t, s, "/?person=U2&channel=C1")
	p.until(`document.querySelectorAll('[data-testid=block]').length === 9`)
	p.looks("card")

	all := p.text("[data-testid=message]")
	for _, want := range []string{"Expressway-E server certificate", "@Ella Brandt asks for one certificate", "peer 1, MRA clients", "Request CS-1042", "one peer at a time"} {
		if !strings.Contains(all, want) {
			t.Errorf("not shown: %q", want)
		}
	}
	if strings.Contains(all, "fallback") {
		t.Error("the fallback text is shown beside blocks")
	}

	p.click(`[data-action-id=approve][data-block-id=decide]`)
	b := p.wait("/sim/action", 1)
	if c := b["container"].(object); b["person"] != "U2" || b["value"] != "v-approve" || b["block_id"] != "decide" || c["type"] != "message" || c["ts"] != at || c["channel"] != "C1" {
		t.Errorf("approve sent %v", b)
	}
	p.click(`[data-action-id=reject]`)
	if got := p.text(`[data-testid=confirm]`); !strings.Contains(got, "The requester is told why.") {
		t.Errorf("confirm reads %q", got)
	}
	p.looks("confirm")
	p.click(`[data-testid=confirm-no]`)
	p.until(`!document.querySelector('[data-testid=confirm]')`)
	if n := len(s.called("/sim/action")); n != 1 {
		t.Errorf("a refused confirm sent an action: %d", n)
	}
	p.click(`[data-action-id=reject]`)
	p.click(`[data-testid=confirm-yes]`)
	if b := p.wait("/sim/action", 2); b["action_id"] != "reject" {
		t.Errorf("confirm sent %v", b)
	}
	p.click(`[data-action-id=hold_for]`)
	p.click(`[role=option][data-value="7d"]`)
	b = p.wait("/sim/action", 3)
	if o, _ := b["selected_option"].(object); o["value"] != "7d" {
		t.Errorf("select sent %v", b)
	}
	p.click(`[data-action-id=more]`)
	p.click(`[role=menuitem][data-value=hold]`)
	if o, _ := p.wait("/sim/action", 4)["selected_option"].(object); o["value"] != "hold" {
		t.Error("overflow sent no option")
	}
	state := p.wait("/sim/action", 4)["state"].(object)["values"].(object)["decide"].(object)
	if d := state["until"].(object); d["selected_date"] != "2026-12-01" || state["hold_for"].(object)["selected_option"].(object)["value"] != "7d" {
		t.Errorf("state is %v", state)
	}

	p.click(`[data-testid=message-more]`)
	p.click(`[data-callback-id=diagnose]`)
	if b := p.wait("/sim/shortcut", 1); b["ts"] != at || b["channel"] != "C1" {
		t.Errorf("message shortcut sent %v", b)
	}

	m["blocks"] = []object{{"type": "section", "block_id": "done", "text": mrkdwn("Approved by <@U2>")}}
	s.event("message_changed", object{"channel": "C1", "message": m})
	p.until(`document.querySelector('[data-testid=message]').innerText.includes('Approved by @Anselm') && !document.querySelector('[data-action-id=approve]')`)
}

func TestHome(t *testing.T) {
	s := newServer(t)
	p := open(t, s, "/?person=U1&channel=D1&tab=home")
	p.until(`document.querySelector('[data-testid=home]').innerText.includes('not published')`)
	p.wait("/sim/open-home", 1)
	s.event("home_updated", object{"view": homeView()})
	p.click(`[data-testid=home] [data-action-id=open2]`)
	b := p.wait("/sim/action", 1)
	if c := b["container"].(object); c["type"] != "home" || c["view_id"] != "VH" || b["block_id"] != "r2" {
		t.Errorf("home sent %v", b)
	}
	p.looks("home")
	p.click(`[data-testid=tab-messages]`)
	p.until(`document.querySelector('#main [data-testid=composer]')`)
}
