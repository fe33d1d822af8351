package endurance

import (
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

// Slack limits, fails, and loses answers, on every method that the main job uses. The
// person notices a delay at most, and reads everything once.
func TestSlackFails(t *testing.T) {
	for name, fault := range map[string]slacksim.Fault{
		"429":         {Kind: slacksim.FaultRateLimited, RetryAfter: 1},
		"503":         {Kind: slacksim.FaultServerError, Status: 503},
		"lost answer": {Kind: slacksim.FaultLostAnswer, Status: 502},
		"internal":    {Kind: slacksim.FaultError, Code: "internal_error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // waiting is most of it
			w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
			st := stage(t, w)
			st.Patience = 60 * time.Second
			for _, method := range []string{"chat.postMessage", "chat.update", "conversations.open", "conversations.history", "conversations.replies",
				"files.getUploadURLExternal", "files.completeUploadExternal"} {
				f := fault
				f.Match = method
				if err := w.Inject(f); err != nil {
					t.Fatal(err)
				}
			}
			id, card := approved(t, st, "ella", "portal.example.org")
			st.As("anselm").In(product.Approvals).SeesChange(card, "*Issued*")
			mine := st.As("ella").Sees(id+" · portal.example.org", "Get the private key…")
			if err := w.Inject(slacksim.Fault{Kind: fault.Kind, Match: "chat.postMessage", RetryAfter: 1, Status: fault.Status, Code: fault.Code}); err != nil {
				t.Fatal(err)
			}
			st.As("ella").Clicks(mine, "Get the private key…")
			st.As("ella").Sees("can be opened once")
			s := w.Settled(2 * time.Minute)
			if r := only(t, s); r.State != workflows.Issued {
				t.Errorf("%s", r.State)
			}
			links := 0
			for _, m := range st.As("ella").Messages() {
				if keyLink.MatchString(m.Shown()) {
					links++
				}
			}
			if links != 1 {
				t.Errorf("the key's link was sent %d times", links)
			}
			for name, n := range w.Seen.Files() {
				if n != 1 && !strings.HasSuffix(name, ".csr.pem") {
					t.Errorf("%s was shared %d times", name, n)
				}
			}
			sound(t, w, s)
			p.Stop()
		})
	}
}

// The socket dies with a click half way: Slack tells the person, who clicks again.
func TestDroppedSocket(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100, AckWithin: 2 * time.Second,
		Retries: []time.Duration{0, 200 * time.Millisecond, time.Second, 2 * time.Second}}})
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultDropSocket, Match: "block_actions"}); err != nil {
		t.Fatal(err)
	}
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err == nil {
		t.Fatal("a click on a dead connection was acknowledged")
	}
	if r := only(t, w.Read()); r.State != workflows.Submitted {
		t.Fatalf("%s after a click that never arrived", r.State)
	}
	// Every connection is cut while a message is on its way: it comes again.
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultDropSocket, Match: "message*"}); err != nil {
		t.Fatal(err)
	}
	st.As("sam").Says("tlsv1 alert unknown ca:SSL alert number 48")
	w.DropSockets()
	st.As("sam").Sees("48")
	st.Connected(2)                   // both are back
	w.Disconnect("refresh_requested") // Slack sends nothing more to a connection that it ends
	time.Sleep(400 * time.Millisecond)
	p.Connected()
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err != nil {
		t.Errorf("after the reconnection: %v", err)
	}
	st.As("ella").Sees("is here")
	sound(t, w, w.Settled(2*time.Minute))
	p.Stop()
}

// Slack says at the start that the app lacks a scope: the reason is where an operator
// looks, and names the remedy.
func TestNotReadyWithoutScope(t *testing.T) {
	w := product.New(t, binary, product.Options{})
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultError, Match: "apps.connections.open", Code: "missing_scope", Times: -1}); err != nil {
		t.Fatal(err)
	}
	p := w.Start()
	var ready string
	for until := time.Now().Add(time.Minute); time.Now().Before(until) && !p.Gone() && !strings.Contains(ready, "missing_scope"); time.Sleep(50 * time.Millisecond) {
		_, ready = get(t, "http://"+w.Listen+"/readyz")
	}
	if !strings.Contains(ready, "manifest.yml") && !strings.Contains(string(w.Tail()), "manifest.yml") {
		t.Errorf("readiness says %q, and the log:\n%s", ready, w.Tail())
	}
	p.Kill()
	w.Healthy()
}
