package workflows_test

import (
	"context"
	"errors"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestWhoMayDecide: invariants 1 and 6 of the design, and each refusal is recorded.
func TestWhoMayDecide(t *testing.T) {
	b := workbench.New(t)
	stranger := workflows.Person{Team: "T1", ID: "U0STRANGER"}
	outsider := workflows.Person{Team: "T2", ID: "U0ANSELM"} // an approver's ID in another workspace
	robot := workflows.Person{Team: "T1", ID: "U0ROBOT"}
	guest := workflows.Person{Team: "T1", ID: "U0GUEST"}
	gone := workflows.Person{Team: "T1", ID: "U0GONE"}
	b.People.Known[robot] = workflows.Profile{Person: robot, Bot: true}
	b.People.Known[guest] = workflows.Profile{Person: guest, Guest: true}
	b.People.Known[gone] = workflows.Profile{Person: gone, Deleted: true}
	b.People.Known[outsider] = workflows.Profile{Person: outsider}
	b.People.Groups["pki"] = append(b.People.Groups["pki"], stranger, outsider, robot, guest, gone)
	r := b.Submitted(t, workbench.Anselm, workbench.Portal()) // the requester is an approver himself
	for name, who := range map[string]workflows.Person{"requester": workbench.Anselm, "not in the group": workbench.Ella, "unknown": stranger, "other workspace": outsider, "bot": robot, "guest": guest, "deactivated": gone} {
		_, err := b.Decide(who, r, workflows.Approve)
		workbench.Wants(t, name, err, workflows.Forbidden)
	}
	var refusals int
	workbench.Must(t, b.DB.View(context.Background(), func(rd workflows.Reader) error {
		rows, err := rd.Audit(context.Background(), string(r.ID), 0, 100)
		for _, row := range rows {
			if row.Verb == "refuse:approve" {
				refusals++
			}
		}
		return err
	}))
	if refusals != 7 {
		t.Errorf("%d refusals in the audit record, want 7", refusals)
	}
	b.People.Groups["pki"] = []workflows.Person{}
	_, err := b.Decide(workbench.Bolin, r, workflows.Approve)
	workbench.Wants(t, "empty group", err, workflows.Forbidden)
	delete(b.People.Groups, "pki")
	_, err = b.Decide(workbench.Bolin, r, workflows.Approve)
	workbench.Wants(t, "unread group", err, workflows.Forbidden)
	var no *workflows.Error
	if !errors.As(err, &no) || no.Text.Key != "workflows.refuse.approvers_unread" {
		t.Errorf("an approver is told %v while nobody knows who approves", err)
	}
	b.People.Groups["pki"] = []workflows.Person{workbench.Bolin}
	after, err := b.Decide(workbench.Bolin, r, workflows.Approve)
	workbench.Must(t, err)
	if after.State != workflows.Approved {
		t.Errorf("state %s after the approval", after.State)
	}
}
