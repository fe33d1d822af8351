package bot_test

import (
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

// TestNamesForMentions: where Slack makes nothing of a mention, people's names stand: in
// notifications, and in what was typed, which goes on to forms, files and lists.
func TestNamesForMentions(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.Patience = 15 * time.Second
	r.socket(t)
	ella, approvals := r.As("ella").In("#certificates"), r.As("anselm").In("#cert-approvals")
	in := ella.InThread(ella.Says("@Countersign I need a TLS server certificate for portal.example.org, internal CA"))
	in.Sees("Why is it needed?")
	in.Says("for @anselm and the portal")
	in.Clicks(in.Sees("The plan", "portal.example.org"), "Send for approval")
	card := approvals.Sees("REQ-1", "for Anselm Okafor and the portal")
	if strings.Contains(card.Text, "<@") || !strings.Contains(card.Text, "of Ella") {
		t.Errorf("a notification reads %q", card.Text)
	}
}
