package storage

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"countersign/workflows"
)

// What is acknowledged is on the disk: every write that somebody waits for syncs, also
// after one that nobody waits for; and no row refers to nothing.
func TestPragmas(t *testing.T) {
	ctx := context.Background()
	d := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	pragma := func(q querier, name string) (value string) {
		t.Helper()
		if err := q.QueryRowContext(ctx, `PRAGMA `+name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	raw := sql.OpenDB(connector{dsn: dsn(d.path, writing)}) // as each connection begins
	defer func() { _ = raw.Close() }()
	if got := pragma(raw, "synchronous"); got != "2" {
		t.Errorf("a connection begins with synchronous %s", got)
	}
	update := func() {
		t.Helper()
		if err := d.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
			q := rd.(reader).q
			for name, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
				if got := pragma(q, name); got != want {
					t.Errorf("in an update, %s is %s, want %s", name, got, want)
				}
			}
			return workflows.Change{Settings: map[string]string{"k": "v"}}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	update()
	if err := d.write(ctx, passing, func(ctx context.Context, w *writer) error {
		if got := pragma(w.tx, "synchronous"); got != "1" {
			t.Errorf("in a write that nobody waits for it is %s", got)
		}
		return w.setting(ctx, "k", "w")
	}); err != nil {
		t.Fatal(err)
	}
	update()
	if got := pragma(d.reader, "query_only"); got != "1" {
		t.Errorf("readers may write: %s", got)
	}
}

// Of two final verdicts of one person on one hash the database takes one, whoever writes.
func TestOneFinalVerdict(t *testing.T) {
	path, _ := decided(t)
	forge(t, path, "")
	d := openAt(t, path)
	_, err := d.writer.Exec(`INSERT INTO decisions (request, team, person, verdict, hash, reason, at_ms)
		SELECT request, team, person, 'approve', hash, reason, at_ms FROM decisions WHERE verdict = 'reject'`)
	if err == nil || !strings.Contains(err.Error(), "UNIQUE") {
		t.Errorf("a second one: %v", err)
	}
}
