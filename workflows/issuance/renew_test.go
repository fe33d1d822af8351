package issuance_test

import (
	"context"
	"slices"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestRenewalIsTheOwners: nobody else renews, and so ends, somebody's certificate; the
// attempt is recorded (design, invariant 9).
func TestRenewalIsTheOwners(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.People.Known[eve] = workflows.Profile{Person: eve}
	old := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Install(ctx, "", workbench.Ella, old.ID)
	workbench.Must(t, err)

	_, err = b.Inbox.Renew(ctx, intake.Started{By: eve, Lang: "en"}, old.ID)
	workbench.Wants(t, "another's renewal", err, workflows.Forbidden)
	_, err = b.Inbox.Renew(ctx, intake.Started{By: workbench.Anselm, Lang: "en"}, old.ID)
	workbench.Wants(t, "an approver's renewal", err, workflows.Forbidden)
	if !slices.Contains(b.Audited(t, old.ID), "refuse:renew") {
		t.Errorf("the attempt is not recorded: %v", b.Audited(t, old.ID))
	}

	// What a conversation claims is asked of its person anew when it is sent.
	a := workbench.Portal()
	a["nodes"] = []string{"eve.example.org"}
	claimed := workflows.Replaced{Request: old.ID, Owner: workbench.Ella, Profile: "generic/tls-server", For: a["nodes"], Serial: old.Serial(), NotAfter: old.NotAfter}
	c, err := b.Intake.Start(ctx, intake.Started{By: eve, Lang: "en", Answers: a, Replaces: &claimed})
	workbench.Must(t, err)
	_, err = b.Intake.Send(ctx, intake.Sending{By: eve, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Wants(t, "sent for somebody else's certificate", err, workflows.Forbidden)

	// And when it is installed: nothing that a row says ends what its requester does not own.
	theirs := b.Issued(t, eve, a)
	theirs.Renews = old.ID
	workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{theirs}}, nil
	}))
	_, err = b.Issuance.Install(ctx, "", eve, theirs.ID)
	workbench.Must(t, err)
	if got := b.Show(t, old.ID); got.State != workflows.Installed {
		t.Errorf("another's certificate is %s", got.State)
	}
}

// TestOwnersGroup: where the policy names owners, they renew for each other, and whose
// certificate is superseded is told.
func TestOwnersGroup(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	carl := workflows.Person{Team: "T1", ID: "U0CARL"}
	b.People.Known[carl] = workflows.Profile{Person: carl}
	b.People.Groups["voice"] = []workflows.Person{carl}
	old := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err := b.Inbox.Renew(ctx, intake.Started{By: carl, Lang: "en"}, old.ID)
	workbench.Wants(t, "no owners named", err, workflows.Forbidden)
	b.Policies[0].Owners = "voice"
	r := b.Renewed(t, carl, old)
	b.Told(t)
	_, err = b.Issuance.Install(ctx, "", carl, r.ID)
	workbench.Must(t, err)
	if got := b.Show(t, old.ID); got.State != workflows.Superseded || got.EndedBy != carl {
		t.Errorf("%s, ended by %s", got.State, got.EndedBy)
	}
	if told := b.Told(t); !slices.Contains(told, "tell:superseded") {
		t.Errorf("its requester was not told: %v", told)
	}
	// What no approver was shown to be replaced stays, though its owners could replace it.
	old = b.Issued(t, workbench.Ella, workbench.Portal())
	unshown := b.Issued(t, carl, workbench.Portal())
	unshown.Renews = old.ID
	workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{unshown}}, nil
	}))
	_, err = b.Issuance.Install(ctx, "", carl, unshown.ID)
	workbench.Must(t, err)
	if got := b.Show(t, old.ID); got.State != workflows.Issued {
		t.Errorf("superseded by what said nothing of it: %s", got.State)
	}
	// Who has left the group in the meantime ends nothing any more.
	old = b.Issued(t, workbench.Ella, workbench.Portal())
	r = b.Renewed(t, carl, old)
	b.People.Groups["voice"] = nil
	_, err = b.Issuance.Install(ctx, "", carl, r.ID)
	workbench.Must(t, err)
	if got := b.Show(t, old.ID); got.State != workflows.Issued {
		t.Errorf("%s after its owner left", got.State)
	}
}

