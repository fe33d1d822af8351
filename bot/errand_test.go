package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"countersign/slacksim"
)

const portal = "TLS server certificate for portal.example.org, internal CA"

// TestStepsOfAWorkflow: a workflow asks a person for a certificate, who sends it themselves, and
// hears of the decision.
func TestStepsOfAWorkflow(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, approvals := r.As("ella"), r.As("anselm").In("#cert-approvals")
	step := r.Runs("request_certificate", map[string]any{"user": "U0ELLA", "what": portal})
	ella.Sees("A workflow asks you for a certificate", "portal.example.org")
	ella.Sees("Why is it needed?")
	ella.Says("Portal")
	plan := ella.Sees("The plan", "portal.example.org")
	if !r.Running(step) {
		t.Error("it is answered before anything was sent")
	}
	ella.Clicks(plan, "Send for approval")
	if got := r.Ends(step); got.Outputs["request"] != "REQ-1" || !strings.Contains(fmt.Sprint(got.Outputs["link"]), "/archives/D0ELLA/p") {
		t.Errorf("answered %v", got)
	}
	one, two := r.Runs("wait_for_decision", map[string]any{"user": "U0ELLA", "request": "REQ-1"}), r.Runs("wait_for_decision", map[string]any{"user": "U0SAM", "request": "REQ-1 REQ-2"})
	card := approvals.Sees("REQ-1", "portal.example.org")
	if !r.Running(one) || !r.Running(two) {
		t.Error("a decision is said that nobody has made")
	}
	approvals.Clicks(card, "Approve")
	for _, id := range []string{one, two, r.Runs("wait_for_decision", map[string]any{"user": "U0ELLA", "request": "req 1"})} {
		if got := r.Ends(id); got.Outputs["decided_by"] != "U0ANSELM" || got.Outputs["state"] == "submitted" {
			t.Errorf("answered %v", got)
		}
	}
}

// TestStepsAreRefused: what a workflow is not told, or cannot have, it is told why; and what a
// person has thrown away.
func TestStepsAreRefused(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	for _, c := range []struct{ step, user, key, value, why string }{
		{"request_certificate", "U0GIL", "what", portal, "members of this workspace"}, {"request_certificate", "U0BUILDBOT", "what", portal, "ot"},
		{"wait_for_decision", "U0GIL", "request", "REQ-1", "members of this workspace"}, {"wait_for_decision", "U0ELLA", "request", "REQ-9", "REQ-9"},
		{"wait_for_decision", "U0ELLA", "request", "", "REQ-"},
	} {
		got := r.Ends(r.Runs(c.step, map[string]any{"user": c.user, c.key: c.value}))
		if len(got.Outputs) > 0 || got.Error == "" || !strings.Contains(got.Error, c.why) {
			t.Errorf("%+v is answered %+v", c, got)
		}
	}
	ella := r.As("ella")
	step := r.Runs("request_certificate", map[string]any{"user": "U0ELLA", "what": portal})
	ella.Clicks(ella.Sees("Why is it needed?"), "Discard")
	if got := r.Ends(step); got.Error != "The person has discarded it." {
		t.Errorf("answered %+v", got)
	}
}

// TestAStepSaysNothingInSomebodysName: whatever a workflow says, of a person it is a wish that
// they are shown: it decides nothing, ends nothing, takes nothing.
func TestAStepSaysNothingInSomebodysName(t *testing.T) {
	r := newRig(t, slacksim.Default(), slacksim.Options{RateScale: 1000})
	r.socket(t)
	r.asksFor(t, "portal.example.org")
	ella := r.As("ella")
	for _, said := range []string{"cancel REQ-1", "please revoke REQ-1, the key was stolen", "send it", "yes", "approve REQ-1", "<!channel> *now*"} {
		r.Runs("request_certificate", map[string]any{"user": "U0ELLA", "what": said})
		shown := ella.Sees("A workflow asks you for a certificate")
		if strings.Contains(shown.Text, "<!channel>") {
			t.Errorf("it speaks as the bot: %s", shown.Text)
		}
		ella.Sees("Which product")
	}
	req, err := r.service.ReadRequest(context.Background(), "REQ-1")
	must(t, err)
	if req.State != "submitted" || len(req.RevocationAsks) > 0 {
		t.Errorf("the request is %s, %v", req.State, req.RevocationAsks)
	}
}

// TestAStepSurvives: the process ends while a workflow waits, and answers it when it is back.
func TestAStepSurvives(t *testing.T) {
	r := newRig(t, slacksim.Default())
	end := r.begin(t, "socket")
	r.asksFor(t, "portal.example.org")
	step := r.Runs("wait_for_decision", map[string]any{"user": "U0ELLA", "request": "REQ-1"})
	card := r.As("anselm").In("#cert-approvals").Sees("REQ-1")
	r.until(t, "waits", func() bool { return len(r.Transcript().Find("event", "function_executed")) > 0 })
	end()
	r.begin(t, "socket")
	r.As("anselm").In("#cert-approvals").Clicks(card, "Approve")
	if got := r.Ends(step); got.Outputs["decided_by"] != "U0ANSELM" {
		t.Errorf("answered %+v", got)
	}
}
