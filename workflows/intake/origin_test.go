package intake_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestOrigins: where every answer comes from is kept, and nothing that somebody else said, or
// that nobody said, is called the person's own words.
func TestOrigins(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	portal := workbench.Portal()
	portal["subject.O"] = []string{"Example Ltd"}
	theirs := b.Submitted(t, workbench.Anselm, portal)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Place: workbench.InThread, Text: "TLS server certificate for portal.example.org, make it ECDSA"})
	workbench.Must(t, err)
	for field, o := range map[string]workflows.Origin{
		"nodes": {Kind: workflows.FromText}, "key": {Kind: workflows.FromReading}, // of ECDSA, the usual size
		"topology": c.Origins["topology"], "ca": c.Origins["ca"], "subject.O": c.Origins["subject.O"],
	} {
		if got := c.Origins[field]; got != o || got == (workflows.Origin{}) {
			t.Errorf("%s: %+v, want %+v", field, got, o)
		}
	}
	if o := c.Origins["subject.O"]; o.Kind != workflows.FromRequest || o.Request != theirs.ID || o.By != workbench.Anselm || o.At.IsZero() {
		t.Errorf("a colleague's: %+v", o)
	}
	if c.Answers.Has("purpose") {
		t.Errorf("a colleague's reason: %v", c.Answers["purpose"])
	}

	// What is answered is one's own; what stands on a page as it stood is whose it was.
	c, _, err = b.Intake.Page(ctx, intake.Paged{By: workbench.Ella, ID: c.ID, Step: intake.StepWho, Values: workflows.Answers{
		"ca": c.Answers["ca"], "csr": {intake.OursCSR}, "subject.O": {"Example Ltd"}, "subject.C": {"GB"}, "purpose": {"New"}}})
	workbench.Must(t, err)
	if c.Origins["subject.O"].By != workbench.Anselm || c.Origins["subject.C"] != (workflows.Origin{}) {
		t.Errorf("after a page: %+v", c.Origins)
	}
	c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: "subject.O", Values: []string{"Example Inc"}})
	workbench.Must(t, err)
	if _, marked := c.Origins["subject.O"]; marked {
		t.Error("what she answered is still called his")
	}
	if kept := b.Conversation(t, c.ID); !maps.Equal(kept.Origins, c.Origins) {
		t.Errorf("kept %+v, not %+v", kept.Origins, c.Origins)
	}
}

// TestAddingKeepsWhose: a list that one adds to was mostly another's.
func TestAddingKeepsWhose(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	portal := workbench.Portal()
	portal["names"] = []string{"www.example.org"}
	b.Submitted(t, workbench.Anselm, portal)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Place: workbench.InThread, Text: "TLS server certificate for portal.example.org"})
	workbench.Must(t, err)
	if c.Field != "purpose" || c.Origins["names"].By != workbench.Anselm {
		t.Fatalf("asks %q, %+v", c.Field, c.Origins)
	}
	c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: "purpose", Values: []string{"New"}})
	workbench.Must(t, err)
	c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "please also add the SAN shop.example.org", Label: func(_, o string) string { return o }})
	workbench.Must(t, err)
	if !slices.Equal(c.Answers["names"], []string{"www.example.org", "shop.example.org"}) || c.Origins["names"].By != workbench.Anselm {
		t.Errorf("%v, %+v", c.Answers["names"], c.Origins["names"])
	}
}

// TestRecalledFromWhom: what is taken from a list of earlier deployments says whose it was,
// from one's own too.
func TestRecalledFromWhom(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	theirs := b.Submitted(t, workbench.Anselm, workbench.Portal())
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en"})
	workbench.Must(t, err)
	c, err = b.Intake.Recall(ctx, "", workbench.Ella, c.ID, "portal.example.org")
	workbench.Must(t, err)
	for field := range c.Answers {
		if o := c.Origins[field]; o.Kind != workflows.FromInference && (o.By != workbench.Anselm || o.Request != theirs.ID) {
			t.Errorf("%s: %+v", field, o)
		}
	}
	if len(c.Answers) == 0 {
		t.Error("nothing was recalled")
	}
}
