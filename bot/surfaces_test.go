package bot_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"countersign/slacksim"
)

// socket runs the product behind Socket Mode.
func (r *rig) socket(t *testing.T) {
	t.Helper()
	b := r.run(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { _ = b.RunSocket(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	r.Connected(2)
}

// TestEverySurface: each way in that the manifest declares leads somewhere.
func TestEverySurface(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, sam := r.As("ella"), r.As("sam")

	ella.UsesShortcut("Request a certificate")
	page := ella.SeesModal("Product")
	if home := ella.Home("Nothing waits for you"); slices.Contains(home.Buttons(), "Continue where I was") {
		t.Error("a form in which nothing was answered is to be gone on with")
	}
	ella.ChoosesIn(page, "Product", "generic")
	ella.Closes(ella.SeesModal("Service"))
	home := ella.Home("Continue where I was")
	ella.ClicksIn(home, "Continue where I was")
	ella.Closes(ella.SeesModal("Product"))

	r.asksFor(t, "portal.example.org")
	ella.Sees("REQ-1", "Waiting for approval")
	for line, shows := range map[string]string{"/cert list": "REQ-1", "/cert show 1": "portal.example.org", "/cert show REQ-9": "REQ-9", "/cert whatever": "/cert new", "/cert": "/cert new"} {
		ella.Runs(line)
		ella.Sees(shows)
	}
	r.As("anselm").Home("Waiting for you", "REQ-1")
	ella.Runs("/cert renew REQ-1")
	ella.Closes(ella.SeesModal("The plan", "portal.example.org")) // nothing has changed: straight to the review

	sam.UsesShortcut("Diagnose an error")
	v := sam.SeesModal("診斷錯誤")
	sam.Submits(v, map[string]any{"reason": "certificate verify failed: certificate has expired"})
	sam.Sees("解決步驟")
	posted := sam.In("#support").Says("curl: (60) SSL certificate problem: certificate has expired")
	sam.In("#support").UsesMessageShortcut("Diagnose this", posted)
	sam.In("#support").InThread(posted).Sees("解決步驟")
	sam.Runs("/cert diagnose curl: (6) Could not resolve host: expe.example.com")
	sam.Sees("DNS", "Could not resolve host")
}

// TestSlackInTrouble: 429, 5xx and a dropped socket delay the answer and lose none.
func TestSlackInTrouble(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	must(t, r.Inject(
		slacksim.Fault{Kind: slacksim.FaultRateLimited, Match: "chat.postMessage", RetryAfter: 1, Times: 2},
		slacksim.Fault{Kind: slacksim.FaultServerError, Match: "chat.update", Times: 2},
		slacksim.Fault{Kind: slacksim.FaultLostAnswer, Match: "chat.postMessage", Times: 1}))
	ella := r.As("ella")
	r.Patience *= 6
	ella.Says("I need a TLS server certificate for portal.example.org, internal CA")
	ella.Sees("Why is it needed?")
	r.DropSockets()
	r.Connected(2)
	ella.Says("Portal")
	ella.Clicks(ella.Sees("The plan"), "Send for approval")
	approvals := r.As("anselm").In("#cert-approvals")
	card := approvals.Sees("Certificate request REQ-1")
	approvals.Clicks(card, "Approve")
	approvals.SeesChange(card, "Issued")
	ella.Sees("is here, valid until")
}

// TestRequestsSpokenOf: a request that is named in a sentence is shown, cancelled by a
// button, taken as a pattern; and nobody decides by typing.
func TestRequestsSpokenOf(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, sam := r.As("ella"), r.As("sam")
	ella.Says("cancel my request")
	ella.Sees("no request that could be cancelled")
	ella.Says("TLS certificate for portal.example.org on nginx, internal CA, RSA 3072")
	ella.Sees("Why is it needed?")
	ella.Says("Portal")
	ella.Clicks(ella.Sees("The plan"), "Send for approval")
	card := ella.Sees("REQ-1 · portal.example.org", "Waiting for approval")
	ella.Says("show REQ-1")
	ella.Sees("REQ-1 · `portal.example.org`", "Show")
	ella.Says("what about REQ-77?")
	ella.Sees("no request")
	ella.Says("approve REQ-1")
	ella.Sees("Nobody decides by typing")
	ella.Says("I need a certificate for portal2.example.org, same as REQ-1")
	ella.Sees("Any other TLS service", "RSA 3072", "portal2.example.org", "Why is it needed?")
	ella.Says("please cancel REQ-1, wrong name") // not the conversation
	ask := ella.Sees("To cancel, press the button")
	sam.Says("cancel REQ-1")
	sam.Sees("可以取消此")
	ella.Clicks(ask, "Cancel request")
	ella.SeesChange(card, "Cancelled")
	ella.Says("cancel REQ-1")
	ella.Sees("cannot be cancelled any more")
	ella.Says("Second portal")
	ella.Sees("The plan", "Second portal")
	ella.Says("list") // a direct message is also where everything else is said
	ella.Sees("Your requests", "REQ-1")
	ella.Says("help")
	ella.Sees("/cert diagnose")
	ella.Says("cancel")
	ella.Sees("Nothing was requested")
	ella.Says("thanks!")
	ella.Sees("You are welcome")
}

// TestOldCopyClicked: the drawing for somebody who clicked on an old copy began before
// another's decision and must not reach the workspace after it.
func TestOldCopyClicked(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.service.Policies[0].Need = 2
	r.socket(t)
	anselm, bolin := r.As("anselm").In("#cert-approvals"), r.As("bolin").In("#cert-approvals")
	r.asksFor(t, "portal.example.org")
	card := anselm.Sees("Certificate request REQ-1")
	must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "chat.update", DelayMS: 1000},
		slacksim.Fault{Kind: slacksim.FaultSlow, Match: "chat.update", DelayMS: 2000}))
	anselm.Clicks(card, "Approve")
	anselm.Clicks(card, "Approve") // this copy does not show the first one yet
	bolin.Clicks(card, "Reject…")
	bolin.Submits(bolin.SeesModal("拒绝"), map[string]any{"原因": "Another name, please"})
	anselm.SeesChange(card, "Rejected")
	time.Sleep(2500 * time.Millisecond) // every drawing that had begun has come
	for _, m := range anselm.Messages() {
		if m.TS == card.TS && !slices.Equal(m.Buttons(), []string{"Show"}) {
			t.Errorf("a rejected request's card ended with the buttons %q:\n%s", m.Buttons(), m.Shown())
		}
	}
}
