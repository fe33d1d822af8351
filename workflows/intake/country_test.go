package intake_test

import (
	"context"
	"slices"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestCountryIsOffered: UK is no code of ISO 3166, in whatever way it came. GB is offered, and
// taken by a click or by a word.
func TestCountryIsOffered(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	label := func(_, o string) string { return o }
	for _, said := range []string{"UK", "England", "uk", "United Kingdom"} {
		a := workbench.Portal()
		c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Place: workbench.InThread, Answers: a})
		workbench.Must(t, err)
		c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "change the country to " + said, Label: label})
		workbench.Must(t, err)
		if c.Phase != workflows.Asking || c.Field != "subject.C" || c.Problem == nil || !slices.Equal(c.Problem.Offers, []string{"GB"}) {
			t.Fatalf("%s: asks %q, %+v", said, c.Field, c.Problem)
		}
		in := intake.Replied{By: workbench.Ella, ID: c.ID, Text: "yes", Label: label}
		if said == "UK" {
			in = intake.Replied{By: workbench.Ella, ID: c.ID, Field: "subject.C", Values: []string{"GB"}}
		}
		c, err = b.Intake.Reply(ctx, in)
		workbench.Must(t, err)
		if c.Answers.First("subject.C") != "GB" || c.Phase != workflows.Reviewing {
			t.Errorf("%s: %v, %s", said, c.Answers["subject.C"], c.Phase)
		}
	}
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Place: workbench.InThread, Text: "TLS server certificate for portal.example.org, O=Example Ltd, C=UK"})
	workbench.Must(t, err)
	if c.Field != "subject.C" || c.Problem == nil || !slices.Equal(c.Problem.Offers, []string{"GB"}) {
		t.Errorf("said in a text: asks %q, %+v", c.Field, c.Problem)
	}
}
