package keyrelease_test

import (
	"context"
	"errors"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// issuedGroup has the certificates of a cluster issued.
func issuedGroup(t *testing.T, b *workbench.Bench) []workflows.Request {
	t.Helper()
	all := b.SubmittedGroup(t, workbench.Ella, workbench.Cluster())
	_, err := b.DecideGroup(workbench.Anselm, all, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	return b.Group(t, all[0].Group)
}

// TestReleaseGroup: one click hands all keys of a group over, in one message, each once.
func TestReleaseGroup(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	courier := &workbench.Handed{}
	b.KeyRelease.Courier = courier
	all := issuedGroup(t, b)
	_, err := b.KeyRelease.ReleaseGroup(ctx, "", workbench.Ella, all[0].Group)
	workbench.Must(t, err)
	b.Work(t)
	if courier.N != 1 || len(courier.Lot) != 2 || courier.Lot[0].Handover.Accessor == courier.Lot[1].Handover.Accessor {
		t.Fatalf("%d messages, the last with %d keys", courier.N, len(courier.Lot))
	}
	for i, r := range b.Group(t, all[0].Group) {
		if len(r.Releases) != 1 || r.Releases[0].Accessor != courier.Lot[i].Handover.Accessor || r.Releases[0].Accessor == "" {
			t.Errorf("%s: %+v", r.ID, r.Releases)
		}
	}
	_, err = b.KeyRelease.ReleaseGroup(ctx, "", workbench.Ella, all[0].Group)
	workbench.Wants(t, "a second time", err, workflows.Conflict)
	_, err = b.KeyRelease.Release(ctx, "", workbench.Ella, all[1].ID)
	workbench.Wants(t, "one of them a second time", err, workflows.Conflict)
}

// TestReleaseGroupDelivered: what was delivered before a crash is found, and not made again.
func TestReleaseGroupDelivered(t *testing.T) {
	b := workbench.New(t)
	courier := &workbench.Lossy{Says: errors.New("connection reset")}
	b.KeyRelease.Courier = courier
	all := issuedGroup(t, b)
	_, err := b.KeyRelease.ReleaseGroup(context.Background(), "", workbench.Ella, all[0].Group)
	workbench.Must(t, err)
	b.Work(t)
	b.Passes(t, 10*1e9, 1e9)
	if courier.N != 0 || len(courier.Sent) != 1 {
		t.Fatalf("%d more messages after the first", courier.N)
	}
	for _, lot := range courier.Sent {
		for i, r := range b.Group(t, all[0].Group) {
			if r.Releases[0].Accessor != lot[i].Handover.Accessor {
				t.Errorf("%s: %+v", r.ID, r.Releases)
			}
		}
	}
}

// TestReleaseGroupTakenBack: where one of the keys may not be handed over any more none is, and
// the others can be asked for again.
func TestReleaseGroupTakenBack(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	courier := &workbench.Handed{}
	b.KeyRelease.Courier = courier
	all := issuedGroup(t, b)
	_, err := b.KeyRelease.ReleaseGroup(ctx, "", workbench.Ella, all[0].Group)
	workbench.Must(t, err)
	workbench.Must(t, b.Revoke(workbench.Anselm, all[1].ID))
	b.Work(t)
	if courier.N != 0 {
		t.Errorf("%d handed over", len(courier.Lot))
	}
	for _, r := range b.Group(t, all[0].Group) {
		if len(r.Releases) != 0 {
			t.Errorf("%s: %+v", r.ID, r.Releases)
		}
	}
	after, err := b.KeyRelease.ReleaseGroup(ctx, "", workbench.Ella, all[0].Group)
	workbench.Must(t, err)
	if len(after[0].Releases) != 1 || len(after[1].Releases) != 0 {
		t.Errorf("%+v, %+v", after[0].Releases, after[1].Releases)
	}
	b.Work(t)
	if courier.N != 1 || len(courier.Lot) != 1 {
		t.Errorf("%d messages, the last with %d keys", courier.N, len(courier.Lot))
	}
}
