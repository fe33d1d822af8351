package bot

import (
	"testing"
	"time"

	"countersign/certs"
	"countersign/locales"
	"countersign/workflows"
)

// TestAgainViews: what is asked for again stands on the approvers' card, at the review and on
// every page, with who refused it and why, and with what is different; what has its names
// already is pointed out to both.
func TestAgainViews(t *testing.T) {
	f := newFixture(t)
	form := f.service.Intake.Form()
	r := f.request(workflows.Submitted)
	same := workflows.AskedIn(r.Spec, r.Deployment.Environment, r.Purpose)
	other := same
	other.CommonName, other.Names = "old.example.com", append([]string{"gone.example.com"}, same.Names[1:]...)
	other.Subject, other.Key, other.CA, other.OwnCSR = certs.Subject{O: "Example", OU: hostile}, certs.Key{Type: "rsa", Size: 3072}, "public", true
	other.EKU, other.Environment, other.Purpose = nil, "lab", hostile
	carl := workflows.Person{Team: "T1", ID: "U0CARL"}
	ended := map[string]workflows.Followed{
		"rejected":  {State: workflows.Rejected, By: anselm, Reason: "Wrong OU: " + hostile, Asked: other},
		"same":      {State: workflows.Rejected, By: anselm, Reason: "Wrong OU", Asked: same},
		"cancelled": {State: workflows.Cancelled, By: ella, Asked: other},
		"expired":   {State: workflows.Expired, Asked: same},
		"failed":    {State: workflows.Failed, Why: certs.T("vault.denied", "Identity", "signer", "Path", "x"), Asked: same},
		"revoked":   {State: workflows.Revoked, By: anselm, Reason: "the key was lost", Asked: same},
	}
	mine := workflows.Twin{Request: "REQ-3", Owner: ella, Name: r.Spec.CommonName, NotAfter: day.Add(20 * 24 * time.Hour), Yours: true}
	theirs := mine
	theirs.Request, theirs.Owner, theirs.Yours = "REQ-4", carl, false
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		for name, old := range ended {
			old.Request, old.Requester, old.Profile = "REQ-2", ella, r.Spec.Profile
			r := r
			r.Follows = &old
			golden(t, "approval.follows-"+name+"."+lang, approvalCard(s, r, awaited{}))
		}
		r := r
		r.Twin = &theirs
		golden(t, "approval.twin."+lang, approvalCard(s, r, awaited{}))

		refused := ended["rejected"]
		refused.Request, refused.Requester, refused.Profile = "REQ-2", carl, "expressway-e/server"
		c := workflows.Conversation{ID: "C-1", Phase: workflows.Reviewing, Answers: f.form, Follows: &refused, Twins: []workflows.Twin{mine, theirs}}
		c.Follows.Others = c.Answers["nodes"][1:]
		plan := f.service.Intake.PlanOf(c)
		if len(plan.Specs) != 1 {
			t.Errorf("%d certificates, one was refused", len(plan.Specs))
		}
		golden(t, "review-follows."+lang, promptView(s, form, c, plan))
		goldenView(t, "wizard.-follows."+lang, wizardView(s, form, c, "", plan))
		goldenView(t, "wizard.who-follows."+lang, wizardView(s, form, c, "who", plan))
		c.Phase, c.Field = workflows.Asking, "subject.OU"
		golden(t, "ask-follows."+lang, promptView(s, form, c, plan))
	}
}
