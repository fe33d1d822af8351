package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// dropsInThread sends files through the composer of the open thread.
func (u *user) dropsInThread(files ...string) {
	u.t.Helper()
	u.on(chromedp.SetUploadFiles(chromedp.CSS(`[data-testid="thread"] input[type="file"]`), files))
	u.click(`[data-testid="thread"] [data-testid="send"]`, "")
}

// step clicks the button of one step, from 1, of the newest fix in a place.
func (u *user) step(place string, n int) {
	u.t.Helper()
	u.click(fmt.Sprintf(`%s [data-block-id^="case step"][data-block-id$=" %d"] button`, place, n-1), "")
}

// picks chooses an option of the newest menu among the messages.
func (u *user) picks(place, option string) {
	u.t.Helper()
	u.click(place+` [data-action-id="case.answer"]`, "")
	u.click(`[role="option"]`, option)
}

// lacks fails when the newest answer in a place shows a word.
func (u *user) lacks(place string, words ...string) {
	u.t.Helper()
	for _, w := range words {
		if u.js(fmt.Sprintf(`(() => { const all = [...document.querySelectorAll(%q + ' [data-testid="message"][data-user="U0COUNTERSIGN"]')]; return all[all.length - 1].innerText.includes(%q); })()`, place, w)) != "false" {
			u.t.Errorf("the answer shows %q", w)
		}
	}
}

func written(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestVagueText: a text that several causes give is answered with them and the one
// question that tells them apart; remarks and a log refine the same case.
func TestVagueText(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0ANSELM", "C0SUPPORT")
	u.size(1180, 1100)
	u.says("@Countersign TLS negotiation failure on the traversal zone, both Expressways")
	u.openThread()
	u.reads(thread, "It is one of these", "verifier's trust store", "TLS verify subject name", "What does Detail= say", "If it is the first")
	u.shot("vague")
	u.picks(thread, "self signed certificate in")
	u.reads(thread, "→ self signed certificate in", "Answer again")
	u.lacks(thread, "What does Detail= say in the event log line of the failure (Status > Logs > Event log)?\n")
	u.shot("vague-answered")
	u.saysInThread("it is the C that complains")
	u.reads(thread, "Noted")
	u.shot("vague-remark")
	u.dropsInThread(written(t, "expc-event.log", []byte("2026-11-20T09:12:01 expc tvcs: Event=\"Outbound TLS Negotiation Error\" Service=\"SIP\" Dst-ip=\"10.1.2.3\" Dst-port=\"7001\" Detail=\"certificate has expired\" Protocol=\"TLS\" Common-name=\"expe.example.com\"\n")))
	u.reads(thread, "With that it is")
	u.shot("vague-log")
}

// TestNearest: what is not known is said so, with what is nearest and nothing to act on.
func TestNearest(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0ANSELM", "C0SUPPORT")
	u.size(1180, 900)
	u.says("@Countersign the monitoring probe goes red since we swapped the cert, tls is unhappy with something")
	u.openThread()
	u.reads(thread, "I do not know this one", "The nearest that I know", "log lines around it")
	u.lacks(thread, "known cause", "Request the new certificate", "Done")
	u.shot("nearest")
}

// TestTicks: steps are ticked by two people, none undoes another's.
func TestTicks(t *testing.T) {
	p := start(t)
	a := p.as(t, "U0ANSELM", "C0SUPPORT")
	a.size(1180, 1000)
	a.says("@Countersign Expressway-E: certificate verify failed: certificate has expired")
	a.openThread()
	a.reads(thread, "known cause", "Request the new certificate")
	s := p.as(t, "U0SAM", "C0SUPPORT")
	s.size(1180, 1000)
	s.openThread()
	a.step(thread, 1)
	s.step(thread, 3)
	for _, u := range []*user{a, s} {
		u.reads(thread, "2 of 5 done", "Undo")
	}
	a.shot("ticks")
	a.step(thread, 1)
	s.reads(thread, "1 of 5 done")
	a.button("Request the new certificate")
	a.reads(modal, "Expressway")
	a.shot("remedy")
}

// TestHandover: what is no certificate problem comes with a text for its owner.
func TestHandover(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0ANSELM", "D0ANSELM")
	u.size(1180, 1000)
	u.says("curl: (6) Could not resolve host: expe.example.com")
	u.reads(message, "Not a certificate problem: DNS", "Hand-over text")
	u.button("Hand-over text")
	u.reads(message, "1 reply")
	u.openThread()
	u.reads(thread, "To: ", "Subject: ", "What we ask you to do")
	u.shot("handover")
	u.button("This solved it")
	u.reads(message, "says that this solved it")
	u.button("All details")
	u.reads(thread, "The answer in full", "not-certificate:dns")
	u.shot("long-form")
}
