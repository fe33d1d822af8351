package issuance_test

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

func states(all []workflows.Request) []workflows.State {
	var list []workflows.State
	for _, r := range all {
		list = append(list, r.State)
	}
	return list
}

// TestRequestsOfAPlanShareACard: those under one policy, and what is alone under its own does not.
func TestRequestsOfAPlanShareACard(t *testing.T) {
	b := workbench.New(t)
	if r := b.Submitted(t, workbench.Ella, workbench.Portal()); r.Group != "" || r.CardSubject() != string(r.ID) {
		t.Errorf("one request is of the group %q", r.Group)
	}
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	if len(all) != 2 || all[0].Group == "" || all[0].CardSubject() != all[1].CardSubject() {
		t.Fatalf("%d requests, groups %q", len(all), all[0].Group)
	}
	b.Policies = append([]workflows.Policy{{Name: "first", Names: []string{"expe1.example.com"}, Approvers: "pki", Channel: "C2", Custody: "embedded", Issuer: "embedded"}}, b.Policies...)
	a := workbench.Cluster()
	a["nodes"] = []string{"expe1.example.com", "expe2.example.com", "expe3.example.com"}
	r := b.Submitted(t, workbench.Ella, a)
	batch, err := workflows.Read(context.Background(), b.DB, func(rd workflows.Reader) ([]workflows.Request, error) {
		return rd.Requests(context.Background(), workflows.RequestQuery{Batch: r.Batch})
	})
	workbench.Must(t, err)
	of := map[string]string{}
	for _, r := range batch {
		if was, seen := of[r.Policy]; seen && was != r.Group {
			t.Errorf("under %s: %q and %q", r.Policy, was, r.Group)
		}
		of[r.Policy] = r.Group
	}
	if len(batch) != 3 {
		t.Fatalf("%d requests", len(batch))
	}
	for policy, group := range of {
		n := 0
		for _, r := range batch {
			if r.Policy == policy {
				n++
			}
		}
		if (group != "") != (n > 1) {
			t.Errorf("%d requests under %s: group %q", n, policy, group)
		}
	}
}

