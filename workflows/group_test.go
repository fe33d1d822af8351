package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestStepGroup: a step on several requests is done on those for which it is legal, and, where
// anything else is wrong with one of them, on none.
func TestStepGroup(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	rule := func(of map[workflows.RequestID]error) workflows.Rule {
		return func(_ workflows.Reader, r workflows.Request, _ time.Time) (workflows.Request, workflows.Change, error) {
			r.Purpose = "changed"
			return r, workflows.Change{}, of[r.ID]
		}
	}
	changed := func() (n int) {
		for _, r := range b.Group(t, all[0].Group) {
			if r.Purpose == "changed" {
				n++
			}
		}
		return n
	}
	for what, no := range map[string]error{"a failure": errors.New("disk"), "a refusal": workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours"),
		"a bad reason": workflows.Refuse(workflows.Invalid, "workflows.problem.reason_long")} {
		if _, err := b.StepGroup(ctx, "", workbench.Ella, "test", all[0].Group, nil, rule(map[workflows.RequestID]error{all[1].ID: no})); err == nil || changed() != 0 {
			t.Errorf("%s of one: %v, %d changed", what, err, changed())
		}
	}
	late := workflows.Refuse(workflows.Conflict, "workflows.refuse.stale_group")
	if _, err := b.StepGroup(ctx, "", workbench.Ella, "test", all[0].Group, nil, rule(map[workflows.RequestID]error{all[0].ID: late, all[1].ID: late})); workflows.CodeOf(err) != workflows.Conflict || changed() != 0 {
		t.Errorf("legal for none: %v, %d changed", err, changed())
	}
	if _, err := b.StepGroup(ctx, "", workbench.Ella, "test", all[0].Group, nil, rule(map[workflows.RequestID]error{all[1].ID: late})); err != nil || changed() != 1 {
		t.Errorf("legal for one: %v, %d changed", err, changed())
	}
	stranger := workflows.Person{Team: "T2", ID: "U9"}
	if _, err := b.StepGroup(ctx, "", stranger, "test", all[0].Group, nil, rule(nil)); workflows.CodeOf(err) != workflows.Forbidden || changed() != 1 {
		t.Errorf("a stranger: %v, %d changed", err, changed())
	}
	for _, none := range []string{"", "B-none/1", all[0].Batch, string(all[0].ID)} {
		if _, err := b.StepGroup(ctx, "", workbench.Ella, "test", none, nil, rule(nil)); workflows.CodeOf(err) != workflows.NotFound {
			t.Errorf("group %q: %v", none, err)
		}
	}
}

// TestGroupHash: it is of who waits for a decision, and of everything that is shown of them.
func TestGroupHash(t *testing.T) {
	b := workbench.New(t)
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	before := workflows.GroupHash(all)
	for what, change := range map[string]func(*workflows.Request){
		"the purpose": func(r *workflows.Request) { r.Purpose = "other" },
		"a decision":  func(r *workflows.Request) { r.State = workflows.Rejected },
		"the CSR":     func(r *workflows.Request) { r.CSR = []byte("other") },
		"a hold":      func(r *workflows.Request) { r.State = workflows.OnHold },
	} {
		other := []workflows.Request{all[0], all[1]}
		change(&other[1])
		if workflows.GroupHash(other) == before {
			t.Errorf("%s changes nothing", what)
		}
	}
}
