package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestSentences: which standing answer a sentence gets. None of them changes a request.
func TestSentences(t *testing.T) {
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Said(t)
	for n, tt := range []struct{ text, event string }{
		{"list", "list"}, {"Status", "list"}, {"列表", "list"}, {"help", "help"}, {"帮助", "help"}, {"inspect", "inspect_how"},
		{"where are my requests?", "list"}, {"what is the status of REQ-1?", "request:REQ-1"}, {"how is #1 doing, REQ-1?", "request:REQ-1"},
		{"please cancel REQ-1", "cancel:REQ-1"}, {"thanks!", "welcome"}, {"谢谢", "welcome"}, {"👍", "welcome"},
		{"approve REQ-1 now", "buttons"}, {"nice weather in Oslo today", "help"},
	} {
		b.Says(t, workbench.Bolin, fmt.Sprint("D", n), tt.text)
		if got := b.Said(t); !slices.Equal(got, []string{"reply " + tt.event}) {
			t.Errorf("%q: queued %q, want %q", tt.text, got, tt.event)
		}
	}
	if now := b.Show(t, r.ID); now.Version != r.Version {
		t.Errorf("a sentence changed the request: %s", now.State)
	}
}

// TestSpokenTo: only what is said to the bot is answered; who may not use it is told so
// where they spoke to it, which is recorded, and gets nothing.
func TestSpokenTo(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	guest := workflows.Person{Team: "T1", ID: "U0GUEST"}
	b.People.Known[guest] = workflows.Profile{Person: guest, Guest: true}
	for n, who := range []workflows.Person{guest, workbench.Stranger} {
		channel := fmt.Sprint("D", n)
		b.Says(t, who, channel, "list")
		got := b.Said(t)
		if len(got) != 1 || !strings.HasPrefix(got[0], "reply refused:workflows.refuse.") || !slices.Equal(b.Audited(t, workflows.RequestID(channel)), []string{strings.TrimPrefix(got[0], "reply ")}) {
			t.Errorf("%s: queued %q, recorded %v", who, got, b.Audited(t, workflows.RequestID(channel)))
		}
		in := workbench.Directly(who, channel, "I need a certificate for portal.example.org, an nginx server")
		workbench.Wants(t, "a request of "+who.String(), b.Inbox.Receive(ctx, in), workflows.Forbidden)
		in.Text = "Please diagnose this error: certificate has expired"
		workbench.Wants(t, "an error of "+who.String(), b.Inbox.Receive(ctx, in), workflows.Forbidden)
		if _, open := b.OpenAt(t, who, channel); open {
			t.Errorf("%s has a conversation", who)
		}
	}
	b.Said(t)
	in := workbench.Directly(workbench.Ella, "C1", "list")
	in.Direct = false
	workbench.Must(t, b.Inbox.Receive(ctx, in))
	in.Receipt, in.Text = "talk", "I need a certificate for portal.example.org"
	workbench.Must(t, b.Inbox.Receive(ctx, in))
	b.SaidIs(t, "said to others")
	in = workbench.Directly(workbench.Ella, "D7", "list")
	workbench.Must(t, b.Inbox.Receive(ctx, in))
	if err := b.Inbox.Receive(ctx, in); !errors.Is(err, workflows.ErrSeen) {
		t.Errorf("delivered twice: %v", err)
	}
}

