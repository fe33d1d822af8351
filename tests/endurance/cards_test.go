package endurance

import (
	"crypto"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/locales"
	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

func publicOf(private any) any {
	if signer, ok := private.(crypto.Signer); ok {
		return signer.Public()
	}
	return nil
}

// cardsOf are the messages that show a request, by who reads them. Those of others at
// the place are not looked at.
func cardsOf(w *product.World, at *slacksim.Actor, prefix string) []slacksim.Message {
	var out []slacksim.Message
	for _, m := range at.Messages() {
		if m.User == w.App().BotUserID && strings.HasPrefix(strings.TrimPrefix(m.Shown(), "*"), prefix) {
			out = append(out, m)
		}
	}
	return out
}

// checkCards: each copy of a card is there once and tells the present truth.
func checkCards(t *testing.T, w *product.World, r workflows.Request) {
	t.Helper()
	st := glimpse(w, time.Millisecond)
	mine := cardsOf(w, st.As(r.Requester.ID), string(r.ID)+" · ")
	theirs := cardsOf(w, st.As("anselm").In(product.Approvals), "Certificate request "+string(r.ID)+" · ")
	if len(mine) != 1 {
		t.Errorf("%s (%s): the requester has %d cards", r.ID, r.State, len(mine))
	} else {
		tells(t, r, mine[0], requesterButtons(r))
	}
	switch {
	case len(r.CSR) == 0 && len(theirs) == 0:
	case len(theirs) != 1:
		t.Errorf("%s (%s): the approvers have %d cards", r.ID, r.State, len(theirs))
	default:
		tells(t, r, theirs[0], approverButtons(r))
	}
}

// tells holds one card against its request.
func tells(t *testing.T, r workflows.Request, card slacksim.Message, buttons []string) {
	t.Helper()
	shown := card.Shown()
	missing := func(what, words string) {
		if !strings.Contains(shown, words) {
			t.Errorf("%s is %s; its card does not show %s %q:\n%s", r.ID, r.State, what, words, shown)
		}
	}
	missing("the state", stateWords(r.State))
	missing("the name", r.Spec.CommonName)
	shrunk := slices.Equal(buttons, []string{"Show"}) // nothing more is to be done
	if n := len(r.Decisions); shrunk && n > 0 {
		missing("who decided last", "<@"+r.Decisions[n-1].By.ID+">")
		missing("the reason", r.Decisions[n-1].Reason)
	}
	if !shrunk && len(r.Decisions)+len(r.Releases)+len(r.Questions) <= 8 { // older ones are clipped
		for _, d := range r.Decisions {
			missing("who decided", "<@"+d.By.ID+">")
			missing("the reason", d.Reason)
		}
		for _, q := range r.Questions {
			missing("the question", q.Text)
			missing("the answer", q.Answer)
		}
	}
	got := slices.DeleteFunc(card.Buttons(), func(b string) bool { return b == "Done" }) // of a step, beside it
	if !slices.Equal(got, buttons) {
		t.Errorf("%s is %s; its card has the buttons %q, want %q", r.ID, r.State, got, buttons)
	}
}

// stateWords are what a card says of a state, up to its first variable.
func stateWords(s workflows.State) string {
	cat, err := locales.Load()
	if err != nil {
		return err.Error()
	}
	words, _, _ := strings.Cut(cat.Keys(locales.English)["bot.state."+string(s)], "{{")
	return words
}

func approverButtons(r workflows.Request) []string {
	switch r.State {
	case workflows.Submitted:
		return []string{"Approve", "Reject…", "Hold…", "Ask…"}
	case workflows.OnHold:
		return []string{"Take off hold", "Reject…", "Ask…"}
	default:
		return []string{"Show"}
	}
}

// againButton is there once a hand-over was carried out.
func againButton(r workflows.Request) []string {
	if n := len(r.Releases); r.Spec.KeyFile && n > 0 && r.Releases[n-1].Accessor != "" {
		return []string{"Ask for the key again…"}
	}
	return nil
}

// revokedButton is there while no revocation is asked for.
func revokedButton(r workflows.Request) []string {
	if r.Revoking == nil && r.OpenRevocationAsk() < 0 {
		return []string{"Have it revoked…"}
	}
	return nil
}

func requesterButtons(r workflows.Request) []string {
	switch r.State {
	case workflows.Submitted, workflows.OnHold:
		if n := len(r.Questions); n > 0 && r.Questions[n-1].Answer == "" {
			return []string{"Answer…", "Cancel request"}
		}
		if r.Awaits() == workflows.AwaitCSR {
			return []string{"Give the CSR…", "Cancel request"}
		}
		return []string{"Cancel request"}
	case workflows.Issued:
		if r.Spec.KeyFile && len(r.Releases) == 0 {
			return append([]string{"Get the private key…", "It is installed", "Renew"}, revokedButton(r)...)
		}
		return append(append(againButton(r), "It is installed", "Renew"), revokedButton(r)...)
	case workflows.Installed:
		return append(append(againButton(r), "Renew"), revokedButton(r)...)
	case workflows.Rejected, workflows.Cancelled, workflows.Expired, workflows.Failed:
		return []string{"Ask again"}
	default:
		return nil
	}
}
