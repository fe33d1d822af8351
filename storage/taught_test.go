package storage

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"countersign/workflows"
)

// TestTaughtCauses: they are found by state, lose no race, and one of an id is live.
func TestTaughtCauses(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "x.db"), AuditKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	put := func(v workflows.Taught) error {
		return d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Taught: []workflows.Taught{v}}, nil
		})
	}
	one := workflows.Taught{ID: "T-1", Team: "T", Cause: "badge", State: workflows.Proposed, Updated: time.Now()}
	if err := put(one); err != nil {
		t.Fatal(err)
	}
	one.Version, one.State = 1, workflows.Live
	if err := put(one); err != nil {
		t.Fatal(err)
	}
	if err := put(one); workflows.CodeOf(err) != workflows.Conflict {
		t.Errorf("a lost race gave %v", err)
	}
	if err := put(workflows.Taught{ID: "T-2", Team: "T", Cause: "badge", State: workflows.Live}); err == nil {
		t.Error("two live causes of one id")
	}
	err = d.View(ctx, func(rd workflows.Reader) error {
		for state, want := range map[workflows.TaughtState]int{workflows.Proposed: 0, workflows.Live: 1} {
			list, err := rd.TaughtList(ctx, "T", state, 10)
			if err != nil || len(list) != want {
				t.Errorf("%s: %v %v", state, list, err)
			}
		}
		got, err := rd.Taught(ctx, "T-1")
		if err != nil || got.Version != 2 || got.State != workflows.Live {
			t.Errorf("%+v %v", got, err)
		}
		_, err = rd.Taught(ctx, "T-9")
		return err
	})
	if workflows.CodeOf(err) != workflows.NotFound {
		t.Errorf("an absent one gave %v", err)
	}
}
