package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/workflows"
)

// says has somebody write to the bot in a direct message of their own.
func (b *bench) says(t *testing.T, who workflows.Person, channel, text string) {
	t.Helper()
	must(t, b.Hear(context.Background(), directly(who, channel, text)))
}

func directly(who workflows.Person, channel, text string) workflows.Heard {
	return workflows.Heard{Receipt: workflows.Receipt(channel + text), By: who, Place: workflows.Place{Channel: channel}, Lang: "en", Text: text, Direct: true,
		Label: func(_, option string) string { return option }}
}

// openAt reads the conversation of who that is open at a place.
func (b *bench) openAt(t *testing.T, who workflows.Person, channel string) (c workflows.Conversation, open bool) {
	t.Helper()
	err := b.db.View(context.Background(), func(rd workflows.Reader) (err error) {
		c, err = rd.ConversationAt(context.Background(), who, workflows.Place{Channel: channel})
		return err
	})
	if workflows.CodeOf(err) == workflows.NotFound {
		return c, false
	}
	must(t, err)
	return c, true
}

// TestSentences: which standing answer a sentence gets. None of them changes a request.
func TestSentences(t *testing.T) {
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	b.said(t)
	for n, tt := range []struct{ text, event string }{
		{"list", "list"}, {"Status", "list"}, {"列表", "list"}, {"help", "help"}, {"帮助", "help"}, {"inspect", "inspect_how"},
		{"where are my requests?", "list"}, {"what is the status of REQ-1?", "request:REQ-1"}, {"how is #1 doing, REQ-1?", "request:REQ-1"},
		{"please cancel REQ-1", "cancel:REQ-1"}, {"thanks!", "welcome"}, {"谢谢", "welcome"}, {"👍", "welcome"},
		{"approve REQ-1 now", "buttons"}, {"nice weather in Oslo today", "help"},
	} {
		b.says(t, bolin, fmt.Sprint("D", n), tt.text)
		if got := b.said(t); !slices.Equal(got, []string{"reply " + tt.event}) {
			t.Errorf("%q: queued %q, want %q", tt.text, got, tt.event)
		}
	}
	if now := b.show(t, r.ID); now.Version != r.Version {
		t.Errorf("a sentence changed the request: %s", now.State)
	}
}

// TestSpokenTo: only what is said to the bot is answered; who may not use it is told so
// where they spoke to it, which is recorded, and gets nothing.
func TestSpokenTo(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	guest := workflows.Person{Team: "T1", ID: "U0GUEST"}
	b.people.known[guest] = workflows.Profile{Person: guest, Guest: true}
	for n, who := range []workflows.Person{guest, stranger} {
		channel := fmt.Sprint("D", n)
		b.says(t, who, channel, "list")
		got := b.said(t)
		if len(got) != 1 || !strings.HasPrefix(got[0], "reply refused:workflows.refuse.") || !slices.Equal(b.audited(t, workflows.RequestID(channel)), []string{strings.TrimPrefix(got[0], "reply ")}) {
			t.Errorf("%s: queued %q, recorded %v", who, got, b.audited(t, workflows.RequestID(channel)))
		}
		in := directly(who, channel, "I need a certificate for portal.example.org, an nginx server")
		wants(t, "a request of "+who.String(), b.Hear(ctx, in), workflows.Forbidden)
		in.Text = "Please diagnose this error: certificate has expired"
		wants(t, "an error of "+who.String(), b.Hear(ctx, in), workflows.Forbidden)
		if _, open := b.openAt(t, who, channel); open {
			t.Errorf("%s has a conversation", who)
		}
	}
	b.said(t)
	in := directly(ella, "C1", "list")
	in.Direct = false
	must(t, b.Hear(ctx, in))
	in.Receipt, in.Text = "talk", "I need a certificate for portal.example.org"
	must(t, b.Hear(ctx, in))
	b.saidIs(t, "said to others")
	in = directly(ella, "D7", "list")
	must(t, b.Hear(ctx, in))
	if err := b.Hear(ctx, in); !errors.Is(err, workflows.ErrSeen) {
		t.Errorf("delivered twice: %v", err)
	}
}

