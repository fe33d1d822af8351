package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/slacksim"
	"countersign/workflows"
)

const (
	approvalsChannel = "C0CERTAPPROVALS"
	supportChannel   = "C0SUPPORT"
)

// until waits for something that is not a message; it fails after the patience of r.
func (r *rig) until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(r.Patience); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come to that: %s", what)
		}
	}
}

// inject sets faults that end with the test.
func (r *rig) inject(t *testing.T, faults ...slacksim.Fault) {
	t.Helper()
	t.Cleanup(r.ClearFaults) // before the bot is waited for
	must(t, r.Inject(faults...))
}

// told is a standing answer with a mark in it, for somebody at a place.
func told(key, mark string, at workflows.Place) workflows.Effect {
	text := certs.T("workflows.file.empty", "Name", mark)
	body, err := json.Marshal(workflows.Reply{Person: workflows.Person{Team: "T0ACME", ID: "U0SAM"}, Place: &at, Lang: "en", Say: workflows.SayTexts, Texts: []workflows.Text{text}})
	if err != nil {
		panic(err)
	}
	return workflows.Effect{Lane: workflows.Notify, Subject: key, Kind: workflows.KindReply, Key: key, Body: body}
}

func (r *rig) queue(t *testing.T, effects ...workflows.Effect) {
	t.Helper()
	r.change(t, workflows.Change{Effects: effects})
}

func (r *rig) change(t *testing.T, c workflows.Change) {
	t.Helper()
	must(t, r.db.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) { return c, nil }))
}

// calls counts the calls of a method to a channel ("" for all) that were answered.
func (r *rig) calls(method, channel string) (n int) {
	for _, e := range r.Transcript().Find("api", method) {
		if channel == "" || strings.Contains(string(e.Payload), channel) {
			n++
		}
	}
	return n
}

// marks are the marks of told that a channel shows, in order.
func (r *rig) marks(channel string) (out []string) {
	for _, m := range r.As("sam").In(channel).Messages() {
		out = append(out, regexp.MustCompile(`mark-\d+`).FindAllString(m.Shown(), 1)...)
	}
	return out
}

func numbered(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("mark-%02d", i))
	}
	return out
}

// asked has ella ask for a certificate, and gives the approvers' card and her own.
func (r *rig) asked(t *testing.T) (theirs, hers slacksim.Message) {
	t.Helper()
	ella := r.As("ella")
	r.asksFor(t, "portal.example.org")
	return r.As("anselm").In("cert-approvals").Sees("Certificate request REQ-1"), ella.Sees("REQ-1 · portal.example.org")
}

// advance gives a request another question, which its cards show, and has them redrawn.
func (r *rig) advance(t *testing.T, id workflows.RequestID, word string) {
	t.Helper()
	must(t, r.db.Update(context.Background(), "", func(rd workflows.Reader) (workflows.Change, error) {
		x, err := rd.Request(context.Background(), id)
		x.Questions = []workflows.Question{{By: workflows.Person{Team: "T0ACME", ID: "U0ANSELM"}, Text: word, At: time.Now()}}
		body, _ := json.Marshal(workflows.DrawRequest{Request: id})
		return workflows.Change{Requests: []workflows.Request{x}, Effects: []workflows.Effect{{Lane: workflows.Notify, Subject: string(id),
			Kind: workflows.KindCards, Key: fmt.Sprintf("%s/cards/%d", id, x.Version), Body: body}}}, err
	}))
}

// TestASlowChannelKeepsNobody: while no call to the approvers' channel is answered,
// everybody else gets everything, also of a request that has a card there.
func TestASlowChannelKeepsNobody(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultHeld, Match: "*", Channel: approvalsChannel, Times: -1})
	for i := range 300 {
		r.queue(t, told(fmt.Sprintf("flood/%d", i), "flood", workflows.Place{Channel: approvalsChannel}))
	}
	r.until(t, "a call is held", func() bool { return r.Held() > 0 })

	ella, sam := r.As("ella"), r.As("sam")
	r.asksFor(t, "portal.example.org")
	hers := ella.Sees("REQ-1 · portal.example.org")
	ella.SeesChange(hers, "Waiting for approval")
	sam.Says(expired)
	sam.Sees("憑證已過期")
	must(t, r.cancel(t, "REQ-1"))
	ella.SeesChange(hers, "Cancelled")
	// An answer, and the card of the request: each waits for its own kind.
	r.until(t, "both are under way", func() bool { return r.Held() >= 2 })
	if n := r.Held(); n != 2 {
		t.Errorf("%d messages to one channel are under way at a time", n)
	}
	if n := r.calls("chat.postMessage", approvalsChannel); n != 0 {
		t.Fatalf("%d calls came through", n)
	}
	r.ClearFaults()
	r.As("anselm").In("cert-approvals").Sees("Certificate request REQ-1", "Cancelled")
}

