package endurance

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/locales"
	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

// Whoever must not decide is refused in words, and the refusal is recorded.
func TestWhoMayNotApprove(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	own := asked(t, st, "anselm", "own.example.org", "An approver's own request") // anselm is an approver
	for _, who := range []struct{ id, key string }{
		{"U0ANSELM", "own_request"}, // the requester
		{"U0SAM", "not_approver"},   // a colleague in the channel
		{"U0GUS", "guest"},          // a guest account
		{"U0GIL", "other_team"},     // a guest from another workspace
		{"U0BUILDBOT", "bot"},       // somebody's bot
		{"U0ELLA", "not_approver"},  // an engineer
	} {
		for _, button := range []string{"Approve", "Reject…"} {
			if err := clicks(t, w, who.id, own, button); err != nil {
				t.Errorf("%s clicks %s: %v", who.id, button, err)
			}
		}
		lang := locales.English
		if who.id == "U0SAM" {
			lang = locales.TraditionalChinese
		}
		want := saysIn(t, lang, "workflows.refuse."+who.key, "Request", "REQ-1")
		at := st.As(who.id).In(product.Approvals)
		read := whispers(at, 2)
		if len(read) != 2 || !strings.Contains(read[0], want) || !strings.Contains(read[1], want) {
			t.Errorf("%s reads %q, want %q twice", who.id, read, want)
		}
	}
	s := w.Settled(2 * time.Minute)
	if r := only(t, s); r.State != workflows.Submitted || len(r.Decisions) != 0 {
		t.Errorf("%s with %d decisions", r.State, len(r.Decisions))
	}
	by := map[string]int{}
	for _, a := range refusals(s) {
		by[a.Actor.ID]++
		if a.Actor.ID == "U0GIL" && a.Actor.Team != "T0PARTNER" {
			t.Errorf("the guest's refusal is recorded for workspace %s", a.Actor.Team)
		}
	}
	for _, id := range []string{"U0ANSELM", "U0SAM", "U0GUS", "U0GIL", "U0BUILDBOT", "U0ELLA"} {
		if by[id] != 2 {
			t.Errorf("%s: %d refusals recorded, want 2", id, by[id])
		}
	}
	st.As("gus").UsesShortcut("Request a certificate")
	if read := whispers(st.As("gus"), 1); len(read) != 1 || !strings.Contains(read[0], says(t, "workflows.refuse.guest")) {
		t.Errorf("a guest who would ask for a certificate reads %q", read)
	}
	st.As("bolin").In(product.Approvals).Clicks(own, "Approve")
	st.As("anselm").Sees("REQ-1", "is here")
	sound(t, w, w.Settled(2*time.Minute))
	p.Stop()
}

// filled plays the wizard up to its review.
func filled(st *slacksim.Stage, who, host string) slacksim.View {
	a := st.As(who)
	a.In(product.Requests).Runs("/cert new")
	v := a.SeesModal("Product")
	a.ChoosesIn(v, "Product", "generic")
	a.Submits(a.SeesModal("TLS server"), map[string]any{"Service": []string{"tls-server"}})
	a.Submits(a.SeesModal("Node (FQDN)"), map[string]any{"Node (FQDN)": host, "Topology": "single"})
	a.Submits(a.SeesModal("Why is it needed?"), map[string]any{"Signed by": "private", "key": "ecdsa-256", "Why is it needed?": "Twice"})
	return a.SeesModal("The plan", host)
}

// A double click on Send makes one request.
func TestSubmitTwice(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	v := filled(st, "ella", "portal.example.org")
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			result, err := w.Submit(ctx, "U0ELLA", v.ID, nil)
			if err == nil && !result.OK() {
				t.Errorf("the person is told %+v", result)
			}
		})
	}
	all.Wait()
	st.As("anselm").In(product.Approvals).Sees("Certificate request REQ-1")
	s := w.Settled(2 * time.Minute)
	only(t, s)
	sound(t, w, s)
	p.Stop()
}

