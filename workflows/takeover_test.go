package workflows_test

import (
	"context"
	"fmt"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestTakeOver: where the app was moved to another workspace of the organisation, requests
// are still their people's: they see them, nobody approves their own, and what was decided
// there is decided again here.
func TestTakeOver(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	workbench.Must(t, b.TakeOver(ctx)) // of a store that was new
	var before workflows.Change
	for n := range 450 {
		before.Taught = append(before.Taught, workflows.Taught{ID: fmt.Sprint("L-", n), Team: "T1", State: workflows.Live, Cause: fmt.Sprint("cause-", n), By: workbench.Ella})
		before.Deployments = append(before.Deployments, workflows.Remembered{Team: "T1", Name: fmt.Sprint("deployment ", n), By: workbench.Ella, Updated: b.Now()})
	}
	workbench.Must(t, workflows.Commit(ctx, b.DB, before))
	open := b.Submitted(t, workbench.Anselm, workbench.Portal())
	a := workbench.Portal()
	a["nodes"] = []string{"other.example.org"}
	issued := b.Issued(t, workbench.Ella, a)

	here := func(p workflows.Person) workflows.Person { return workflows.Person{Team: "T2", ID: p.ID} }
	for _, p := range []workflows.Person{workbench.Ella, workbench.Anselm, workbench.Bolin} {
		b.People.Known[here(p)] = workflows.Profile{Person: here(p)}
	}
	b.People.Groups["pki"] = []workflows.Person{here(workbench.Anselm), here(workbench.Bolin)}
	b.Team = "T2"
	workbench.Must(t, b.TakeOver(ctx))
	workbench.Must(t, b.TakeOver(ctx)) // again changes nothing

	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) error {
		taught, err := rd.TaughtList(ctx, "T2", workflows.Live, 1000)
		for n := 0; err == nil && n < 450; n++ {
			_, err = rd.Remembered(ctx, "T2", fmt.Sprint("deployment ", n))
		}
		if len(taught) != 450 || taught[0].By != here(workbench.Ella) {
			t.Errorf("%d taught causes of 450", len(taught))
		}
		return err
	}))

	show := func(id workflows.RequestID) workflows.Request {
		r, err := b.Lists.Show(ctx, here(workbench.Bolin), id)
		workbench.Must(t, err)
		return r
	}
	now := show(open.ID)
	if now.Requester != here(workbench.Anselm) || now.Version != open.Version+1 {
		t.Errorf("%+v, version %d after %d", now.Requester, now.Version, open.Version)
	}
	_, err := b.Issuance.Decide(ctx, issuance.Decided{By: here(workbench.Anselm), Request: now.ID, Verdict: workflows.Approve, Hash: now.Hash()})
	workbench.Wants(t, "his own", err, workflows.Forbidden)
	_, err = b.Issuance.Decide(ctx, issuance.Decided{By: here(workbench.Bolin), Request: now.ID, Verdict: workflows.Approve, Hash: open.Hash()})
	workbench.Wants(t, "as it was shown there", err, workflows.Stale)
	_, err = b.Issuance.Decide(ctx, issuance.Decided{By: here(workbench.Bolin), Request: now.ID, Verdict: workflows.Approve, Hash: now.Hash()})
	workbench.Must(t, err)
	b.Work(t)
	if got := show(now.ID); got.State != workflows.Issued {
		t.Errorf("%s: %+v", got.State, got.Trouble)
	}
	_, err = b.Issuance.Install(ctx, "", here(workbench.Ella), issued.ID)
	workbench.Must(t, err)
	mine, err := b.Lists.List(ctx, here(workbench.Ella), issuance.ListQuery{})
	workbench.Must(t, err)
	if len(mine.Requests) != 1 || mine.Requests[0].ID != issued.ID {
		t.Errorf("hers: %+v", mine)
	}
}
