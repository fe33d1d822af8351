package storage

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"countersign/workflows"
)

func TestBackup(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	d := openAt(t, filepath.Join(dir, "x.db"))
	for i := range 20 {
		if err := interaction(ctx, d, string(rune('a'+i))); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(dir, "backup.db")
	if err := d.Backup(ctx, to); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(ctx, to); workflows.CodeOf(err) != workflows.Unable {
		t.Errorf("overwriting: %v, want a refusal", err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.partial")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	report, err := CheckBackup(ctx, to, testKey())
	if err != nil || report.Requests != 20 || report.Pending != 40 || report.Audit.Rows != 20 || report.Audit.Bad != nil {
		t.Fatalf("report %+v, %v", report, err)
	}

	again := filepath.Join(dir, "sub", "y.db")
	if _, err := Restore(ctx, to, filepath.Join(dir, "x.db"), testKey()); workflows.CodeOf(err) != workflows.Unable {
		t.Errorf("restore over a database in use: %v, want a refusal", err)
	}
	if _, err := Restore(ctx, to, again, testKey()); err != nil {
		t.Fatal(err)
	}
	e := openAt(t, again)
	if err := interaction(ctx, e, "new"); err != nil {
		t.Fatal(err)
	}
	if err := interaction(ctx, e, "a"); err != workflows.ErrSeen {
		t.Errorf("receipt of before the backup: %v, want ErrSeen", err)
	}
}

// A damaged backup, and the log of another database beside the target, would both
// give a database that looks restored.
func TestRestoreRefuses(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	d := openAt(t, filepath.Join(dir, "x.db"))
	for i := range 200 {
		if err := interaction(ctx, d, string(rune('a'+i))); err != nil {
			t.Fatal(err)
		}
	}
	good, damaged, to := filepath.Join(dir, "good.db"), filepath.Join(dir, "damaged.db"), filepath.Join(dir, "y.db")
	if err := d.Backup(ctx, good); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(raw) / 2; i < len(raw)/2+8192; i++ {
		raw[i] ^= 0x55
	}
	if err := os.WriteFile(damaged, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "text.db"), []byte("not a database, but long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"damaged.db": "storage.corrupt", "text.db": "storage.not-a-database", "none.db": "storage.absent"} {
		if _, err := Restore(ctx, filepath.Join(dir, name), to, testKey()); keyOf(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if err := os.WriteFile(to+"-wal", []byte("old log"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, good, to, testKey()); keyOf(err) != "storage.exists" {
		t.Errorf("with a log beside: %v, want storage.exists", err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("something was restored")
	}
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