func (r *rig) cancel(t *testing.T, id workflows.RequestID) error {
	t.Helper()
	_, err := r.service.Issuance.Cancel(context.Background(), "", workflows.Person{Team: "T0ACME", ID: "U0ELLA"}, id, "")
	return err
}

// TestOrderWithinAChannel: whatever Slack does to single calls, the messages of a channel
// come in their order and once.
func TestOrderWithinAChannel(t *testing.T) {
	for name, fault := range map[string]slacksim.Fault{
		"429":         {Kind: slacksim.FaultRateLimited, RetryAfter: 1},
		"503":         {Kind: slacksim.FaultServerError, Status: 503},
		"lost answer": {Kind: slacksim.FaultLostAnswer, Status: 502},
		"internal":    {Kind: slacksim.FaultError, Code: "internal_error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, slacksim.Default())
			fault.Match, fault.Channel, fault.Times = "chat.postMessage", supportChannel, 2
			r.inject(t, fault)
			var all []workflows.Effect
			for i, mark := range numbered(8) {
				all = append(all, told(fmt.Sprintf("order/%d", i), mark, workflows.Place{Channel: supportChannel}))
			}
			r.queue(t, all...)
			r.run(t)
			r.until(t, "all are there", func() bool { return len(r.marks("#support")) >= 8 })
			r.settled(t)
			if got := r.marks("#support"); !slices.Equal(got, numbered(8)) {
				t.Errorf("%q", got)
			}
		})
	}
}

// settled waits until the outbox has nothing to be done.
func (r *rig) settled(t *testing.T) {
	t.Helper()
	r.until(t, "the outbox is empty", func() bool {
		s, err := r.db.Stats(context.Background())
		must(t, err)
		return s.Pending[workflows.Notify]+s.Pending[workflows.Files] == 0
	})
}

// TestVersionsCoalesce: however many versions of a card wait, the newest one is drawn,
// once.
func TestVersionsCoalesce(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	theirs, _ := r.asked(t)
	r.settled(t)
	before := r.calls("chat.update", theirs.TS)
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultHeld, Match: "chat.update", Channel: approvalsChannel, Times: -1})
	r.advance(t, "REQ-1", "version-00")
	r.until(t, "the first is held", func() bool { return r.Held() == 1 })
	for i := range 10 {
		r.advance(t, "REQ-1", fmt.Sprintf("version-%02d", i+1))
	}
	r.ClearFaults()
	r.As("anselm").SeesChange(theirs, "version-10")
	r.settled(t)
	if n := r.calls("chat.update", theirs.TS) - before; n != 2 {
		t.Errorf("%d updates for eleven versions, want that which was held and the newest", n)
	}
}

// TestTheNewestIsDrawnAfterA429: what waits because Slack said so is drawn as it is when
// the wait is over.
func TestTheNewestIsDrawnAfterA429(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	theirs, _ := r.asked(t)
	r.settled(t)
	before := r.calls("chat.update", theirs.TS)
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultRateLimited, Match: "chat.update", Channel: approvalsChannel, RetryAfter: 2, Times: 2})
	r.advance(t, "REQ-1", "version-00")
	r.until(t, "it was refused", func() bool { return r.calls("chat.update", theirs.TS) == before+1 })
	r.advance(t, "REQ-1", "version-01")
	r.settled(t)
	var drawn []string
	for _, e := range r.Transcript().Find("api", "chat.update") {
		if strings.Contains(string(e.Payload), theirs.TS) && e.Error == "" {
			drawn = append(drawn, regexp.MustCompile(`version-\d+`).FindAllString(string(e.Payload), 1)...)
		}
	}
	if !slices.Equal(drawn, []string{"version-01"}) {
		t.Errorf("drawn %q", drawn)
	}
}

// TestTheNextTurnComesFirst: taking the buttons off the turn before keeps nobody waiting.
func TestTheNextTurnComesFirst(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella := r.As("ella")
	ella.Says("I need a TLS server certificate for portal.example.org, internal CA")
	question := ella.Sees("Why is it needed?")
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultHeld, Match: "chat.update", Times: -1})
	ella.Says("Portal")
	ella.Sees("The plan")
	r.ClearFaults()
	if now := ella.SeesChange(question, ":heavy_check_mark: Portal"); len(now.Buttons()) > 0 {
		t.Errorf("an answered question has %q", now.Buttons())
	}
}

// TestWhatSlackRefusesIsTold: a message that cannot be delivered is not taken for
// delivered: it is given up, and the operators hear of it.
func TestWhatSlackRefusesIsTold(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.cfg.Operators = supportChannel
	r.socket(t)
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultError, Match: "chat.postMessage", Channel: approvalsChannel, Code: "msg_too_long"})
	r.queue(t, told("refused", "mark-01", workflows.Place{Channel: approvalsChannel}))
	r.As("sam").In("#support").Sees("Given up", "msg_too_long")
	if dead, err := r.db.DeadLetters(context.Background(), 0, 10); err != nil || len(dead) != 1 || dead[0].Effect.Key != "refused" {
		t.Errorf("%+v, %v", dead, err)
	}
}

