package endurance

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

// Slack does not say who is who when the bot starts: nobody may decide, and as soon as
// it says so, they may; nobody has to wait for the next round of refreshing.
func TestDirectoryFailsAtStart(t *testing.T) {
	w := product.New(t, binary, product.Options{Sim: slacksim.Options{RateScale: 100}})
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Match: "usergroups.users.list", Times: 2}); err != nil {
		t.Fatal(err)
	}
	p := w.Start()
	p.Connected()
	st := stage(t, w)
	time.Sleep(5 * time.Second) // the third attempt succeeds
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	st.As("anselm").In(product.Approvals).Clicks(card, "Approve")
	st.As("ella").Sees("is here")
	p.Stop()
	w.Healthy()
}

// Forms that Slack is slow to open hold up nobody else's click.
func TestSlowFormsHoldUpNobody(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 1000}})
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	w.Settled(st.Patience)
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "views.open", Times: -1, DelayMS: 9000}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 150 {
		all.Go(func() {
			if err := clicks(t, w, "U0BOLIN", card, "Ask…"); err != nil {
				t.Errorf("a click that opens a form: %v", err)
			}
		})
	}
	all.Wait()
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err != nil {
		t.Errorf("a click beside slow forms: %v", err)
	}
	st.As("ella").Sees("is here")
	w.ClearFaults()
	p.Kill() // 150 forms are still under way
	w.Healthy()
}

// Slack is away while much is decided: what is told afterwards says of each step who
// took it and why, not what came last.
func TestToldLateToldRight(t *testing.T) {
	w, p := started(t, product.Options{Approvers: 2, Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	st.Patience = 60 * time.Second
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	w.Settled(st.Patience)
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Match: "chat.postMessage", Times: -1}); err != nil {
		t.Fatal(err)
	}
	holds := func(who, why string) {
		st.As(who).In(product.Approvals).Clicks(card, "Hold…")
		if r := st.As(who).Submits(st.As(who).SeesModal("Put on hold"), map[string]any{"reason": why}); !r.OK() {
			t.Errorf("%s: %+v", who, r)
		}
	}
	// What is told of one request stays in order, its card included: the others click on
	// what they have on the screen.
	holds("anselm", "Asking the network team")
	held := st.As("approver1").In(product.Approvals).SeesChange(card, "Take off hold")
	st.As("approver1").In(product.Approvals).Clicks(held, "Take off hold")
	holds("approver2", "Asking the security team")
	w.ClearFaults()
	var told []string
	for _, words := range [][]string{
		{"<@U0ANSELM>", "on hold", "Asking the network team"},
		{"<@U0APPROVER2>", "on hold", "Asking the security team"},
	} {
		told = append(told, st.As("ella").WaitMessage(func(m slacksim.Message) bool {
			shown := m.Shown()
			for _, word := range words {
				if !strings.Contains(shown, word) {
					return false
				}
			}
			return !strings.Contains(shown, "Cancel request") // not the card
		}, st.Patience, strings.Join(words, " ")).Shown())
	}
	if strings.Contains(told[0], "security") || strings.Contains(told[1], "network") {
		t.Errorf("told %q", told)
	}
	sound(t, w, w.Settled(st.Patience))
	p.Stop()
}

// The request is cancelled while its key is being made: it stays cancelled, no key
// stays behind, and nobody is told of trouble.
func TestCancelledWhileKeyIsMade(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	place := st.As("ella").In(product.Requests)
	in := place.InThread(place.Says("@Countersign I need a certificate for our nginx reverse proxy portal.example.org, internal CA, key RSA 4096"))
	in.Sees("Why is it needed?")
	in.Says("Thought better of it")
	in.Clicks(in.Sees("The plan"), "Send for approval")
	mine := st.As("ella").Sees("REQ-1 · portal.example.org", "Cancel request")
	st.As("ella").Clicks(mine, "Cancel request")
	st.As("ella").SeesChange(mine, "*Cancelled*")
	s := w.Settled(2 * time.Minute)
	r := only(t, s)
	if r.State != workflows.Cancelled || !r.Trouble.IsZero() {
		t.Errorf("%s, trouble %q", r.State, r.Trouble.Text.Key)
	}
	for _, m := range st.As("ella").Messages() {
		if strings.Contains(m.Shown(), "waits") {
			t.Errorf("ella is told of trouble with what she cancelled: %s", m.Shown())
		}
	}
	noKeys(t, w)
	sound(t, w, s)
	p.Stop()
}

