package endurance

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

const crowd = 16

// Sixteen approvers click at once: one outcome, fifteen polite refusals, one
// certificate.
func TestSixteenApproversAtOnce(t *testing.T) {
	w, p := started(t, product.Options{Approvers: crowd, Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	var all sync.WaitGroup
	errs := make([]error, crowd)
	start := make(chan struct{})
	for n := range crowd {
		all.Go(func() {
			<-start
			errs[n] = clicks(t, w, st.As(approver(n)).ID(), card, "Approve")
		})
	}
	close(start)
	all.Wait()
	for n, err := range errs {
		if err != nil {
			t.Errorf("%s: %v", approver(n), err)
		}
	}
	st.As("ella").Sees("is here")
	s := w.Settled(2 * time.Minute)
	r := only(t, s)
	if r.State != workflows.Issued || len(r.Decisions) != 1 {
		t.Fatalf("%s with %d decisions, want issued with one", r.State, len(r.Decisions))
	}
	polite := map[string]bool{}
	for _, state := range []string{"approved", "issuing", "issued"} {
		polite[":no_entry_sign: "+says(t, "workflows.refuse.already."+state, "Request", string(r.ID))] = true
	}
	told := 0
	for n := range crowd {
		winner, want := st.As(approver(n)).ID() == r.Decisions[0].By.ID, 1
		if winner {
			want = 0
		}
		read := whispers(st.As(approver(n)).In(product.Approvals), want)
		switch {
		case winner && len(read) != 0:
			t.Errorf("%s decided, and reads %q", approver(n), read)
		case !winner && (len(read) != 1 || !polite[read[0]]):
			t.Errorf("%s was too late, and reads %q", approver(n), read)
		case !winner:
			told++
		}
	}
	if v := verbs(s); told != crowd-1 || v["approve"] != 1 || v["refuse:approve"] != crowd-1 || v["issued"] != 1 {
		t.Errorf("%d told, audit %v", told, v)
	}
	if files := w.Seen.Files(); files["REQ-1-portal.example.org.cert.pem"] != 1 {
		t.Errorf("files shared: %v", files)
	}
	sound(t, w, s)
	p.Stop()
}

func approver(n int) string { return fmt.Sprintf("approver%d", n+1) }

// whispers are the messages that only this person sees; those of want are waited for.
func whispers(at *slacksim.Actor, want int) []string {
	for until := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var out []string
		for _, m := range at.Messages() {
			if m.Ephemeral {
				out = append(out, m.Shown())
			}
		}
		if len(out) >= want || time.Now().After(until) {
			return out
		}
	}
}

// What Slack delivers again changes nothing, under its own envelope or a fresh one.
func TestRedeliveriesChangeNothing(t *testing.T) {
	for _, same := range []bool{true, false} {
		t.Run(map[bool]string{true: "same envelope", false: "fresh envelope"}[same], func(t *testing.T) {
			w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
			if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultDuplicate, Times: -1, Copies: 2, SameID: same}); err != nil {
				t.Fatal(err)
			}
			st := stage(t, w)
			card := asked(t, st, "ella", "portal.example.org", "Customer portal")
			anselm := st.As("anselm")
			anselm.In(product.Approvals).Clicks(card, "Ask…")
			anselm.Submits(anselm.SeesModal("Ask the requester"), map[string]any{"reason": "Which load balancer?"})
			question := st.As("ella").Sees("Which load balancer?", "Answer…")
			st.As("ella").Clicks(question, "Answer…")
			st.As("ella").Submits(st.As("ella").SeesModal("Answer"), map[string]any{"reason": "The one in Oslo"})
			anselm.In(product.Approvals).SeesChange(card, "The one in Oslo")
			anselm.In(product.Approvals).Clicks(card, "Approve")
			mine := st.As("ella").SeesChange(question, "Get the private key…")
			st.As("ella").Clicks(mine, "Get the private key…")
			st.As("ella").Sees("can be opened once")
			st.As("ella").Clicks(mine, "It is installed")
			st.As("ella").SeesChange(mine, "*Installed*")
			st.As("ella").In(product.Requests).Runs("/cert new")
			v := st.As("ella").SeesModal("Product")
			st.As("ella").ChoosesIn(v, "Product", "generic")
			v = st.As("ella").SeesModal("TLS server")
			st.As("ella").Submits(v, map[string]any{"Service": []string{"tls-server"}})
			st.As("ella").Closes(st.As("ella").SeesModal("Node (FQDN)"))

			s := w.Settled(2 * time.Minute)
			r := only(t, s)
			want := map[string]int{"submit": 1, "csr": 1, "ask": 1, "answer": 1, "approve": 1, "issue": 1, "issued": 1, "key.release": 1, "key.handed": 1, "install": 1}
			got := verbs(s)
			for verb, n := range want {
				if got[verb] != n {
					t.Errorf("%d audit rows %s, want %d", got[verb], verb, n)
				}
			}
			if len(got) != len(want) {
				t.Errorf("audit %v, want only %v", got, want)
			}
			if len(r.Questions) != 1 || len(r.Decisions) != 1 || len(r.Releases) != 1 || r.State != workflows.Installed {
				t.Errorf("%s, %d questions, %d decisions, %d releases", r.State, len(r.Questions), len(r.Decisions), len(r.Releases))
			}
			for _, who := range []string{"ella", "anselm"} {
				for _, place := range []string{product.Approvals, product.Requests} {
					if read := whispers(st.As(who).In(place), 0); len(read) > 0 {
						t.Errorf("%s reads a refusal for what was done once: %q", who, read)
					}
				}
			}
			sound(t, w, s)
			p.Stop()
		})
	}
}

// Two deliveries that overtake each other both arrive.
func TestReorderedDeliveries(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	// A mention comes as two events; whichever is first, it is heard once.
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultReorder, Match: "app_mention", Times: 2}); err != nil {
		t.Fatal(err)
	}
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	// Two errors pasted one after the other are both answered, each with its own.
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultReorder, Match: "message.im"}, slacksim.Fault{Kind: slacksim.FaultReorder, Match: "message"}); err != nil {
		t.Fatal(err)
	}
	sam := st.As("sam")
	sam.Says("SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48")
	sam.Says("x509: certificate has expired or is not yet valid: current time 2026-11-21T05:00:00Z is after 2026-11-20T00:00:00Z")
	for _, evidence := range []string{"alert number 48", "has expired or is not yet valid"} {
		sam.WaitMessage(func(m slacksim.Message) bool { return strings.Contains(m.Shown(), evidence) }, st.Patience, "an answer with "+evidence)
	}
	st.As("anselm").In(product.Approvals).Clicks(card, "Approve")
	st.As("ella").Sees("is here")
	s := w.Settled(2 * time.Minute)
	if r := only(t, s); r.State != workflows.Issued || r.Purpose != "Customer portal" || len(refusals(s)) != 0 {
		t.Errorf("%s for %q, refusals %v", r.State, r.Purpose, refusals(s))
	}
	sound(t, w, s)
	p.Stop()
}
