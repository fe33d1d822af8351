package keyrelease_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestReleasePutBack: a row of the queue that somebody put back, or in, hands no key over a
// second time, and takes nothing from the record of the first.
func TestReleasePutBack(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	b.KeyRelease.Courier = &workbench.Lossy{}
	h := &workbench.Releasing{Custody: b.Custody}
	b.Custodies["embedded"] = h
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err := b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	first := b.Show(t, r.ID).Releases[0]
	other := b.Issued(t, workbench.Ella, workbench.Portal())
	for name, body := range map[string]workflows.HandOver{
		"as it was":        {Request: r.ID, Person: workbench.Ella},
		"to somebody else": {Request: r.ID, Person: workbench.Bolin},
		"of none":          {Request: r.ID, Person: workbench.Ella, Index: -1},
		"of one not asked": {Request: r.ID, Person: workbench.Ella, Index: 1},
		"of another key":   {Request: other.ID, Person: workbench.Ella},
		"before any of it": {Request: other.ID, Person: workbench.Ella, Index: -1},
	} {
		raw, err := json.Marshal(body)
		workbench.Must(t, err)
		workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Effects: []workflows.Effect{{Lane: workflows.Work, Subject: name, Kind: workflows.KindRelease, Key: name, Body: raw}}}, nil
		}))
		b.Work(t)
		if now := b.Show(t, r.ID); h.Releases != 1 || len(now.Releases) != 1 || now.Releases[0] != first {
			t.Errorf("%s: %d hand-overs, one was asked for: %+v", name, h.Releases, now.Releases)
		}
		dead := slices.ContainsFunc(b.Queue(t, workflows.Notify), func(n workbench.Notice) bool {
			return n.Kind == workflows.KindDead && n.Body.Kind == workflows.KindRelease
		})
		if made := name == "as it was"; dead == made {
			t.Errorf("%s: the operators are told %v", name, dead)
		}
	}
}

// TestRevokedWhileUnsure: a hand-over that reached its receiver though its sending failed, and
// whose certificate is revoked before it is tried again, is on record and ended at its custody.
func TestRevokedWhileUnsure(t *testing.T) {
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
	workbench.Must(t, b.Revoke(workbench.Anselm, r.ID))
	b.Passes(t, 2*time.Minute, 10*time.Second)
	r = b.Show(t, r.ID)
	if r.State != workflows.Revoked || len(r.Releases) != 1 || r.Releases[0].End != workflows.EndTakenBack || !slices.Contains(h.Revoked, r.Releases[0].Accessor) {
		t.Errorf("%s, %+v; ended %v", r.State, r.Releases, h.Revoked)
	}
	if h.Releases != 1 || len(courier.Sent) != 1 {
		t.Errorf("%d were made, %d sent", h.Releases, len(courier.Sent))
	}
	if verbs := b.Audited(t, r.ID); !slices.Contains(verbs, "key.handed") || !slices.Contains(verbs, "key.taken_back") {
		t.Errorf("the record has %v", verbs)
	}
}