// TestSentencesThatStart: what opens a form, with what is taken over and what is not.
func TestSentencesThatStart(t *testing.T) {
	b := newBench(t)
	a := portal()
	a["names"] = []string{"www.example.org"}
	r := b.issued(t, ella, a)
	open := func(who workflows.Person, channel, text string) workflows.Conversation {
		t.Helper()
		b.said(t)
		b.says(t, who, channel, text)
		c, ok := b.openAt(t, who, channel)
		if !ok {
			t.Fatalf("%q opened nothing; queued %q", text, b.said(t))
		}
		b.saidIs(t, text, "prompt")
		return c
	}
	if c := open(ella, "D1", "new"); c.Phase != workflows.Asking || len(c.Answers) > 1 {
		t.Errorf("new: %+v", c)
	}
	c := open(ella, "D2", "I need a certificate for web2.example.org, an nginx server, from the private CA; passphrase=Winter2026!x")
	if !slices.Equal(c.Answers["nodes"], []string{"web2.example.org"}) || c.Answers.First("ca") != "private" || c.Replaces != nil || !slices.Contains(c.Guessed, "nodes") {
		t.Errorf("a request: %+v", c.Answers)
	}
	c = open(bolin, "D3", "I need the same certificate as REQ-1 for web3.example.org")
	if !slices.Equal(c.Answers["nodes"], []string{"web3.example.org"}) || c.Answers.First("service") != "tls-server" || c.Answers.Has("names") || c.Answers.Has("purpose") || c.Replaces != nil {
		t.Errorf("the same as somebody else's: %+v", c.Answers)
	}
	c = open(bolin, "D4", "I need the same certificate as REQ-77 for web4.example.org")
	if !slices.Equal(c.Answers["nodes"], []string{"web4.example.org"}) || c.Answers.Has("service") {
		t.Errorf("the same as nothing: %+v", c.Answers)
	}
	c = open(ella, "D5", "please renew REQ-1")
	if c.Replaces == nil || c.Replaces.Request != r.ID || c.Phase != workflows.Reviewing || c.Answers.First("purpose") != "Portal" {
		t.Errorf("a renewal: %+v", c)
	}
	wants(t, "renewed by somebody else", b.Hear(context.Background(), directly(bolin, "D6", "please renew REQ-1")), workflows.Forbidden)
	if _, ok := b.openAt(t, bolin, "D6"); ok {
		t.Error("somebody else's renewal is open")
	}
	c = open(bolin, "D7", "please renew the certificate of portal.example.org")
	if c.Replaces != nil || !slices.Equal(c.Answers["nodes"], []string{"portal.example.org"}) || c.Answers.Has("purpose") {
		t.Errorf("renewed by name: %+v", c)
	}
	if c = open(ella, "D8", "please renew REQ-77"); c.Replaces != nil {
		t.Errorf("renewed nothing: %+v", c)
	}
}

// TestOtherMatters: what is said while a form is open answers its question, unless it is
// plainly about something else.
func TestOtherMatters(t *testing.T) {
	b := newBench(t)
	b.submitted(t, ella, portal())
	b.says(t, ella, "D1", "I need a certificate for an nginx server")
	c, _ := b.openAt(t, ella, "D1")
	for _, tt := range []struct{ text, queued string }{
		{"list", "reply list"}, {"cancel REQ-1", "reply cancel:REQ-1"}, {"what about REQ-1?", "reply request:REQ-1"}, {"where are my requests?", "reply list"},
	} {
		b.said(t)
		b.says(t, ella, "D1", tt.text)
		b.saidIs(t, tt.text, tt.queued)
	}
	b.says(t, ella, "D1", "Please diagnose this error: certificate has expired")
	b.saidIs(t, "an error", "case")
	if now, _ := b.openAt(t, ella, "D1"); now.ID != c.ID || now.Version != c.Version {
		t.Errorf("the form changed: %+v", now)
	}
	b.says(t, ella, "D1", "web5.example.org")
	if now, _ := b.openAt(t, ella, "D1"); !slices.Equal(now.Answers["nodes"], []string{"web5.example.org"}) {
		t.Errorf("an answer: %+v", now)
	}
	b.says(t, bolin, "D1", "web6.example.org") // somebody else's words are not an answer
	if now, _ := b.openAt(t, ella, "D1"); !slices.Equal(now.Answers["nodes"], []string{"web5.example.org"}) {
		t.Errorf("somebody else answered: %+v", now.Answers)
	}
	b.says(t, ella, "D1", "cancel")
	if _, open := b.openAt(t, ella, "D1"); open {
		t.Error("it is still open")
	}
}
