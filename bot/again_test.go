package bot_test

import (
	"strings"
	"testing"

	"countersign/slacksim"
)

// TestAskedAgain: what a certificate in use has already is pointed out to both sides, and
// renewed at a click instead, in a thread and in the form; a refusal stands on top of what is
// asked again, on the page, the plan and the approvers' card.
func TestAskedAgain(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, approvals := r.As("ella"), r.As("anselm").In("cert-approvals")
	theirs, hers := r.asked(t)
	approvals.Clicks(theirs, "Approve")
	ella.SeesChange(hers, "Get the private key…")

	ella.Says("I need a TLS server certificate for portal.example.org, internal CA")
	ella.Sees("Why is it needed?")
	ella.Says("A second portal")
	plan := ella.Sees("The plan", "is a certificate with all names", "Renew REQ-1 instead")
	ella.Clicks(plan, "Send for approval")
	second := approvals.Sees("Certificate request REQ-2", "was in use already", "REQ-1")

	approvals.Clicks(second, "Reject…")
	approvals.Submits(approvals.SeesModal("REQ-2"), map[string]any{"reason": "Renew the one there is"})
	ella.Sees("rejected", "REQ-2")
	ella.Runs("/cert renew REQ-2")
	again := ella.SeesModal("The plan", "rejected `REQ-2`", "Renew the one there is", "Nothing is different", "Renew REQ-1 instead")
	ella.Submits(again, nil)
	ella.Closes(ella.SeesModal("REQ-3"))
	third := approvals.Sees("Certificate request REQ-3", "rejected `REQ-2`", "Renew the one there is", "Nothing is different")
	if !strings.Contains(third.Shown(), "was in use already") {
		t.Error("the approvers are not told of the certificate in use")
	}

	ella.Runs("/cert renew REQ-2")
	ella.ClicksIn(ella.SeesModal("Renew REQ-1 instead"), "Renew REQ-1 instead")
	ella.Closes(ella.SeesModal("Replaces the certificate of"))

	ella.Says("I need a TLS server certificate for portal.example.org, internal CA")
	ella.Sees("Why is it needed?")
	ella.Says("A third portal")
	plan = ella.Sees("The plan", "Renew REQ-1 instead", "A third portal")
	ella.Clicks(plan, "Renew REQ-1 instead")
	ella.Sees("The plan", "Replaces the certificate of")
	ella.SeesChange(plan, "Discarded")
}
