package bot_test

import (
	"testing"

	"countersign/slacksim"
)

// TestStolenReachesTheApprovers: what somebody says about a stolen key, or orders with a
// command, becomes an ask to the approvers, with its urgency and their words; nobody is told
// that decisions are clicked.
func TestStolenReachesTheApprovers(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		t.Run(door, func(t *testing.T) { stolen(t, door) })
	}
}

func stolen(t *testing.T, door string) {
	r := newRig(t, slacksim.Default(), slacksim.Options{RateScale: 1000})
	r.behind(t, door)
	ella, approvals := r.As("ella"), r.As("anselm").In("#cert-approvals")
	for _, host := range []string{"portal.example.org", "mail.example.org"} {
		r.asksFor(t, host)
		approvals.Clicks(approvals.Sees("Certificate request", host), "Approve")
		ella.Sees("The certificate of", host)
	}

	ella.Says("the private key was stolen") // which of two?
	which := ella.Sees("Which certificate is it?", "REQ-1", "REQ-2")
	ella.Says("please revoke REQ-1, the box was decommissioned")
	ella.Sees("approvers of `REQ-1` are asked")
	lesser := approvals.Sees("asks to revoke", "REQ-1", "decommissioned")

	ella.Clicks(which, "Have it revoked…") // the newest is listed first
	ella.Closes(ella.SeesModal("Have it revoked", "mail.example.org"))
	ella.Runs("/cert revoke REQ-1")
	form := ella.SeesModal("Have it revoked", "portal.example.org")
	if done := ella.Submits(form, map[string]any{"Reason": "keyCompromise", "What has happened": "seen in a paste"}); !done.OK() {
		t.Fatalf("%+v", done)
	}
	urgent := approvals.Sees("Urgent", "REQ-1", "seen in a paste")
	approvals.SeesChange(lesser, "reported since that its key may be in other hands")
	approvals.Clicks(urgent, "Revoke…")
	approvals.Submits(approvals.SeesModal("Revoke", "portal.example.org"), map[string]any{"Reason": "keyCompromise"})
	approvals.SeesChange(urgent, "ordered the revocation")
	ella.Sees("REQ-1", "revoked")

	sam := r.As("sam") // a colleague can report a compromise, in his language, and nothing else
	sam.Runs("/cert revoke REQ-2")
	form = sam.SeesModal("撤銷", "mail.example.org")
	if done := sam.Submits(form, map[string]any{"revocation": "keyCompromise", "reason": "在 GitHub 上看到"}); !done.OK() {
		t.Fatalf("%+v", done)
	}
	asked := approvals.Sees("Urgent", "REQ-2", "在 GitHub 上看到")
	ella.Sees("Somebody asked the approvers to revoke", "REQ-2")
	approvals.Clicks(asked, "Do not revoke")
	approvals.SeesChange(asked, "closed this without a revocation")
	ella.Sees("without a revocation", "stays valid")
}
