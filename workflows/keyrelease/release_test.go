package keyrelease_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/vault"
	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// TestHandoverFails: a custody that refuses a hand-over for good leaves nothing half done:
// who asked is told, can ask again without a second person, and the operators know.
func TestHandoverFails(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	b.KeyRelease.Courier = &workbench.Handed{}
	h := &workbench.Releasing{Custody: b.Custody, Says: vault.Refuse(nil, "vault.role.key")}
	b.Custodies["embedded"] = h
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	b.Said(t)
	_, err := b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	r = b.Show(t, r.ID)
	if first, _ := keyrelease.CanGet(r); !first || len(r.Releases) > 0 || !r.Trouble.IsZero() {
		t.Errorf("can get it %v, %+v", first, r.Releases)
	}
	got := b.Queue(t, workflows.Notify)
	if n := slices.IndexFunc(got, func(n workbench.Notice) bool { return n.Kind == workflows.KindNotify && n.Event == "key_failed" }); n < 0 || got[n].Text.Key != "vault.role.key" {
		t.Errorf("who asked is not told: %+v", got)
	}
	if !slices.ContainsFunc(got, func(n workbench.Notice) bool {
		return n.Kind == workflows.KindDead && n.Body.Kind == workflows.KindRelease && n.Reason == "vault.role.key"
	}) {
		t.Errorf("the operators are not told: %+v", got)
	}
	if verbs := b.Audited(t, r.ID); !slices.Contains(verbs, "key.taken_back") || !slices.Contains(verbs, "effect.dead") || slices.Contains(verbs, "key.handed") {
		t.Errorf("the record has %v", verbs)
	}
	h.Says = nil
	_, err = b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	if r = b.Show(t, r.ID); h.Releases != 1 || len(r.Releases) != 1 || r.Releases[0].Accessor == "" {
		t.Errorf("asked again: %d, %+v", h.Releases, r.Releases)
	}
}

// TestHandoverOnce: a message that arrived though its sending failed is found again, and no
// second hand-over is made beside it.
func TestHandoverOnce(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	courier := &workbench.Lossy{Says: errors.New("the connection was reset after it was sent")}
	b.KeyRelease.Courier = courier
	h := &workbench.Releasing{Custody: b.Custody}
	b.Custodies["embedded"] = h
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err := b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	if now := b.Show(t, r.ID); now.Trouble.Text.Key != "workflows.trouble.not_delivered" {
		t.Errorf("%+v", now.Trouble)
	}
	b.Passes(t, 2*time.Minute, 10*time.Second)
	r = b.Show(t, r.ID)
	if h.Releases != 1 || len(r.Releases) != 1 || r.Releases[0].Accessor == "" || !r.Trouble.IsZero() {
		t.Errorf("%d hand-overs were made: %+v", h.Releases, r.Releases)
	}
}

// TestNoKeyToGet: what has no key here, or one that counts as stolen, is handed to nobody.
func TestNoKeyToGet(t *testing.T) {
	ctx := context.Background()
	b, _, r := workbench.KeyBench(t)
	if first, again := keyrelease.CanGet(r); first || !again {
		t.Errorf("after the first: %v, %v", first, again)
	}
	_, err := b.KeyRelease.ReportKey(ctx, keyrelease.Reported{By: workbench.Ella, Request: r.ID, Kind: "something else"})
	workbench.RefusedWith(t, err, workflows.Invalid, "workflows.refuse.no_handover")
	_, err = b.KeyRelease.ReportKey(ctx, keyrelease.Reported{By: workbench.Ella, Request: r.ID, Index: 3, Kind: workflows.ReportNotMe})
	workbench.RefusedWith(t, err, workflows.NotFound, "workflows.refuse.no_handover")
	b.Told(t)
	_, err = b.KeyRelease.ReportKey(ctx, keyrelease.Reported{By: workbench.Ella, Request: r.ID, Kind: workflows.ReportNotMe})
	workbench.Must(t, err)
	if got := b.Told(t); !slices.Contains(got, "alarm:not_me:approvers") || !slices.Contains(got, "alarm:not_me:operators") {
		t.Errorf("told %v", got)
	}
	_, err = b.KeyRelease.ReportKey(ctx, keyrelease.Reported{By: workbench.Ella, Request: r.ID, Kind: workflows.ReportNotMe})
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.alarm_raised")
	if first, again := keyrelease.CanGet(b.Show(t, r.ID)); first || again {
		t.Error("a stolen key can be got")
	}
	_, err = b.Issuance.Install(ctx, "", workbench.Ella, r.ID)
	workbench.RefusedWith(t, err, workflows.Illegal, "workflows.refuse.key_stolen")
	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "once more")
	workbench.RefusedWith(t, err, workflows.Illegal, "workflows.refuse.key_stolen")

	other := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, other.ID, "never had it")
	workbench.RefusedWith(t, err, workflows.Illegal, "workflows.refuse.key_not_asked")
	_, err = b.KeyRelease.Release(ctx, "", workbench.Ella, other.ID)
	workbench.Must(t, err)
	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, other.ID, "at once")
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.key_on_its_way")
	for _, tt := range []struct {
		like func(*workflows.Request)
		key  string
	}{
		{func(r *workflows.Request) { r.Spec.KeyFile = false }, "workflows.refuse.key_stays"},
		{func(r *workflows.Request) { r.Custody = workflows.CustodyDevice }, "workflows.refuse.key_on_device"},
	} {
		r := b.Issued(t, workbench.Ella, workbench.Portal())
		workbench.Must(t, b.DB.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
			r, err := rd.Request(ctx, r.ID)
			tt.like(&r)
			return workflows.Change{Requests: []workflows.Request{r}}, err
		}))
		_, err = b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
		workbench.RefusedWith(t, err, workflows.Illegal, tt.key)
		if now := b.Show(t, r.ID); len(now.Releases) > 0 {
			t.Errorf("%s: %+v", tt.key, now.Releases)
		}
	}
}