// TestSentencesThatStart: what opens a form, with what is taken over and what is not.
func TestSentencesThatStart(t *testing.T) {
	b := workbench.New(t)
	a := workbench.Portal()
	a["names"] = []string{"www.example.org"}
	r := b.Issued(t, workbench.Ella, a)
	open := func(who workflows.Person, channel, text string) workflows.Conversation {
		t.Helper()
		b.Said(t)
		b.Says(t, who, channel, text)
		c, ok := b.OpenAt(t, who, channel)
		if !ok {
			t.Fatalf("%q opened nothing; queued %q", text, b.Said(t))
		}
		b.SaidIs(t, text, "prompt")
		return c
	}
	if c := open(workbench.Ella, "D1", "new"); c.Phase != workflows.Asking || len(c.Answers) > 1 {
		t.Errorf("new: %+v", c)
	}
	c := open(workbench.Ella, "D2", "I need a certificate for web2.example.org, an nginx server, from the private CA; passphrase=Winter2026!x")
	if !slices.Equal(c.Answers["nodes"], []string{"web2.example.org"}) || c.Answers.First("ca") != "private" || c.Replaces != nil || c.Origins["nodes"].Kind != workflows.FromText {
		t.Errorf("a request: %+v", c.Answers)
	}
	c = open(workbench.Bolin, "D3", "I need the same certificate as REQ-1 for web3.example.org")
	if !slices.Equal(c.Answers["nodes"], []string{"web3.example.org"}) || c.Answers.First("service") != "tls-server" || c.Answers.Has("names") || c.Answers.Has("purpose") || c.Replaces != nil {
		t.Errorf("the same as somebody else's: %+v", c.Answers)
	}
	c = open(workbench.Bolin, "D4", "I need the same certificate as REQ-77 for web4.example.org")
	if !slices.Equal(c.Answers["nodes"], []string{"web4.example.org"}) || c.Answers.Has("service") {
		t.Errorf("the same as nothing: %+v", c.Answers)
	}
	c = open(workbench.Ella, "D5", "please renew REQ-1")
	if c.Replaces == nil || c.Replaces.Request != r.ID || c.Phase != workflows.Reviewing || c.Answers.First("purpose") != "Portal" {
		t.Errorf("a renewal: %+v", c)
	}
	workbench.Wants(t, "renewed by somebody else", b.Inbox.Receive(context.Background(), workbench.Directly(workbench.Bolin, "D6", "please renew REQ-1")), workflows.Forbidden)
	if _, ok := b.OpenAt(t, workbench.Bolin, "D6"); ok {
		t.Error("somebody else's renewal is open")
	}
	c = open(workbench.Bolin, "D7", "please renew the certificate of portal.example.org")
	if c.Replaces != nil || !slices.Equal(c.Answers["nodes"], []string{"portal.example.org"}) || c.Answers.Has("purpose") {
		t.Errorf("renewed by name: %+v", c)
	}
	if c = open(workbench.Ella, "D8", "please renew REQ-77"); c.Replaces != nil {
		t.Errorf("renewed nothing: %+v", c)
	}
}

// TestOtherMatters: what is said while a form is open answers its question, unless it is
// plainly about something else.
func TestOtherMatters(t *testing.T) {
	b := workbench.New(t)
	b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Says(t, workbench.Ella, "D1", "I need a certificate for an nginx server")
	c, _ := b.OpenAt(t, workbench.Ella, "D1")
	for _, tt := range []struct{ text, queued string }{
		{"list", "reply list"}, {"cancel REQ-1", "reply cancel:REQ-1"}, {"what about REQ-1?", "reply request:REQ-1"}, {"where are my requests?", "reply list"},
	} {
		b.Said(t)
		b.Says(t, workbench.Ella, "D1", tt.text)
		b.SaidIs(t, tt.text, tt.queued)
	}
	b.Says(t, workbench.Ella, "D1", "Please diagnose this error: certificate has expired")
	b.SaidIs(t, "an error", "case")
	if now, _ := b.OpenAt(t, workbench.Ella, "D1"); now.ID != c.ID || now.Version != c.Version {
		t.Errorf("the form changed: %+v", now)
	}
	b.Says(t, workbench.Ella, "D1", "web5.example.org")
	if now, _ := b.OpenAt(t, workbench.Ella, "D1"); !slices.Equal(now.Answers["nodes"], []string{"web5.example.org"}) {
		t.Errorf("an answer: %+v", now)
	}
	b.Says(t, workbench.Bolin, "D1", "web6.example.org") // somebody else's words are not an answer
	if now, _ := b.OpenAt(t, workbench.Ella, "D1"); !slices.Equal(now.Answers["nodes"], []string{"web5.example.org"}) {
		t.Errorf("somebody else answered: %+v", now.Answers)
	}
	b.Says(t, workbench.Ella, "D1", "cancel")
	if _, open := b.OpenAt(t, workbench.Ella, "D1"); open {
		t.Error("it is still open")
	}
}
