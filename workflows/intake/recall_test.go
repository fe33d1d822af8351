package intake_test

import (
	"context"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestEnvironmentIsNoColleaguesWord: what somebody else said of a node does not choose
// the policy of one's own request.
func TestEnvironmentIsNoColleaguesWord(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	lab := workbench.Portal()
	lab["environment"] = []string{"lab"}
	b.Submitted(t, workbench.Anselm, lab)
	said := intake.Started{By: workbench.Ella, Lang: "en", Place: workflows.Place{Channel: "D1"}, Text: "Please make a TLS certificate for portal.example.org"}
	c, err := b.Intake.Start(ctx, said)
	workbench.Must(t, err)
	if got := c.Answers.First("environment"); got == "lab" {
		t.Error("a colleague's environment was taken over from the text")
	}
	if c.Answers.First("service") != "tls-server" {
		t.Errorf("nothing else was remembered: %v", c.Answers)
	}
	c, err = b.Intake.Recall(ctx, "", workbench.Ella, c.ID, "portal.example.org")
	workbench.Must(t, err)
	if got := c.Answers.First("environment"); got == "lab" {
		t.Error("a colleague's environment was recalled")
	}
	own, err := b.Intake.Start(ctx, intake.Started{By: workbench.Anselm, Lang: "en", Place: workflows.Place{Channel: "D2"}, Text: said.Text})
	workbench.Must(t, err)
	if own.Answers.First("environment") != "lab" {
		t.Errorf("one's own word is forgotten: %v", own.Answers)
	}
}
