package issuance_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

// cluster is a plan of a certificate for each of three nodes.
func cluster() workflows.Answers {
	a := workbench.Portal()
	a["nodes"], a["topology"], a["cluster_fqdn"] = []string{"web1.example.org", "web2.example.org", "web3.example.org"}, []string{"cluster"}, []string{"web.example.org"}
	return a
}

func submit(t *testing.T, b *workbench.Bench, who workflows.Person, c workflows.Conversation) []workflows.Request {
	t.Helper()
	c, err := b.Intake.Send(context.Background(), intake.Sending{By: who, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Must(t, err)
	b.Work(t)
	var all []workflows.Request
	for _, id := range c.Requests {
		all = append(all, b.Show(t, id))
	}
	return all
}

// TestAskAgain: of a plan only what was refused is asked for again, as it was, with who
// refused it and why, also after its node got another name.
func TestAskAgain(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: cluster()})
	workbench.Must(t, err)
	all := submit(t, b, workbench.Ella, c)
	if len(all) != 3 {
		t.Fatalf("%d requests", len(all))
	}
	old := all[1]
	_, err = b.Decide(workbench.Anselm, old, workflows.Reject)
	workbench.Must(t, err)
	for _, r := range []workflows.Request{all[0], b.Show(t, old.ID)} {
		if f := issuance.FollowUp(r); (f != nil) != (r.ID == old.ID) {
			t.Errorf("%s, %s: %+v", r.ID, r.State, f)
		}
	}

	again := func(renamed string) workflows.Request {
		t.Helper()
		c, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
		workbench.Must(t, err)
		f := c.Follows
		if c.Phase != workflows.Reviewing || c.Replaces != nil || f == nil || f.Request != old.ID || f.By != workbench.Anselm || f.Reason != "because" || f.State != workflows.Rejected {
			t.Fatalf("%s, %+v", c.Phase, f)
		}
		if renamed != "" {
			c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: "nodes", Values: []string{"web1.example.org", renamed, "web3.example.org"}})
			workbench.Must(t, err)
		}
		all := submit(t, b, workbench.Ella, c)
		if len(all) != 1 {
			t.Fatalf("one certificate was refused, %d are asked for", len(all))
		}
		return all[0]
	}
	same, other := again(""), again("web9.example.org")
	if !slices.Equal(same.Spec.For, old.Spec.For) || same.Purpose != old.Purpose || same.Follows == nil || same.Follows.Reason != "because" {
		t.Errorf("%v, %+v", same.Spec.For, same.Follows)
	}
	if !slices.Equal(other.Spec.For, []string{"web9.example.org"}) || other.Follows == nil || slices.Equal(other.Follows.Asked.Names, workflows.AskedIn(other.Spec, "", "").Names) {
		t.Errorf("%v, %+v", other.Spec.For, other.Follows)
	}
	bare := same
	bare.Follows, bare.Twin = nil, &workflows.Twin{Request: "REQ-9"}
	if bare.Hash() != same.Hash() {
		t.Error("what is beside a request is in the hash of what is approved")
	}
	// What a conversation claims is read anew.
	c, err = b.Intake.Start(ctx, intake.Started{By: workbench.Bolin, Lang: "en", Answers: cluster(),
		Follows: &workflows.Followed{Request: old.ID, Profile: old.Spec.Profile, Reason: "made up"}})
	workbench.Must(t, err)
	for _, r := range submit(t, b, workbench.Bolin, c) {
		if r.Follows != nil {
			t.Errorf("%s follows what is another's: %+v", r.ID, r.Follows)
		}
	}
}

// TestTwin: whoever asks for what a certificate in use has already is told whose it is; the
// approvers are too. A renewal doubles nothing, and what ends or ran out is none.
func TestTwin(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	ask := func(who workflows.Person, a workflows.Answers) (workflows.Conversation, workflows.Request) {
		t.Helper()
		c, err := b.Intake.Start(ctx, intake.Started{By: who, Lang: "en", Answers: a})
		workbench.Must(t, err)
		return c, submit(t, b, who, c)[0]
	}
	if c, r := ask(workbench.Ella, workbench.Portal()); len(c.Twins) > 0 || r.Twin != nil {
		t.Errorf("of nothing: %+v, %+v", c.Twins, r.Twin)
	}
	a := workbench.Portal()
	a["names"] = []string{"www.example.org"}
	old := b.Issued(t, workbench.Ella, a)
	for who, yours := range map[workflows.Person]bool{workbench.Ella: true, workbench.Bolin: false} {
		c, r := ask(who, workbench.Portal())
		want := workflows.Twin{Request: old.ID, Owner: workbench.Ella, Name: "portal.example.org", NotAfter: old.NotAfter, Yours: yours}
		if len(c.Twins) != 1 || c.Twins[0] != want || r.Twin == nil || *r.Twin != want {
			t.Errorf("%v: %+v, %+v", who, c.Twins, r.Twin)
		}
	}
	more := workbench.Portal()
	more["names"] = []string{"www.example.org", "shop.example.org"}
	if c, r := ask(workbench.Ella, more); len(c.Twins) > 0 || r.Twin != nil {
		t.Errorf("it lacks a name: %+v, %+v", c.Twins, r.Twin)
	}

	// The twin is renewed at the place of the conversation, which ends.
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Place: workbench.InThread, Answers: workbench.Portal()})
	workbench.Must(t, err)
	renewal, err := b.Inbox.RenewInstead(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, c.ID, old.ID)
	workbench.Must(t, err)
	if renewal.Replaces == nil || renewal.Place != c.Place || len(renewal.Twins) > 0 {
		t.Errorf("%+v", renewal)
	}
	_, err = b.Intake.Conversation(ctx, workbench.Ella, c.ID)
	workbench.Wants(t, "the conversation before", err, workflows.Conflict)
	if r := submit(t, b, workbench.Ella, renewal)[0]; r.Twin != nil || r.Replaces == nil {
		t.Errorf("a renewal doubles what it replaces: %+v", r.Twin)
	}

	b.Later(time.Until(old.NotAfter) + time.Minute)
	if c, _ := ask(workbench.Ella, workbench.Portal()); len(c.Twins) > 0 {
		t.Errorf("it has run out: %+v", c.Twins)
	}
}