// TestALimitIsOfItsMethod: a 429 is honoured by the method that it was said of, and keeps
// nothing else; of chat.postMessage by the channel.
func TestALimitIsOfItsMethod(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	r.asked(t)
	r.settled(t)
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultRateLimited, Match: "chat.update", RetryAfter: 300, Times: -1},
		slacksim.Fault{Kind: slacksim.FaultRateLimited, Match: "chat.postMessage", Channel: "C0CERTIFICATES", RetryAfter: 300})
	before := r.calls("chat.update", "")
	r.advance(t, "REQ-1", "not yet to be seen")
	r.queue(t, told("limited/1", "mark-01", workflows.Place{Channel: "C0CERTIFICATES"}))
	r.until(t, "both were refused", func() bool {
		return r.calls("chat.update", "") > before && r.calls("chat.postMessage", "C0CERTIFICATES") == 1
	})
	for i := range 3 {
		r.advance(t, "REQ-1", fmt.Sprint("nor this ", i))
		r.queue(t, told(fmt.Sprint("limited/2/", i), "mark-02", workflows.Place{Channel: "C0CERTIFICATES"}),
			told(fmt.Sprint("free/", i), "mark-0"+fmt.Sprint(i), workflows.Place{Channel: supportChannel}))
	}
	r.until(t, "the other channel has its messages", func() bool { return len(r.marks("#support")) == 3 })
	sam := r.As("sam")
	sam.Says(expired)
	sam.Sees("憑證已過期")
	if n := r.calls("chat.update", "") - before; n > 2 { // both cards of REQ-1 may have been on their way
		t.Errorf("%d updates within the time that Slack said to wait", n)
	}
	if n := r.calls("chat.postMessage", "C0CERTIFICATES"); n != 1 {
		t.Errorf("%d messages to the limited channel", n)
	}
}

// TestAStormEndsInTruth: many requests change many times while Slack limits and fails.
// Their cards go forward only, and end true, each once.
func TestAStormEndsInTruth(t *testing.T) {
	const requests, versions = 60, 5
	r := newRig(t, slacksim.Default(), slacksim.Options{RateScale: 100})
	r.socket(t)
	r.asked(t)
	r.settled(t)
	first, err := r.service.Lists.Show(context.Background(), workflows.Person{Team: "T0ACME", ID: "U0ELLA"}, "REQ-1")
	must(t, err)
	for n := 2; n <= requests; n++ {
		x := first
		x.ID, x.Version, x.SPKI = workflows.NewRequestID(int64(n)), 0, ""
		r.change(t, workflows.Change{Requests: []workflows.Request{x}})
		r.advance(t, x.ID, "version-00")
	}
	r.settled(t)
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultRateLimited, Match: "chat.*", Chance: 0.2, Times: 6, RetryAfter: 1},
		slacksim.Fault{Kind: slacksim.FaultServerError, Match: "chat.*", Chance: 0.05, Times: 6},
		slacksim.Fault{Kind: slacksim.FaultLostAnswer, Match: "chat.*", Chance: 0.05, Times: 6})
	for v := 1; v <= versions; v++ {
		for n := 1; n <= requests; n++ {
			r.advance(t, workflows.NewRequestID(int64(n)), fmt.Sprintf("version-%02d", v))
		}
	}
	r.settled(t)
	last := fmt.Sprintf("version-%02d", versions)
	for who, prefix := range map[*slacksim.Actor]string{r.As("anselm").In("cert-approvals"): "Certificate request REQ-", r.As("ella"): "REQ-"} {
		cards := map[string]bool{}
		for _, m := range who.Messages() {
			if id := regexp.MustCompile(`^` + prefix + `\d+ · `).FindString(m.Shown()); id != "" {
				if cards[id] || !strings.Contains(m.Shown(), last) {
					t.Errorf("%s twice, or untrue: %s", id, m.Shown())
				}
				cards[id] = true
			}
		}
		if len(cards) != requests {
			t.Errorf("%d cards of %d", len(cards), requests)
		}
	}
	shown := map[string]string{}
	for _, e := range r.Transcript().Find("api", "chat.update") {
		var at struct{ TS string }
		must(t, json.Unmarshal(e.Payload, &at))
		now := regexp.MustCompile(`version-\d+`).FindString(string(e.Payload))
		if now < shown[at.TS] {
			t.Errorf("a card went back from %s to %s", shown[at.TS], now)
		}
		shown[at.TS] = now
	}
}