// TestRenewalIsReadFromTheRequest: what was described of the same node since, be it by
// somebody else, is another matter.
func TestRenewalIsReadFromTheRequest(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	a := workbench.Portal()
	a["key"], a["subject.O"] = []string{"ecdsa-256"}, []string{"Example Ltd"}
	old := b.Issued(t, workbench.Ella, a)
	later := workbench.Portal()
	later["service"], later["environment"], later["ca"] = []string{"tls-client"}, []string{"lab"}, []string{"public"}
	b.Submitted(t, workbench.Anselm, later)
	c, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
	workbench.Must(t, err)
	if c.Phase != workflows.Reviewing {
		t.Errorf("a renewal asks for %q", c.Field)
	}
	specs := b.Intake.PlanOf(c).Specs
	if len(specs) != 1 || specs[0].Profile != "generic/tls-server" || specs[0].CA != "private" || specs[0].Key != old.Spec.Key ||
		specs[0].Subject != old.Spec.Subject || c.Answers.First("environment") != "production" || c.Answers.First("purpose") != "Portal" {
		t.Errorf("%+v %v", specs, c.Answers)
	}
	// "The same as" is a pattern of the same kind.
	workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{By: workbench.Anselm, Place: workflows.Place{Channel: "D1"}, Direct: true, Lang: "en", Text: "same as " + string(old.ID) + " please, for shop.example.org"}))
	var like workflows.Conversation
	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) (err error) {
		like, err = rd.ConversationAt(ctx, workbench.Anselm, workflows.Place{Channel: "D1"})
		return err
	}))
	if like.Answers.First("service") != "tls-server" || like.Answers.First("ca") != "private" || like.Replaces != nil {
		t.Errorf("%v %+v", like.Answers, like.Replaces)
	}
}

// TestRenewalOfOne: of a deployment with several certificates only the one is asked for
// again, and only that is replaced.
func TestRenewalOfOne(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workflows.Answers{"product": {"expressway-e"}, "environment": {"production"},
		"version": {"X15.5"}, "nodes": {"expe1.example.org", "expe2.example.org"}, "topology": {"cluster"}, "cluster_fqdn": {"expe.example.org"}, "features": {"mra"},
		"domains": {"example.org"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"MRA"}}})
	workbench.Must(t, err)
	c, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Must(t, err)
	b.Work(t)
	if len(c.Requests) < 2 {
		t.Fatalf("%v", c.Requests)
	}
	second := b.Show(t, c.Requests[1])
	_, err = b.Decide(workbench.Anselm, second, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	second = b.Show(t, second.ID)
	r := b.Renewed(t, workbench.Ella, second)
	if !slices.Equal(r.Spec.For, second.Spec.For) || r.Replaces == nil || r.Replaces.Request != second.ID {
		t.Errorf("%v %+v", r.Spec.For, r.Replaces)
	}
}

// TestRenewalThatNoLongerFits: with another node there is nothing that it could replace.
func TestRenewalThatNoLongerFits(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	old := b.Issued(t, workbench.Ella, workbench.Portal())
	c, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
	workbench.Must(t, err)
	c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: "nodes", Values: []string{"other.example.org"}})
	workbench.Must(t, err)
	c, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Must(t, err)
	if r := b.Show(t, c.Requests[0]); r.Replaces != nil {
		t.Errorf("%+v", r.Replaces)
	}
}

// TestRenewalOfWhatIsOver: somebody else was faster; nothing is sent that says it replaces.
func TestRenewalOfWhatIsOver(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	old := b.Issued(t, workbench.Ella, workbench.Portal())
	c, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
	workbench.Must(t, err)
	workbench.Must(t, b.Revoke(workbench.Anselm, old.ID))
	b.Work(t)
	_, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Wants(t, "revoked meanwhile", err, workflows.Conflict)
	again, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
	workbench.Must(t, err)
	if again.Replaces != nil || again.Phase != workflows.Reviewing {
		t.Errorf("asked for again: %+v %s %s", again.Replaces, again.Phase, again.Field)
	}
}
