package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"countersign/workflows"
)

func noteOf(t *testing.T, d *DB) Note {
	t.Helper()
	n, err := d.Note(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func follows(t *testing.T, d *DB, n Note) bool {
	t.Helper()
	ok, why, err := d.Follows(context.Background(), n)
	if err != nil || ok != (why.Key == "") {
		t.Fatalf("%v, %+v, %v", ok, why, err)
	}
	return ok
}

// next gives the number that the next request would get, and uses it up.
func next(t *testing.T, d *DB) (number int64) {
	t.Helper()
	err := d.Update(context.Background(), "", func(rd workflows.Reader) (c workflows.Change, err error) {
		number, err = rd.NextRequest(context.Background())
		return workflows.Change{Settings: map[string]string{"used": fmt.Sprint(number)}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// An older copy, however it came about, and another database are told from the one that
// was noted; nothing that either of them may have given is given again.
func TestOlderCopy(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path, copied, restored := filepath.Join(dir, "x.db"), filepath.Join(dir, "copy.db"), filepath.Join(dir, "restored.db")
	d := openAt(t, path)
	if n := noteOf(t, d); n.Store == "" || n.Head.ID != 0 || n.Numbers != numbersAhead || !follows(t, d, n) {
		t.Errorf("of an empty database: %+v", n)
	}
	if err := interaction(ctx, d, "a"); err != nil {
		t.Fatal(err)
	}
	<-d.Changed()
	if err := d.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	before := noteOf(t, d)
	for i := range 3 {
		if err := interaction(ctx, d, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	n := noteOf(t, d)
	if n.Head.ID != 4 || n.Numbers != 4+numbersAhead || !follows(t, d, n) || !follows(t, d, before) {
		t.Errorf("noted %+v", n)
	}
	if raw, err := json.Marshal(n); err != nil || len(raw) > 512 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}

	if _, err := Restore(ctx, copied, restored, testKey()); err != nil {
		t.Fatal(err)
	}
	for name, old := range map[string]*DB{"copied": openAt(t, copied), "restored": openAt(t, restored), "another": openAt(t, filepath.Join(dir, "new.db"))} {
		if follows(t, old, n) {
			t.Errorf("%s: taken for the one that was noted", name)
		}
		if name == "restored" && follows(t, old, before) {
			t.Error("a restored copy is taken for its original, with the same record")
		}
		was := noteOf(t, old).Store
		if err := old.NewEpoch(ctx, n, workflows.Change{Effects: []workflows.Effect{{Key: "told", Lane: workflows.Notify}}}); err != nil {
			t.Fatal(err)
		}
		now := noteOf(t, old)
		if now.Store == was || now.Store == n.Store || follows(t, old, n) || !follows(t, old, now) {
			t.Errorf("%s: of epoch %s, before %s, noted %s", name, now.Store, was, n.Store)
		}
		if got := next(t, old); got != n.Numbers+1 {
			t.Errorf("%s: numbers go on with %d, want %d", name, got, n.Numbers+1)
		}
		if _, ok, err := old.Claim(ctx, workflows.Notify, 1); !ok || err != nil {
			t.Errorf("%s: nobody is told", name)
		}
	}
	other := n
	other.Head.MAC = before.Head.MAC
	if follows(t, d, other) {
		t.Error("a record that parted from the noted one is taken for it")
	}
}

// Of a log that was deleted after a crash the note tells.
func TestLogDeleted(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	if err := interaction(ctx, d, "a"); err != nil {
		t.Fatal(err)
	}
	if err := d.checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if err := interaction(ctx, d, "b"); err != nil {
		t.Fatal(err)
	}
	n := noteOf(t, d)
	lost := filepath.Join(t.TempDir(), "lost.db") // the database as it is without its log
	copyTo(t, path, lost)
	e := openAt(t, lost)
	if follows(t, e, n) {
		t.Error("nothing was noticed")
	}
	if report, err := e.VerifyAudit(ctx, n.Head); err != nil || report.Bad == nil || report.Bad.Text.Key != "storage.audit-rolled-back" || report.Bad.ID != 2 {
		t.Errorf("verify with the head: %+v, %v", report, err)
	}
	if report, err := e.VerifyAudit(ctx); err != nil || report.Bad != nil {
		t.Errorf("verify without: %+v, %v", report, err)
	}
}

// No number above what was noted is given, and none before anything was.
func TestBound(t *testing.T) {
	ctx := context.Background()
	d := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	d.Bound(0)
	if err := interaction(ctx, d, "a"); keyOf(err) != "storage.no-number" || workflows.CodeOf(err) != workflows.Unable {
		t.Errorf("before the note was read: %v", err)
	}
	d.Bound(2)
	for i := range 2 {
		if err := interaction(ctx, d, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := interaction(ctx, d, "a"); keyOf(err) != "storage.no-number" {
		t.Errorf("above the bound: %v", err)
	}
	d.Bound(noteOf(t, d).Numbers)
	if err := interaction(ctx, d, "a"); err != nil {
		t.Errorf("with the next note: %v", err)
	}
	if n := noteOf(t, d); n.Numbers != 3+numbersAhead {
		t.Errorf("noted %d", n.Numbers)
	}
}
