package slacksim_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"countersign/slacksim"
)

func TestTicketWorksOnce(t *testing.T) {
	st := stage(t)
	out, _ := callAs(t, st, st.App().AppToken, "apps.connections.open")
	address, _ := out["url"].(string)
	first, resp, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	defer func() { _ = first.Close() }()
	_, resp, err = websocket.DefaultDialer.Dial(address, nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a used address: %v", err)
	}
}

func TestElevenConnections(t *testing.T) {
	st := stage(t)
	for range 10 {
		connect(t, st, acked)
	}
	out, _ := callAs(t, st, st.App().AppToken, "apps.connections.open")
	address, _ := out["url"].(string)
	conn, resp, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	var e envelope
	if err := conn.ReadJSON(&e); err != nil || e.Type != "disconnect" || e.Reason != "too_many_websockets" {
		t.Errorf("the eleventh got %+v, %v", e, err)
	}
}

// Each payload goes to one connection, and every event arrives.
func TestPayloadsAreSpread(t *testing.T) {
	st := stage(t)
	a, b := connect(t, st, acked), connect(t, st, acked)
	ella := st.As("ella").In("#certificates")
	const n = 40
	for range n {
		ella.Says("hello")
	}
	st.Quiet(50 * time.Millisecond)
	if len(a.got)+len(b.got) != n || len(a.got) == 0 || len(b.got) == 0 {
		t.Errorf("%d and %d of %d events", len(a.got), len(b.got), n)
	}
}

func TestEventIsRetried(t *testing.T) {
	st := stage(t, slacksim.Options{AckWithin: 40 * time.Millisecond, Retries: []time.Duration{0, 20 * time.Millisecond}})
	tries := 0
	a := connect(t, st, func(e envelope) any {
		if tries++; tries < 3 {
			return silent{}
		}
		return nil
	})
	st.As("ella").In("#certificates").Says("hello")
	var ids []string
	for want := range 3 {
		e := a.next()
		if e.Attempt != want || (want > 0) != (e.Why == "timeout") {
			t.Errorf("attempt %d came as %d, %q", want, e.Attempt, e.Why)
		}
		id, _ := e.payload(t)["event_id"].(string)
		ids = append(ids, id)
	}
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("a retry has another event_id: %v", ids)
	}
	st.Quiet(100 * time.Millisecond)
	if len(a.got) != 0 {
		t.Error("an acknowledged event came again")
	}
}

// An app that is down when something happens hears of it once it is back.
func TestEventWaitsForRestart(t *testing.T) {
	st := stage(t, slacksim.Options{Retries: []time.Duration{0, 50 * time.Millisecond, 200 * time.Millisecond, 2 * time.Second, 10 * time.Second}})
	st.As("ella").In("#certificates").Says("anybody?")
	time.Sleep(20 * time.Millisecond) // the app is down at the first two attempts
	a := connect(t, st, acked)
	if got := a.event("message"); got["text"] != "anybody?" {
		t.Errorf("came back to %v", got)
	}
}

func TestUnansweredInteractions(t *testing.T) {
	st := stage(t, slacksim.Options{AckWithin: 40 * time.Millisecond})
	ella := st.As("ella").In("#certificates")
	fails := func(want string) {
		t.Helper()
		err := st.Command(context.Background(), "U0ELLA", certificates, "/cert", "new")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("command failed with %v, want %s", err, want)
		}
		if note := ella.Sees(want); !note.Ephemeral || note.UserName != "Slackbot" {
			t.Errorf("the note is %+v", note)
		}
	}
	fails("dispatch_failed") // nobody is connected
	a := connect(t, st, func(envelope) any { return silent{} })
	fails("operation_timeout")
	_ = a

	ok(t, st, "chat.postMessage", "channel", certificates, "text", "x", "blocks", buttonBlocks)
	m := ella.Sees()
	err := st.Act(context.Background(), "U0ELLA", slacksim.Act{Place: slacksim.Place{Type: "message", Channel: m.Channel, TS: m.TS}, BlockID: "b", ActionID: "go"})
	if err == nil {
		t.Error("a click that nobody acknowledged succeeded")
	}
	st.As("ella").SeesToast("Countersign didn't respond")
}

// Slack drops an answer of 20,480 bytes without a word.
func TestLargeAnswerIsDropped(t *testing.T) {
	st := stage(t, slacksim.Options{AckWithin: time.Second})
	size := 21_000
	connect(t, st, func(envelope) any { return object{"text": strings.Repeat("x", size)} })
	if err := st.Command(context.Background(), "U0ELLA", certificates, "/cert", "x"); err == nil {
		t.Error("a large answer arrived")
	}
	size = 19_000
	if err := st.Command(context.Background(), "U0ELLA", certificates, "/cert", "x"); err != nil {
		t.Errorf("a smaller one did not: %v", err)
	}
}

func TestDisconnect(t *testing.T) {
	st := stage(t)
	a := connect(t, st, acked)
	st.Disconnect("refresh_requested")
	if e := a.next(); e.Type != "disconnect" || e.Reason != "refresh_requested" {
		t.Errorf("got %+v", e)
	}
	select {
	case _, open := <-a.got:
		if open {
			t.Error("something came after the disconnect")
		}
	case <-time.After(30 * time.Second):
		t.Error("the connection stays open")
	}
}

func TestDeliveryFaults(t *testing.T) {
	st := stage(t, slacksim.Options{AckWithin: time.Second, Retries: []time.Duration{0, 50 * time.Millisecond, 50 * time.Millisecond}})
	a := connect(t, st, acked)
	ella := st.As("ella").In("#certificates")
	inject := func(f slacksim.Fault) {
		t.Helper()
		if err := st.Inject(f); err != nil {
			t.Fatal(err)
		}
	}
	inject(slacksim.Fault{Kind: slacksim.FaultDuplicate, Match: "message"})
	ella.Says("twice")
	one, two := a.next(), a.next()
	if one.ID == two.ID || string(one.Raw) != string(two.Raw) {
		t.Errorf("the copy differs in more than its envelope: %s %s", one.Raw, two.Raw)
	}
	inject(slacksim.Fault{Kind: slacksim.FaultDuplicate, SameID: true})
	ella.Says("twice")
	if one, two = a.next(), a.next(); one.ID != two.ID {
		t.Error("the copy came in another envelope")
	}
	inject(slacksim.Fault{Kind: slacksim.FaultReorder})
	ella.Says("first")
	ella.Says("second")
	if got := []any{a.event("message")["text"], a.event("message")["text"]}; got[0] != "second" || got[1] != "first" {
		t.Errorf("order is %v", got)
	}
	st.Quiet(20 * time.Millisecond) // earlier acknowledgements are in
	inject(slacksim.Fault{Kind: slacksim.FaultLostAck, Match: "message"})
	ella.Says("lost")
	if first, again := a.next(), a.next(); first.Attempt != 0 || again.Attempt != 1 {
		t.Errorf("a lost acknowledgement led to attempts %d and %d", first.Attempt, again.Attempt)
	}
	st.Quiet(20 * time.Millisecond)
	b := connect(t, st, acked)
	inject(slacksim.Fault{Kind: slacksim.FaultDropSocket})
	ella.Says("dropped") // on one of the two, so the other gets it
	if e := nextOf(a, b); e.Attempt == 0 {
		t.Errorf("after the drop came %+v", e)
	}
	if err := st.Inject(slacksim.Fault{Kind: "gremlins"}); err == nil {
		t.Error("an unknown fault was taken")
	}
}
