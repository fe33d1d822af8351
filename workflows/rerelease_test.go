package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/workflows"
)

// TestReleasePutBack: a row of the queue that somebody put back, or in, hands no key over a
// second time, and takes nothing from the record of the first.
func TestReleasePutBack(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	b.Courier = &lossy{}
	h := &hands{Custody: b.custody}
	b.Custodies["embedded"] = h
	r := b.issued(t, ella, portal())
	_, err := b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	first := b.show(t, r.ID).Releases[0]
	other := b.issued(t, ella, portal())
	for name, body := range map[string]workflows.Body{
		"as it was":        {Request: r.ID, Person: ella},
		"to somebody else": {Request: r.ID, Person: bolin},
		"of none":          {Request: r.ID, Person: ella, Index: -1},
		"of one not asked": {Request: r.ID, Person: ella, Index: 1},
		"of another key":   {Request: other.ID, Person: ella},
		"before any of it": {Request: other.ID, Person: ella, Index: -1},
	} {
		raw, err := json.Marshal(body)
		must(t, err)
		must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Effects: []workflows.Effect{{Lane: workflows.Work, Subject: name, Kind: workflows.KindRelease, Key: name, Body: raw}}}, nil
		}))
		b.work(t)
		if now := b.show(t, r.ID); h.n != 1 || len(now.Releases) != 1 || now.Releases[0] != first {
			t.Errorf("%s: %d hand-overs, one was asked for: %+v", name, h.n, now.Releases)
		}
		dead := slices.ContainsFunc(b.queue(t, workflows.Notify), func(n notice) bool { return n.Kind == workflows.KindDead && n.Body.Kind == workflows.KindRelease })
		if made := name == "as it was"; dead == made {
			t.Errorf("%s: the operators are told %v", name, dead)
		}
	}
}

// TestRevokedWhileUnsure: a hand-over that reached its receiver though its sending failed, and
// whose certificate is revoked before it is tried again, is on record and ended at its custody.
func TestRevokedWhileUnsure(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	courier := &lossy{says: errors.New("the connection was reset after it was sent")}
	b.Courier = courier
	h := &hands{Custody: b.custody}
	b.Custodies["embedded"] = h
	r := b.issued(t, ella, portal())
	_, err := b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	must(t, b.revoke(anselm, r.ID))
	b.passes(t, 2*time.Minute, 10*time.Second)
	r = b.show(t, r.ID)
	if r.State != workflows.Revoked || len(r.Releases) != 1 || r.Releases[0].End != workflows.EndTakenBack || !slices.Contains(h.revoked, r.Releases[0].Accessor) {
		t.Errorf("%s, %+v; ended %v", r.State, r.Releases, h.revoked)
	}
	if h.n != 1 || len(courier.sent) != 1 {
		t.Errorf("%d were made, %d sent", h.n, len(courier.sent))
	}
	if verbs := b.audited(t, r.ID); !slices.Contains(verbs, "key.handed") || !slices.Contains(verbs, "key.taken_back") {
		t.Errorf("the record has %v", verbs)
	}
}

// mute is a courier that cannot say what it has delivered.
type mute struct{ lossy }

func (*mute) Delivered(context.Context, workflows.Request, int, string) (workflows.Handover, bool, error) {
	return workflows.Handover{}, false, errors.New("connection refused")
}

// TestRevokedWhileSlackIsDown: a certificate is revoked though it is not known yet what became
// of a hand-over, and that one stays to be looked for.
func TestRevokedWhileSlackIsDown(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	courier := &mute{lossy{says: errors.New("the connection was reset after it was sent")}}
	b.Courier = courier
	h := &hands{Custody: b.custody}
	b.Custodies["embedded"] = h
	r := b.issued(t, ella, portal())
	_, err := b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	must(t, b.revoke(anselm, r.ID))
	b.passes(t, 2*time.Minute, 10*time.Second)
	if r = b.show(t, r.ID); r.State != workflows.Revoked || len(r.Releases) != 1 || h.n != 1 {
		t.Errorf("%s, %d made, %+v", r.State, h.n, r.Releases)
	}
	b.Courier = &courier.lossy
	b.passes(t, 5*time.Minute, 10*time.Second)
	if r = b.show(t, r.ID); len(r.Releases) != 1 || r.Releases[0].End != workflows.EndTakenBack || len(h.revoked) != 1 {
		t.Errorf("%+v; ended %v", r.Releases, h.revoked)
	}
}
