package bot_test

import (
	"context"
	"strings"
	"testing"

	"countersign/slacksim"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestFilesOfAPlanInTrouble: an answer that is lost, or a limit between the upload of the files and
// the message that has them, makes neither a second message nor none.
func TestFilesOfAPlanInTrouble(t *testing.T) {
	for name, fault := range map[string]slacksim.Fault{
		"lost answer": {Kind: slacksim.FaultLostAnswer, Match: "files.completeUploadExternal", Times: 1},
		"limit":       {Kind: slacksim.FaultRateLimited, Match: "files.completeUploadExternal", RetryAfter: 1, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, slacksim.Default())
			r.socket(t)
			must(t, r.Inject(fault))
			r.Patience *= 4
			ella, anselm := r.As("ella"), r.As("anselm").In("#cert-approvals")
			r.asksForCluster(t)
			anselm.Clicks(anselm.Sees("Certificate requests REQ-1, REQ-2"), "Approve all 2")
			here := ella.Sees("REQ-1", "REQ-2", "is here")
			r.settled(t)
			if n := count(ella, "is here"); n != 1 {
				t.Errorf("told %d times", n)
			}
			for _, name := range []string{"REQ-1-expe1.example.com.cert.pem", "REQ-2-expe2.example.com.cert.pem"} {
				if n := strings.Count(strings.Join(here.Files, " "), name); n != 1 {
					t.Errorf("%s is there %d times", name, n)
				}
			}
		})
	}
}

// TestHeldOutOfAPlan: what is on hold is not in the form of an approval with exceptions, and
// stays on hold when that is sent.
func TestHeldOutOfAPlan(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, anselm := r.As("ella"), r.As("anselm").In("#cert-approvals")
	r.asksForCluster(t)
	ctx := context.Background()
	card := anselm.Sees("Certificate requests REQ-1, REQ-2")
	one, err := r.service.ReadRequest(ctx, "REQ-1")
	must(t, err)
	_, err = r.service.Issuance.Decide(ctx, issuance.Decided{By: workflows.Person{Team: "T0ACME", ID: "U0BOLIN"}, Request: one.ID, Verdict: workflows.Hold, Hash: one.Hash(), Reason: "the change window"})
	must(t, err)
	anselm.SeesChange(card, "1 × on hold")
	anselm.Clicks(card, "Approve, except…")
	form := anselm.SeesModal("Approve, except")
	anselm.Submits(form, map[string]any{"Approved": []string{}, "Why are the others rejected?": "not ours"})
	anselm.SeesChange(card, "1 × on hold", "1 × rejected")
	ella.Sees("rejected", "REQ-2", "not ours")
	r.settled(t)
	if n := count(ella, "rejected", "REQ-1", "Ask again"); n != 0 {
		t.Error("what is on hold is said to be rejected")
	}
}