// TestDecideGroup: one click decides on all, bound to the hash of each, and to exactly those that
// the card showed.
func TestDecideGroup(t *testing.T) {
	b := workbench.New(t)
	b.Policies[0].Need = 2
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	other := slices.Clone(all)
	other[1].Purpose = "something else"
	_, err := b.DecideGroup(workbench.Anselm, other, workflows.Approve)
	workbench.Wants(t, "another card", err, workflows.Stale)
	_, err = b.DecideGroup(workbench.Anselm, all[:1], workflows.Approve)
	workbench.Wants(t, "a card with one of them", err, workflows.Stale)
	_, err = b.DecideGroup(workbench.Ella, all, workflows.Approve)
	workbench.Wants(t, "her own", err, workflows.Forbidden)
	after, err := b.DecideGroup(workbench.Anselm, all, workflows.Approve)
	workbench.Must(t, err)
	if !slices.Equal(states(after), []workflows.State{workflows.Submitted, workflows.Submitted}) {
		t.Errorf("one of two approvals made them %v", states(after))
	}
	_, err = b.DecideGroup(workbench.Anselm, all, workflows.Approve)
	workbench.Wants(t, "the same person twice", err, workflows.Conflict)
	_, err = b.DecideGroup(workbench.Bolin, all, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	for _, r := range b.Group(t, all[0].Group) {
		if r.State != workflows.Issued || len(r.Decisions) != 2 || r.Decisions[0].Hash != r.Hash() || r.Decisions[1].By != workbench.Bolin {
			t.Errorf("%s is %s: %+v", r.ID, r.State, r.Decisions)
		}
	}
	_, err = b.DecideGroup(workbench.Bolin, b.Group(t, all[0].Group), workflows.Approve)
	workbench.Wants(t, "what is over", err, workflows.Conflict)
}

// TestApproveExcept: what is left out is rejected, with the reason, in the same step.
func TestApproveExcept(t *testing.T) {
	b := workbench.New(t)
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	_, err := b.Groups.DecideGroup(context.Background(), issuance.DecidedGroup{By: workbench.Anselm, Group: all[0].Group, Verdict: workflows.Approve, Hash: workflows.GroupHash(all),
		Except: []workflows.RequestID{all[1].ID}})
	workbench.Wants(t, "no reason", err, workflows.Invalid)
	if got := states(b.Group(t, all[0].Group)); !slices.Equal(got, []workflows.State{workflows.Submitted, workflows.Submitted}) {
		t.Fatalf("half decided: %v", got)
	}
	after, err := b.DecideGroup(workbench.Anselm, all, workflows.Approve, all[1].ID)
	workbench.Must(t, err)
	if !slices.Equal(states(after), []workflows.State{workflows.Approved, workflows.Rejected}) || after[1].EndReason != "as agreed" || after[0].Decisions[0].Reason != "" {
		t.Errorf("%v, %+v, %+v", states(after), after[0].Decisions, after[1].Decisions)
	}
}

// TestGroupOnHold: what is on hold is not approved with the others, and is taken off by itself.
func TestGroupOnHold(t *testing.T) {
	b := workbench.New(t)
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	_, err := b.Decide(workbench.Anselm, all[0], workflows.Hold)
	workbench.Must(t, err)
	all = b.Group(t, all[0].Group)
	after, err := b.DecideGroup(workbench.Bolin, all, workflows.Approve)
	workbench.Must(t, err)
	if !slices.Equal(states(after), []workflows.State{workflows.OnHold, workflows.Approved}) {
		t.Errorf("%v", states(after))
	}
	after, err = b.DecideGroup(workbench.Bolin, after, workflows.Resume)
	workbench.Must(t, err)
	if after[0].State != workflows.Submitted {
		t.Errorf("%v", states(after))
	}
}

// TestRequesterOfAGroup: one click installs or cancels what can be; the rest stays as it is.
func TestRequesterOfAGroup(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	_, err := b.Groups.InstallGroup(ctx, "", workbench.Ella, all[0].Group)
	workbench.Wants(t, "nothing to install", err, workflows.Conflict)
	_, err = b.Decide(workbench.Anselm, all[0], workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	after, err := b.Groups.InstallGroup(ctx, "", workbench.Ella, all[0].Group)
	workbench.Must(t, err)
	if !slices.Equal(states(after), []workflows.State{workflows.Installed, workflows.Submitted}) {
		t.Errorf("%v", states(after))
	}
	after, err = b.Groups.CancelGroup(ctx, "", workbench.Ella, all[0].Group)
	workbench.Must(t, err)
	if !slices.Equal(states(after), []workflows.State{workflows.Installed, workflows.Cancelled}) {
		t.Errorf("%v", states(after))
	}
}

// TestLateCSRIsAnnounced: a box's CSR that comes after its approvers have decided on all that
// their card showed is said to them; what comes before is on the card.
func TestLateCSRIsAnnounced(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	a := workbench.Cluster()
	a["csr"], a["nodes"] = []string{"device"}, []string{"expe1.example.com", "expe2.example.com", "expe3.example.com"}
	all := b.SubmittedGroup(t, workbench.Ella, a)
	give := func(r workflows.Request) {
		key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
		workbench.Must(t, err)
		der, err := certs.CSR(r.Spec, key)
		workbench.Must(t, err)
		_, err = b.Issuance.GiveCSR(ctx, "", workbench.Ella, r.ID, der)
		workbench.Must(t, err)
	}
	announced := func() (ids []workflows.RequestID) {
		for {
			e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute)
			workbench.Must(t, err)
			if !ok {
				return ids
			}
			if e.Kind == workflows.KindRemind {
				ids = append(ids, e.About().Request)
			}
			workbench.Must(t, workflows.Commit(ctx, b.DB, workflows.Change{Done: []int64{e.ID}}))
		}
	}
	give(all[0])
	give(all[1])
	if got := announced(); got != nil {
		t.Errorf("announced %v, which the card shows", got)
	}
	_, err := b.DecideGroup(workbench.Anselm, b.Group(t, all[0].Group), workflows.Approve)
	workbench.Must(t, err)
	give(all[2])
	if got := announced(); !slices.Equal(got, []workflows.RequestID{all[2].ID}) {
		t.Errorf("announced %v", got)
	}
}

// TestSteps: a tick is of all certificates that have the step, and of her alone who installs.
func TestSteps(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	mark := ""
	for _, step := range all[0].Steps {
		for _, other := range all[1].Steps {
			if m := issuance.StepMark(step); step.Phase == certs.Check && m == issuance.StepMark(other) {
				mark = m
			}
		}
	}
	if mark == "" {
		t.Fatal("the nodes have no step in common")
	}
	_, err := b.Groups.TickSteps(ctx, "", workbench.Ella, all[0].Group, mark, true)
	workbench.Wants(t, "before there is a certificate", err, workflows.Conflict)
	_, err = b.DecideGroup(workbench.Anselm, all, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	_, err = b.Groups.TickSteps(ctx, "", workbench.Anselm, all[0].Group, mark, true)
	workbench.Wants(t, "somebody else", err, workflows.Forbidden)
	_, err = b.Groups.TickSteps(ctx, "", workbench.Ella, all[0].Group, "none", true)
	workbench.Wants(t, "no such step", err, workflows.Conflict)
	after, err := b.Groups.TickSteps(ctx, "", workbench.Ella, all[0].Group, mark, true)
	workbench.Must(t, err)
	if !slices.Contains(after[0].Ticked, mark) || !slices.Contains(after[1].Ticked, mark) {
		t.Errorf("%v, %v", after[0].Ticked, after[1].Ticked)
	}
	one, err := b.Groups.TickStep(ctx, "", workbench.Ella, all[0].ID, mark, false)
	workbench.Must(t, err)
	if len(one.Ticked) != 0 {
		t.Errorf("%v", one.Ticked)
	}
}
