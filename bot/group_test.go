package bot_test

import (
	"context"
	"strings"
	"testing"

	"countersign/slacksim"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// asksForCluster has Ella send a plan of two certificates.
func (r *rig) asksForCluster(t *testing.T) {
	t.Helper()
	ctx, ella := context.Background(), workflows.Person{Team: "T0ACME", ID: "U0ELLA"}
	c, err := r.service.Intake.Start(ctx, intake.Started{By: ella, Lang: "en", Answers: workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "version": {"X15.5"}, "environment": {"production"},
		"nodes": {"expe1.example.com", "expe2.example.com"}, "topology": {"cluster"}, "cluster_fqdn": {"expe.example.com"},
		"features": {"mra"}, "domains": {"example.com"}, "ca": {"private"}, "csr": {"ours"}, "key": {"rsa-2048"}, "purpose": {"New cluster"}}})
	must(t, err)
	_, err = r.service.Intake.Send(ctx, intake.Sending{By: ella, ID: c.ID, Plan: intake.PlanHash(r.service.Intake.PlanOf(c))})
	must(t, err)
}

// TestOnePlanOneCard: a cluster of two, from the plan to the installed certificates: one card,
// one approval, one set of files, one release of the keys.
func TestOnePlanOneCard(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		t.Run(door, func(t *testing.T) {
			r := newRig(t, slacksim.Default())
			r.behind(t, door)
			ella, anselm := r.As("ella"), r.As("anselm").In("#cert-approvals")
			r.asksForCluster(t)
			card := anselm.Sees("Certificate requests REQ-1, REQ-2", "expe1.example.com", "expe2.example.com", "Awaited:")
			anselm.Clicks(card, "Approve all 2")
			here := ella.Sees("REQ-1", "REQ-2", "is here")
			anselm.SeesChange(card, "Issued", "approved")
			r.settled(t)
			for _, name := range []string{"REQ-1-expe1.example.com.cert.pem", "REQ-2-expe2.example.com.cert.pem"} {
				if !strings.Contains(strings.Join(here.Files, " "), name) {
					t.Errorf("%s is not among %q", name, here.Files)
				}
			}
			mine := ella.Sees("REQ-1, REQ-2 · expe.example.com")
			ella.Clicks(mine, "Get the 2 private keys…")
			ella.Sees("The private key of", "REQ-1", "REQ-2")
			ella.Clicks(mine, "All are installed")
			ella.SeesChange(mine, "Installed")
			r.settled(t)
			if n := len(ella.Messages()); n > 4 {
				t.Errorf("the requester got %d messages", n)
			}
			if n := len(anselm.Messages()); n != 1 {
				t.Errorf("the approvers got %d messages", n)
			}
		})
	}
}

// TestApprovedWithExceptions: what is not ticked is rejected for the reason that is given, and
// its requester hears of each once.
func TestApprovedWithExceptions(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, anselm := r.As("ella"), r.As("anselm").In("#cert-approvals")
	r.asksForCluster(t)
	card := anselm.Sees("Certificate requests REQ-1, REQ-2")
	anselm.Clicks(card, "Approve, except…")
	form := anselm.SeesModal("Approve, except")
	anselm.Submits(form, map[string]any{"Approved": []string{"REQ-1 · expe1.example.com (expe.example.com)"}, "Why are the others rejected?": "expe2 is not ours"})
	ella.Sees("rejected", "REQ-2", "expe2 is not ours")
	ella.Sees("REQ-1", "is here")
	anselm.SeesChange(card, "1 × issued", "1 × rejected", "expe2 is not ours")
	r.settled(t)
	if n := count(ella, "is here"); n != 1 {
		t.Errorf("told %d times that it is here", n)
	}
}

// TestRejectedTogether: one rejection of a plan is told once.
func TestRejectedTogether(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, anselm := r.As("ella"), r.As("anselm").In("#cert-approvals")
	r.asksForCluster(t)
	card := anselm.Sees("Certificate requests REQ-1, REQ-2")
	anselm.Clicks(card, "Reject…")
	anselm.Submits(anselm.SeesModal("Reject"), map[string]any{"Why?": "wrong domain"})
	ella.Sees("rejected", "REQ-1", "REQ-2", "wrong domain")
	anselm.SeesChange(card, "Rejected", "wrong domain")
	r.settled(t)
	if n := count(ella, "rejected", "wrong domain", "Ask again"); n != 1 {
		t.Errorf("told %d times", n)
	}
	anselm.Clicks(card, "Show")
	anselm.SeesModal("REQ-1")
}
