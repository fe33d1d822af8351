package endurance

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

// atRest starts the product again, waits until it has caught up, and holds everything
// to be true.
func atRest(t *testing.T, w *product.World) workflows.Request {
	t.Helper()
	w.ClearFaults()
	p := w.Start()
	p.Connected()
	s := w.Settled(2 * time.Minute)
	sound(t, w, s)
	p.Stop()
	return only(t, s)
}

// Killed after the commit, before the acknowledgement arrived: the person is told that
// it did not work, clicks again, and hears that it did.
func TestKilledBeforeAcknowledgement(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultLostAck, Match: "block_actions"}); err != nil {
		t.Fatal(err)
	}
	stop := w.Seen.Hear(func(e slacksim.Entry) {
		if e.Kind == "dropped" {
			_ = p.Signal() // the ack is out and lost; the product dies with it
		}
	})
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err == nil {
		t.Error("Slack shows the click as taken")
	}
	stop()
	p.Kill()
	if r := only(t, w.Read()); len(r.Decisions) != 1 {
		t.Fatalf("%d decisions committed, want the one", len(r.Decisions))
	}
	p = w.Start()
	p.Connected()
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err != nil {
		t.Errorf("the second click: %v", err)
	}
	if read := whispers(st.As("anselm").In(product.Approvals), 1); len(read) != 1 {
		t.Errorf("anselm is not told that he has approved already: %q", read)
	}
	p.Kill()
	if r := atRest(t, w); r.State != workflows.Issued || len(r.Decisions) != 1 {
		t.Errorf("%s with %d decisions", r.State, len(r.Decisions))
	}
}

// Killed after the commit, before Slack heard of it: the cards come to tell it.
func TestKilledBeforePost(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	st.As("anselm").Clicks(card, "Hold…") // asks only: from here on it is known who he is, also when Slack does not say
	st.As("anselm").SeesModal("Put on hold")
	w.Settled(2 * time.Minute)
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "*", Times: -1, DelayMS: 30_000}); err != nil {
		t.Fatal(err)
	}
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err != nil {
		t.Fatal(err)
	}
	p.Kill()
	before := st.As("anselm").In(product.Approvals).SeesChange(card)
	if got := before.Buttons(); len(got) != 4 {
		t.Fatalf("the card was redrawn before the kill: %q", got)
	}
	if r := atRest(t, w); r.State != workflows.Issued {
		t.Errorf("%s", r.State)
	}
	st.As("ella").Sees("REQ-1", "is here")
}

// Killed between signing and recording, and between recording and telling: the
// certificate that was signed is the one that is told of.
func TestKilledBetweenSigningAndTelling(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	w.Settled(2 * time.Minute)
	signed := make(chan []byte, 1)
	go func() { // kill as soon as the CA's file is there
		for until := time.Now().Add(time.Minute); time.Now().Before(until); {
			names, _ := filepath.Glob(filepath.Join(w.Data(), "custody", "issued", "*.der")) // the pattern is good
			if len(names) == 1 {
				_ = p.Signal()
				der, _ := os.ReadFile(names[0]) // compared below
				signed <- der
				return
			}
		}
		signed <- nil
	}()
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err != nil {
		t.Fatal(err)
	}
	der := <-signed
	p.Kill()
	if r := only(t, w.Read()); r.State == workflows.Issued {
		t.Log("recorded before the kill: the window was missed this time")
	}
	// Now it is recorded, and Slack hears nothing of it.
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "chat.*", Times: -1, DelayMS: 30_000},
		slacksim.Fault{Kind: slacksim.FaultSlow, Match: "files.*", Times: -1, DelayMS: 30_000}); err != nil {
		t.Fatal(err)
	}
	p = w.Start()
	for until := time.Now().Add(time.Minute); only(t, w.Read()).State != workflows.Issued; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("not issued after the restart:\n%s", w.Tail())
		}
	}
	p.Kill()
	r := atRest(t, w)
	if string(r.Cert) != string(der) || len(der) == 0 {
		t.Error("the certificate told of is not the one that was signed first")
	}
	st.As("ella").Sees("REQ-1", "is here")
	for _, name := range []string{"REQ-1-portal.example.org.cert.pem", "REQ-1-portal.example.org.chain.pem"} {
		if n := w.Seen.Files()[name]; n != 1 {
			t.Errorf("%s was shared %d times", name, n)
		}
	}
}
