package endurance

import (
	"context"
	"strings"
	"testing"
	"time"

	"countersign/locales"
	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

// asked has somebody ask for a certificate in a sentence and send the plan, and gives
// the approvers' card.
func asked(t *testing.T, st *slacksim.Stage, who, host, purpose string) slacksim.Message {
	t.Helper()
	place := st.As(who).In(product.Requests)
	in := place.InThread(place.Says("@Countersign I need a certificate for our nginx reverse proxy " + host + ", internal CA, key ECDSA 256"))
	in.Sees("Why is it needed?")
	in.Says(purpose)
	in.Clicks(in.Sees("The plan", host), "Send for approval")
	in.Sees("Recorded:")
	return st.As("anselm").In(product.Approvals).Sees("Certificate request", host)
}

// approved is asked, with the approval of anselm and the certificate delivered.
func approved(t *testing.T, st *slacksim.Stage, who, host string) (id string, card slacksim.Message) {
	t.Helper()
	card = asked(t, st, who, host, "Life of "+host)
	id = requestID.FindString(card.Shown())
	st.As("anselm").In(product.Approvals).Clicks(card, "Approve")
	st.As(who).Sees(id, "is here")
	return id, card
}

// says is a text of the catalogue as a message shows it, in English.
func says(t *testing.T, key string, pairs ...string) string {
	t.Helper()
	return saysIn(t, locales.English, key, pairs...)
}

func saysIn(t *testing.T, lang, key string, pairs ...string) string {
	t.Helper()
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return cat.Say(lang, key, args)
}

// clicks clicks a button of a message as anybody, and gives what Slack shows when the
// click is not taken.
func clicks(t *testing.T, w *product.World, personID string, m slacksim.Message, button string) error {
	t.Helper()
	block, action := find(m.Blocks, button)
	if action == "" {
		t.Fatalf("no button %q in %q", button, m.Buttons())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return w.Act(ctx, personID, slacksim.Act{Place: slacksim.Place{Type: "message", Channel: m.Channel, TS: m.TS}, BlockID: block, ActionID: action})
}

// only is the one request of a state.
func only(t *testing.T, s product.State) workflows.Request {
	t.Helper()
	if len(s.Requests) != 1 {
		t.Fatalf("%d requests, want one", len(s.Requests))
	}
	return s.Requests[0]
}

// verbs counts the audit rows of each verb.
func verbs(s product.State) map[string]int {
	out := map[string]int{}
	for _, a := range s.Audit {
		out[a.Verb]++
	}
	return out
}

// refusals are the audit rows that begin with refuse.
func refusals(s product.State) (out []workflows.Audit) {
	for _, a := range s.Audit {
		if strings.HasPrefix(a.Verb, "refuse") {
			out = append(out, a)
		}
	}
	return out
}

// sound fails the test unless the state is whole and every card of it true.
func sound(t *testing.T, w *product.World, s product.State) {
	t.Helper()
	if s.Integrity != "ok" || s.Report.Bad != nil {
		t.Errorf("integrity %q, audit %+v", s.Integrity, s.Report)
	}
	for _, r := range s.Requests {
		checkCards(t, w, r)
	}
	for key, n := range w.Seen.Posts() {
		if n > 1 {
			t.Errorf("posted %d times: %s", n, key)
		}
	}
	w.Healthy()
}
