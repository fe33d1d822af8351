package bot_test

import (
	"context"
	"slices"
	"testing"

	"countersign/slacksim"
	"countersign/workflows"
)

// decidesAt are the places beside its card where an approver is shown a request: each gives
// what is shown, as somebody decides on it.
var decidesAt = map[string]func(a *slacksim.Actor) (buttons []string, clicks func(button string), sees func(words ...string)){
	"App Home": func(a *slacksim.Actor) ([]string, func(string), func(...string)) {
		a.ClicksIn(a.Home("REQ-1", "Decide…"), "Decide…")
		v := a.SeesModal("REQ-1", "DNS:", "A decision counts for exactly this request")
		return v.Buttons(), func(b string) { a.ClicksIn(a.SeesModal("REQ-1"), b) }, func(words ...string) { a.SeesModal(words...) }
	},
	"/cert show": func(a *slacksim.Actor) ([]string, func(string), func(...string)) {
		a.Runs("/cert show REQ-1")
		m := a.Sees("REQ-1", "DNS:", "A decision counts for exactly this request")
		return m.Buttons(), func(b string) { a.Clicks(m, b) }, func(words ...string) { m = a.SeesChange(m, words...) }
	},
	"a message": func(a *slacksim.Actor) ([]string, func(string), func(...string)) {
		a.Says("show REQ-1")
		m := a.Sees("REQ-1", "DNS:", "A decision counts for exactly this request")
		return m.Buttons(), func(b string) { a.Clicks(m, b) }, func(words ...string) { m = a.SeesChange(m, words...) }
	},
}

// TestDecidingWhereverItIsShown: each place has the buttons, what is decided there is drawn
// there and on every card, and nobody else has them.
func TestDecidingWhereverItIsShown(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		for name, at := range decidesAt {
			t.Run(door+"/"+name, func(t *testing.T) {
				t.Parallel()
				r := newClosed(t, approvalsChannel)
				r.begin(t, door)
				r.asksFor(t, "portal.example.org")
				ella, anselm := r.As("ella"), r.As("anselm")
				card := anselm.In(approvalsChannel).Sees("Certificate request REQ-1")
				bolin := r.As("bolin")
				bolin.Says("show REQ-1")
				copied := bolin.Sees("REQ-1", "DNS:")

				buttons, clicks, _ := at(anselm)
				if !slices.Equal(buttons, []string{"Approve", "Reject…", "Hold…", "Ask…"}) {
					t.Fatalf("there are %q", buttons)
				}
				clicks("Ask…")
				if done := anselm.Submits(anselm.SeesModal("Your question"), map[string]any{"reason": "Which portal?"}); !done.OK() {
					t.Fatalf("%+v", done)
				}
				ella.Sees("Which portal?")
				_, clicks, _ = at(anselm)
				clicks("Hold…")
				if done := anselm.Submits(anselm.SeesModal("What is being found out?"), map[string]any{"reason": "asking the owner"}); !done.OK() {
					t.Fatalf("%+v", done)
				}
				anselm.SeesChange(card, "On hold", "asking the owner")
				_, clicks, sees := at(anselm)
				clicks("Take off hold")
				sees("Waiting for an answer from") // the question is open still
				clicks("Approve")
				sees("REQ-1", "approved")
				anselm.SeesChange(card, "approved", "Issued")
				bolin.SeesChange(copied, "REQ-1", "已签发")
				ella.Sees("The certificate of", "REQ-1")
			})
		}
	}
}

// TestRejectingWhereItIsShown closes what was open, and the card says so.
func TestRejectingWhereItIsShown(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	r.begin(t, "socket")
	r.asksFor(t, "portal.example.org")
	anselm := r.As("anselm")
	card := anselm.In(approvalsChannel).Sees("Certificate request REQ-1")
	_, clicks, _ := decidesAt["App Home"](anselm)
	clicks("Reject…")
	anselm.Submits(anselm.SeesModal("Why?"), map[string]any{"reason": "wrong portal"})
	anselm.SeesNoModal()
	anselm.SeesChange(card, "Rejected", "wrong portal")
	r.As("ella").Sees("rejected", "REQ-1")
}

// TestOnlyApproversHaveTheButtons: who asked for it, and a colleague, read it without.
func TestOnlyApproversHaveTheButtons(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	r.begin(t, "socket")
	r.asksFor(t, "portal.example.org")
	r.As("anselm").In(approvalsChannel).Sees("Certificate request REQ-1")
	for _, who := range []string{"ella", "sam"} {
		a := r.As(who)
		a.Runs("/cert show REQ-1")
		if b := a.WaitMessage(func(m slacksim.Message) bool { return m.Ephemeral }, r.Patience, "the answer").Buttons(); slices.Contains(b, "Approve") || slices.Contains(b, "批准") || slices.Contains(b, "核准") {
			t.Errorf("%s has %q", who, b)
		}
	}
}

// TestADecisionIsBoundToWhatIsShown: of a request that has changed since it was shown
// nothing is decided; what is shown is then what it is now, and can be decided on.
func TestADecisionIsBoundToWhatIsShown(t *testing.T) {
	for name, at := range decidesAt {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newClosed(t, approvalsChannel)
			r.begin(t, "socket")
			r.asksFor(t, "portal.example.org")
			anselm := r.As("anselm")
			anselm.In(approvalsChannel).Sees("Certificate request REQ-1")
			r.settled(t)
			_, clicks, sees := at(anselm)
			r.settled(t)
			must(t, r.db.Update(context.Background(), "", func(rd workflows.Reader) (workflows.Change, error) {
				x, err := rd.Request(context.Background(), "REQ-1")
				x.Spec.Days = 77
				return workflows.Change{Requests: []workflows.Request{x}}, err
			}))
			clicks("Approve")
			sees("77", "Waiting for approval")
			x, err := r.service.ReadRequest(context.Background(), "REQ-1")
			must(t, err)
			if len(x.Decisions) != 0 {
				t.Fatalf("decided on what was not shown: %+v", x.Decisions)
			}
		})
	}
}
