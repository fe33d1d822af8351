package bot

import (
	"strings"
	"testing"

	"countersign/locales"
	"countersign/workflows"
)

// TestProposedViews: what a model proposes beside a question and beside the plan, one
// thing, several, and as much as there can be.
func TestProposedViews(t *testing.T) {
	f := newFixture(t)
	form := f.service.Intake.Form()
	of := func(field, quote string, values ...string) workflows.Proposal {
		return workflows.Proposal{Field: field, Values: values, Quote: quote}
	}
	asked := workflows.Conversation{ID: "C-1", Person: workflows.Person{Team: "T1", ID: "U0ELLA"}, Phase: workflows.Asking, Field: "product",
		Answers: workflows.Answers{"nodes": {"edge1.example.com", "edge2.example.com"}}, Origins: map[string]workflows.Origin{"nodes": {Kind: workflows.FromText}},
		Proposed: []workflows.Proposal{of("product", "boxes at the edge", "expressway-e"), of("service", "boxes", "server"), of("ca", "<!channel> `our` <http://evil.example|own> & only", "private"), of("purpose", "", hostile)}}
	many := asked
	many.Proposed = nil
	var names []string
	for range 40 {
		names = append(names, strings.Repeat("a-long-label-of-a-name.", 9)+"example.com")
	}
	for _, field := range form.Fields {
		many.Proposed = append(many.Proposed, of(field.Key, strings.Repeat("our own <CA> & `nobody` else ", 9), names...))
	}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		golden(t, "proposed."+lang, promptView(s, form, asked, workflows.Plan{}))
		golden(t, "proposed-many."+lang, promptView(s, form, many, workflows.Plan{}))
		c := workflows.Conversation{ID: "C-1", Phase: workflows.Reviewing, Answers: f.form, Origins: map[string]workflows.Origin{"nodes": {Kind: workflows.FromText}}, History: []string{"purpose"},
			Proposed: []workflows.Proposal{of("subject.L", "", "Berlin")}}
		golden(t, "proposed-review."+lang, promptView(s, form, c, f.service.Intake.PlanOf(workflows.Conversation{Answers: f.form})))
	}
}
