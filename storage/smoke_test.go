package storage

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"countersign/workflows"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "a?b#c%d", "x.db"), AuditKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	p := workflows.Person{Team: "T", ID: "U"}
	err = d.Update(ctx, "r1", func(r workflows.Reader) (workflows.Change, error) {
		n, err := r.NextRequest(ctx)
		if err != nil {
			return workflows.Change{}, err
		}
		q := workflows.Request{ID: workflows.NewRequestID(n), State: workflows.Submitted, Requester: p, Updated: time.Now(), Expires: time.Now()}
		return workflows.Change{Requests: []workflows.Request{q},
			Decisions: []workflows.Decision{{Request: q.ID, By: p, Verdict: "hold", Hash: "h", At: time.Now()}},
			Audit:     []workflows.Audit{{Actor: p, Verb: "v", Subject: "s"}}, Effects: []workflows.Effect{{Key: "k", Lane: "work", Subject: "s"}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.View(ctx, func(r workflows.Reader) error {
		for _, q := range []workflows.RequestQuery{{}, {Team: "T"}, {Requester: p}, {States: []workflows.State{"submitted", "issued"}}, {Requester: p, States: []workflows.State{"submitted"}},
			{DueBefore: time.Now().Add(time.Hour)}, {Text: "EQ-1"}, {Before: time.Now().Add(time.Hour), BeforeID: "REQ-1"}} {
			rs, err := r.Requests(ctx, q)
			if err != nil || len(rs) != 1 || len(rs[0].Decisions) != 1 {
				t.Errorf("%+v %v %v", q, rs, err)
			}
		}
		_, err := r.Request(ctx, "REQ-2")
		return err
	})
	if workflows.CodeOf(err) != workflows.NotFound {
		t.Fatal(err)
	}
	e, ok, err := d.Claim(ctx, "work", time.Minute)
	if !ok || err != nil {
		t.Fatal(e, ok, err)
	}
	if err := d.Update(ctx, "r1", nil); err != workflows.ErrSeen {
		t.Fatal(err)
	}
	if err := d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := d.Claim(ctx, "work", time.Minute); ok {
		t.Fatal("again")
	}
}
