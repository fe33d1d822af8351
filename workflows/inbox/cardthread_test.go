package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestAnswerInTheThread: in the thread of a card the requester answers the open question,
// whatever the answer reads like; a colleague does not; and talk in the thread of what is
// decided already changes nothing.
func TestAnswerInTheThread(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Ask(ctx, "", workbench.Anselm, r.ID, "Why Client Authentication?")
	workbench.Must(t, err)
	workbench.Must(t, workflows.Commit(ctx, b.DB, workflows.Change{Cards: []workflows.Card{{Subject: string(r.ID), Kind: "approval", Channel: "C1", TS: "1.1", Updated: b.Now()}}}))
	at := workflows.Place{Channel: "C1", Thread: "1.1"}
	says := func(who workflows.Person, text string) workflows.Request {
		t.Helper()
		err := b.Inbox.Receive(ctx, workflows.Message{Receipt: workflows.Receipt(text), By: who, Place: at, Lang: "en", Text: text})
		if !errors.Is(err, workflows.ErrSeen) {
			workbench.Must(t, err)
		}
		return b.Show(t, r.ID)
	}
	if now := says(workbench.Bolin, "the old one lacks Client Authentication"); !now.Asked() || len(now.Remarks) != 1 {
		t.Errorf("a colleague's words: %+v, %+v", now.Questions, now.Remarks)
	}
	if now := says(workbench.Ella, "the old certificate lacks Client Authentication, TLS negotiation failure"); now.Asked() || now.Questions[0].Answer == "" {
		t.Errorf("her answer: %+v", now.Questions)
	}
	again := says(workbench.Ella, "the old certificate lacks Client Authentication, TLS negotiation failure") // delivered twice
	if len(again.Questions) != 1 || len(again.Remarks) != 1 {
		t.Errorf("twice: %+v %+v", again.Questions, again.Remarks)
	}
	if _, err := b.Decide(workbench.Anselm, again, workflows.Approve); err != nil {
		t.Fatal(err)
	}
	b.Work(t)
	before := b.Show(t, r.ID)
	if now := says(workbench.Bolin, "thanks, nice work everybody"); now.Version != before.Version {
		t.Errorf("talk after the decision changes it: %+v", now.Remarks)
	}
	if now := says(workbench.Bolin, "it is installed"); now.State != workflows.Issued {
		t.Errorf("a colleague has it installed: %s", now.State)
	}
	if now := says(workbench.Ella, "it is installed"); now.State != workflows.Installed {
		t.Errorf("hers is %s", now.State)
	}
}

// TestOursIsInspected: a certificate that was issued here is looked at like any other,
// whoever shows it, and said to be whose it is.
func TestOursIsInspected(t *testing.T) {
	b := workbench.New(t)
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.People.Known[eve] = workflows.Profile{Person: eve}
	for _, who := range []workflows.Person{workbench.Ella, eve} {
		b.Said(t)
		b.Says(t, who, "D9"+who.ID, workbench.PemOf("CERTIFICATE", r.Cert))
		if c, ok := b.CaseAtDM(t, "D9"+who.ID); !ok || !c.Inspecting() {
			t.Errorf("%s: %v %+v", who.ID, ok, c)
		}
		b.SaidIs(t, who.ID, "case", "reply ours:"+string(r.ID))
	}
	if now := b.Show(t, r.ID); now.Version != r.Version {
		t.Error("looking at it has changed the request")
	}
}

// TestTalkUnderACard: what a requester says to other people in the thread of a card is kept for
// who decides, or nothing; only said to the bot it is an order.
func TestTalkUnderACard(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	workbench.Must(t, workflows.Commit(ctx, b.DB, workflows.Change{Cards: []workflows.Card{{Subject: string(r.ID), Kind: "approval", Channel: "C1", TS: "1.1"}}}))
	b.Said(t)
	n := 0
	say := func(text string, direct bool) {
		n++
		workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{Receipt: workflows.Receipt(fmt.Sprint("m", n)), By: workbench.Ella, Place: workflows.Place{Channel: "C1", Thread: "1.1"}, Lang: "en", Text: text, Direct: direct}))
	}
	for _, talk := range []string{"the renewal took ages", "I'll cancel my vacation for this", "会议取消了", "what is the status of the firewall change?", "明年要续期的时候记得提醒我"} {
		say(talk, false)
	}
	if now := b.Show(t, r.ID); len(now.Remarks) != 5 {
		t.Errorf("kept %+v", now.Remarks)
	}
	b.SaidIs(t, "between people", "cards", "cards", "cards", "cards", "cards")
	say("status?", true)
	b.SaidIs(t, "to us", "reply request:"+string(r.ID))

	_, err := b.Decide(workbench.Anselm, b.Show(t, r.ID), workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	b.Said(t)
	say("the renewal took ages", false)
	say("it'll be installed tomorrow", false)
	if c, open := b.OpenAt(t, workbench.Ella, "C1"); open {
		t.Errorf("a conversation: %+v", c)
	}
	b.SaidIs(t, "once it is issued")
}

// TestFilesBesideACard: of files that people send each other in the thread of a card a log is
// theirs, and a private key is told to its writer alone.
func TestFilesBesideACard(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	workbench.Must(t, workflows.Commit(ctx, b.DB, workflows.Change{Cards: []workflows.Card{{Subject: string(r.ID), Kind: "approval", Channel: "C1", TS: "1.1"}}}))
	b.Said(t)
	key, _ := workbench.NewCA(t, "Acme").Leaf("expe1.example.com")
	in := workbench.Heard("aside", "see my log")
	in.Place, in.Direct = workflows.Place{Channel: "C1", Thread: "1.1"}, false
	e, _ := b.Queued(t, in, "F1")
	if !strings.Contains(string(e.Body), `"aside":true`) {
		t.Errorf("queued as said to us: %s", e.Body)
	}
	workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, []workflows.File{{Name: "edge.log", Data: []byte("certificate verify failed: certificate has expired")},
		{Name: "server.key", Data: workbench.PemKey(t, key)}, {Name: "big.pcap", Problem: workflows.FileTooBig}}))
	b.SaidIs(t, "beside a card", "reply overheard:")
}

// TestFilesInAConversation: in the thread in which somebody answers our questions a file is said
// to us, without a mention.
func TestFilesInAConversation(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	in := workflows.Message{Receipt: "begin", By: workbench.Ella, Place: workflows.Place{Channel: "C1", Thread: "1.1"}, Lang: "en", Text: "new", Direct: true}
	workbench.Must(t, b.Inbox.Receive(ctx, in))
	in.Receipt, in.Text, in.Direct = "file", "", false
	e, _ := b.Queued(t, in, "F1")
	b.Said(t)
	workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, []workflows.File{{Name: "plan", Problem: workflows.FileCanvas}}))
	if got := b.Said(t); len(got) != 1 || !strings.HasPrefix(got[0], "reply texts") {
		t.Errorf("said %q", got)
	}
}
