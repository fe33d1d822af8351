package bot

import (
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/locales"
	"countersign/workflows"
)

// TestRenewalViews: what a request replaces stands on the approvers' card and at the
// review, as a difference, also where there is much of it.
func TestRenewalViews(t *testing.T) {
	f := newFixture(t)
	form := f.service.Intake.Form()
	r := f.request(workflows.Submitted)
	old := workflows.Replaced{Request: "REQ-3", Owner: workflows.Person{Team: "T1", ID: "U0CARL"}, Profile: r.Spec.Profile, For: r.Spec.For, CommonName: r.Spec.CommonName,
		Key: r.Spec.Key, Serial: "4f1d", NotAfter: day.Add(20 * 24 * time.Hour)}
	for _, n := range r.Spec.Names {
		old.Names = append(old.Names, n.Value)
	}
	changed := old
	changed.CommonName, changed.Key, changed.Names = "edge.example.com", certs.Key{Type: "rsa", Size: 2048}, append([]string{"gone.example.com"}, old.Names[1:]...)
	r.Spec.Key = certs.Key{Type: "ecdsa", Size: 256}
	long := changed
	for range 300 {
		long.Names = append(long.Names, strings.Repeat("a-long-label.", 15)+"example.com")
	}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		for name, replaced := range map[string]workflows.Replaced{"same": old, "changed": changed, "long": long} {
			r := r
			if name == "same" {
				r.Spec.Key = old.Key
			}
			r.Replaces = &replaced
			golden(t, "approval.replaces-"+name+"."+lang, approvalCard(s, r, awaited{}))
		}
		c := workflows.Conversation{ID: "C-1", Phase: workflows.Reviewing, Answers: f.form, Replaces: &changed}
		golden(t, "review-renewal."+lang, promptView(s, form, c, f.service.Intake.PlanOf(c)))
		goldenView(t, "wizard.-renewal."+lang, wizardView(s, form, c, "", f.service.Intake.PlanOf(c)))
		elsewhere := changed
		elsewhere.For = []string{"other.example.com"}
		c.Replaces = &elsewhere
		golden(t, "review-renewal-nothing."+lang, promptView(s, form, c, f.service.Intake.PlanOf(c)))
		ended := f.request(workflows.Superseded)
		ended.EndedBy = old.Owner
		golden(t, "tell.superseded."+lang, noticeView(s, []workflows.Request{ended}, "superseded", ""))
		golden(t, "tell.reopened."+lang, noticeView(s, []workflows.Request{r}, "reopened", ""))
	}
}
