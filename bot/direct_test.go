package bot_test

import (
	"testing"

	"countersign/slacksim"
)

// TestPastedThroughTrouble: what was put into a command or a form is committed before Slack
// is asked for anything; where the answer goes is found afterwards, however long it takes.
func TestPastedThroughTrouble(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella := r.As("ella")
	trouble := func() {
		must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "conversations.open", DelayMS: 2500},
			slacksim.Fault{Kind: slacksim.FaultServerError, Match: "conversations.open", Times: 1}))
	}
	trouble()
	ella.Runs("/cert diagnose " + expired)
	ella.Sees("in your direct message")
	ella.Sees("The certificate has expired", "What to do")
	for _, who := range []string{"sam", "bolin"} { // whose direct messages are not known yet
		p := r.As(who)
		trouble()
		if who == "sam" {
			p.UsesShortcut("Diagnose an error")
			if got := p.Submits(p.SeesModal("診斷錯誤"), map[string]any{"reason": expired}); !got.OK() {
				t.Fatalf("the form: %+v", got)
			}
			p.Closes(p.SeesModal("私訊"))
			p.Sees("解決步驟")
			continue
		}
		p.Runs("/cert inspect " + expired)
		p.Sees("解决步骤")
	}
}

// TestFormThatDoesNotOpen: what was typed after /cert new is kept when its form cannot be
// opened, and goes on in the direct message once that can be found.
func TestFormThatDoesNotOpen(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Match: "views.open", Times: 1},
		slacksim.Fault{Kind: slacksim.FaultServerError, Match: "conversations.open", Times: 2}))
	ella := r.As("ella")
	ella.Runs("/cert new TLS server certificate for portal.example.org, internal CA")
	ella.Sees("portal.example.org", "Why is it needed?")
}

// TestInspectInOwnWords: the words of /cert mean the same in every language.
func TestInspectInOwnWords(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	for word, seen := range map[string]string{"inspect": "不客气", "检查": "不客气", "檢查": "不客气"} {
		bolin := r.As("bolin")
		bolin.Runs("/cert " + word + " 谢谢") // taken as said, no error to be explained
		bolin.Sees(seen)
	}
}