// The trigger runs out before the form could be opened: what was begun goes on where
// there is no hurry, and what only asked for a text says to click again.
func TestExpiredTrigger(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	late := slacksim.Fault{Kind: slacksim.FaultSlow, Match: "views.open", DelayMS: 3500}
	if err := w.Inject(late); err != nil {
		t.Fatal(err)
	}
	st.As("ella").In(product.Requests).Runs("/cert new")
	question := st.As("ella").Sees("Which product")
	st.As("ella").SeesNoModal()
	if len(question.Buttons()) == 0 {
		t.Errorf("the conversation offers nothing to click: %s", question.Shown())
	}
	card := asked(t, st, "rosa", "portal.example.org", "Customer portal")
	for _, button := range []string{"Hold…", "Ask…"} {
		if err := w.Inject(late); err != nil {
			t.Fatal(err)
		}
		if err := clicks(t, w, "U0ANSELM", card, button); err != nil {
			t.Errorf("%s: %v", button, err)
		}
	}
	want := says(t, "bot.too_slow")
	if read := whispers(st.As("anselm").In(product.Approvals), 2); len(read) != 2 || !strings.Contains(read[0], want) {
		t.Errorf("anselm reads %q, want %q", read, want)
	}
	st.As("anselm").In(product.Approvals).Clicks(card, "Hold…") // and it opens
	st.As("anselm").Closes(st.As("anselm").SeesModal("Put on hold"))
	p.Stop()
	w.Healthy()
}

// A modal that is closed meanwhile loses nothing: the conversation is taken up again
// from the Home tab, and a sent form was sent.
func TestModalClosedMeanwhile(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	ella := st.As("ella")
	ella.In(product.Requests).Runs("/cert new")
	v := ella.SeesModal("Product")
	ella.ChoosesIn(v, "Product", "generic")
	v = ella.SeesModal("TLS server")
	ella.Submits(v, map[string]any{"Service": []string{"tls-server"}})
	ella.Submits(ella.SeesModal("Node (FQDN)"), map[string]any{"Node (FQDN)": "portal.example.org", "Topology": "single"})
	ella.Closes(ella.SeesModal("Why is it needed?"))
	home := ella.Home(says(t, "bot.home.open"))
	ella.ClicksIn(home, "Continue where I was")
	v = ella.SeesModal("Why is it needed?") // the page where she was
	ella.Submits(v, map[string]any{"Signed by": "private", "key": "ecdsa-256", "Why is it needed?": "Taken up again"})
	v = ella.SeesModal("The plan", "portal.example.org")

	// Sent, and closed before the answer is there.
	var all sync.WaitGroup
	unlock := lock(t, w)
	all.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := w.Submit(ctx, "U0ELLA", v.ID, nil); err != nil {
			t.Errorf("submit: %v", err)
		}
	})
	time.Sleep(200 * time.Millisecond)
	ella.Closes(v)
	unlock()
	all.Wait()
	card := st.As("anselm").In(product.Approvals).Sees("Certificate request REQ-1", "Taken up again")

	// A reason is being written while somebody else decides.
	st.As("anselm").In(product.Approvals).Clicks(card, "Reject…")
	v = st.As("anselm").SeesModal("Reject")
	st.As("bolin").In(product.Approvals).Clicks(card, "Approve")
	ella.Sees("REQ-1", "is here")
	if r := st.As("anselm").Submits(v, map[string]any{"reason": "Too late"}); !r.OK() {
		t.Errorf("the modal: %+v", r)
	}
	st.As("anselm").SeesModal(says(t, "workflows.refuse.already.issued", "Request", "REQ-1"))
	s := w.Settled(2 * time.Minute)
	if r := only(t, s); r.State != workflows.Issued || len(r.Decisions) != 1 {
		t.Errorf("%s with %d decisions", r.State, len(r.Decisions))
	}
	sound(t, w, s)
	p.Stop()
}

// The redraw of a page is lost: the page that comes instead has the input that was
// missing, and what was chosen.
func TestLostRedraw(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	ella := st.As("ella")
	ella.In(product.Requests).Runs("/cert new")
	v := ella.SeesModal("Product")
	if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Match: "views.update"}); err != nil {
		t.Fatal(err)
	}
	ella.ChoosesIn(v, "Product", "generic")
	if r := ella.Submits(v, nil); !r.OK() {
		t.Errorf("the person is told %+v, and cannot mend it", r)
	}
	v = ella.SeesModal("TLS server")
	ella.Submits(v, map[string]any{"Service": []string{"tls-server"}})
	ella.Closes(ella.SeesModal("Node (FQDN)"))
	p.Stop()
	w.Healthy()
}