// noKeys fails the test when the custody still holds a request's key.
func noKeys(t *testing.T, w *product.World) {
	t.Helper()
	if names, err := filepath.Glob(filepath.Join(w.Data(), "custody", "keys", "*")); err != nil || len(names) != 0 {
		t.Errorf("keys that nobody needs are still there: %q (%v)", names, err)
	}
}

// The key of a certificate is gone when it is asked for: its requester hears that it
// will not come, not only the operators.
func TestKeyGone(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	id, _ := approved(t, st, "ella", "portal.example.org")
	mine := st.As("ella").Sees(id+" · portal.example.org", "Get the private key…")
	names, err := filepath.Glob(filepath.Join(w.Data(), "custody", "keys", "*.age"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%q %v", names, err)
	}
	if err := os.Rename(names[0], filepath.Join(w.Dir, "taken.age")); err != nil {
		t.Fatal(err)
	}
	st.As("ella").Clicks(mine, "Get the private key…")
	st.As("ella").Sees(id, "could not be handed over")
	st.As("sam").In("support").Sees(id, "Given up") // the operators
	if err := os.Rename(filepath.Join(w.Dir, "taken.age"), names[0]); err != nil {
		t.Fatal(err)
	}
	mine = st.As("ella").SeesChange(mine, "Get the private key…") // and can be asked for again
	st.As("ella").Clicks(mine, "Get the private key…")
	st.As("ella").Sees(id, "can be opened once")
	sound(t, w, w.Settled(st.Patience))
	p.Stop()
}

// The time for deciding runs out while nobody is there to notice, not even the bot.
func TestExpiredMeanwhile(t *testing.T) {
	w := product.New(t, binary, product.Options{DecideWithin: 6 * time.Second, Sim: slacksim.Options{RateScale: 100}})
	p := w.Start()
	p.Connected()
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	mine := st.As("ella").Sees("REQ-1 · portal.example.org")
	late := asked(t, st, "rosa", "late.example.org", "Customer portal")
	deadline := w.Settled(st.Patience).Requests[1].Expires
	// A click after the deadline does not count, even before anything was swept.
	time.Sleep(time.Until(deadline.Add(100 * time.Millisecond)))
	if err := clicks(t, w, "U0ANSELM", late, "Approve"); err != nil {
		t.Errorf("the late click: %v", err)
	}
	want := says(t, "workflows.refuse.already.expired", "Request", "REQ-2")
	if read := whispers(st.As("anselm").In(product.Approvals), 1); len(read) != 1 || !strings.Contains(read[0], want) {
		t.Errorf("anselm reads %q, want %q", read, want)
	}
	p.Kill()
	p = w.Start()
	p.Connected()
	st.As("anselm").In(product.Approvals).SeesChange(card, "*Expired:*")
	st.As("ella").SeesChange(mine, "*Expired:*", "Ask again")
	st.As("ella").Sees("REQ-1", "in time")
	s := w.Settled(st.Patience)
	for _, r := range s.Requests {
		if r.State != workflows.Expired || len(r.Decisions) != 0 {
			t.Errorf("%s is %s with %d decisions", r.ID, r.State, len(r.Decisions))
		}
	}
	noKeys(t, w)
	sound(t, w, s)
	p.Stop()
}

// A command whose answer belongs into the direct message, which Slack does not open in
// time: it is taken all the same, and answered there in the end.
func TestCommandWhileSlackIsSlow(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "conversations.open", DelayMS: 5000}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.Command(ctx, "U0ELLA", "C0CERTIFICATES", "/cert", "diagnose tlsv1 alert unknown ca:SSL alert number 48"); err != nil {
		t.Errorf("ella reads: %v", err)
	}
	if read := whispers(st.As("ella").In(product.Requests), 1); len(read) != 1 || !strings.Contains(read[0], says(t, "bot.answer_in_dm")) {
		t.Errorf("ella reads %q", read)
	}
	st.As("ella").Sees("48")
	p.Stop()
	w.Healthy()
}
