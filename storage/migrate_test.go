package storage

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"countersign/workflows"
)

// schemaOf lists everything that a database is made of.
func schemaOf(t *testing.T, path string) []string {
	t.Helper()
	db := sql.OpenDB(connector{dsn: dsn(path, reading)})
	defer func() { _ = db.Close() }()
	var list []string
	err := reader{q: db}.each(context.Background(), `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1`, nil,
		func(rows *sql.Rows) error {
			var s string
			err := rows.Scan(&s)
			list = append(list, strings.Join(strings.Fields(s), " "))
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// past makes a database of the version that had only the first n migrations.
func past(t *testing.T, ms []migration) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	defer func() { _ = db.Close() }()
	if err := migrate(context.Background(), db, path, ms, time.Now()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryPastVersionIsBroughtUpToDate(t *testing.T) {
	ctx := context.Background()
	fresh := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, fresh)
	want := schemaOf(t, fresh)
	if err := interaction(ctx, d, "a"); err != nil {
		t.Fatal(err)
	}
	ms := shipped()
	for n := 1; n <= len(ms); n++ {
		path := past(t, ms[:n])
		if _, err := OpenReadOnly(ctx, Options{Path: path}); n < len(ms) && keyOf(err) != "storage.older" {
			t.Errorf("reading version %d: %v, want storage.older", n, err)
		}
		d := openAt(t, path)
		if got := schemaOf(t, path); !slices.Equal(got, want) {
			t.Errorf("from version %d:\n got %s\nwant %s", n, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if err := interaction(ctx, d, "a"); err != nil {
			t.Errorf("from version %d: %v", n, err)
		}
	}
	for _, s := range want {
		if strings.HasPrefix(s, "table ") && !strings.HasSuffix(s, "STRICT") {
			t.Errorf("not STRICT: %s", s)
		}
	}
}

// TestOwedBefore: what was owed before the column for it was there is found.
func TestOwedBefore(t *testing.T) {
	ctx := context.Background()
	path := past(t, shipped()[:3])
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	for id, r := range map[string]workflows.Request{
		"owed":       {Revoking: &workflows.Revocation{Manual: true}},
		"owed stray": {Unused: []workflows.Unused{{Revocation: workflows.Revocation{Manual: true, Done: time.Now()}}, {Revocation: workflows.Revocation{Manual: true}}}},
		"done":       {Revoking: &workflows.Revocation{Manual: true, Done: time.Now()}},
		"by the CA":  {Revoking: &workflows.Revocation{}, Unused: []workflows.Unused{{}}},
		"nothing":    {},
	} {
		r.ID = workflows.RequestID(id)
		body, err := encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`INSERT INTO requests (version, state, team, requester, batch, spki, product, updated_ms, body, id)
			VALUES (1, 'issued', 'T1', 'U1', '', '', '', 1, ?, ?)`, body, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate(ctx, db, path, shipped(), time.Now()); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	d, err := OpenReadOnly(ctx, Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	var ids []string
	err = d.View(ctx, func(r workflows.Reader) error {
		rs, err := r.Requests(ctx, workflows.RequestQuery{RevocationDue: true})
		for _, x := range rs {
			ids = append(ids, string(x.ID))
		}
		return err
	})
	slices.Sort(ids)
	if err != nil || !slices.Equal(ids, []string{"owed", "owed stray"}) {
		t.Errorf("%q, %v", ids, err)
	}
}

func TestSchemaThatIsNotOurs(t *testing.T) {
	ctx := context.Background()
	newer := append(shipped(), migration{version: len(shipped()) + 1, name: "0099_future.sql", sql: `CREATE TABLE future (x INTEGER) STRICT`, sum: "f"})
	changed := slices.Clone(shipped())
	changed[0].sum = strings.Repeat("0", 64)
	foreign, text := filepath.Join(t.TempDir(), "x.db"), filepath.Join(t.TempDir(), "x.db")
	db := sql.OpenDB(connector{dsn: dsn(foreign, writing)})
	if _, err := db.Exec(`CREATE TABLE theirs (x INTEGER)`); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear diary. ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	for key, path := range map[string]string{
		"storage.newer":             past(t, newer),
		"storage.changed-migration": past(t, changed),
		"storage.foreign":           foreign,
		"storage.not-a-database":    text,
	} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := Open(ctx, Options{Path: path, AuditKey: testKey()}); keyOf(err) != key || workflows.CodeOf(err) != workflows.Unable {
			t.Errorf("opened %v, %v; want %s", d != nil, err, key)
		}
		if _, err := OpenReadOnly(ctx, Options{Path: path}); keyOf(err) != key {
			t.Errorf("read-only: %v, want %s", err, key)
		}
		if after, err := os.ReadFile(path); err != nil || key != "storage.foreign" && string(after) != string(before) {
			t.Errorf("%s: the file was changed (%v)", key, err)
		}
	}
	if _, err := OpenReadOnly(ctx, Options{Path: filepath.Join(t.TempDir(), "none.db")}); keyOf(err) != "storage.absent" {
		t.Errorf("absent: %v", err)
	}
	if _, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "x.db"), AuditKey: []byte("short")}); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short audit key: %v", err)
	}
}

// A migration that fails leaves the version before, whole.
func TestMigrationFails(t *testing.T) {
	ms := append(shipped(), migration{version: len(shipped()) + 1, name: "0099_bad.sql",
		sql: `CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)`, sum: "f"})
	path := past(t, shipped())
	want := schemaOf(t, path)
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	defer func() { _ = db.Close() }()
	if err := migrate(context.Background(), db, path, ms, time.Now()); err == nil || !strings.Contains(err.Error(), "0099_bad.sql") {
		t.Errorf("got %v", err)
	}
	if got := schemaOf(t, path); !slices.Equal(got, want) {
		t.Errorf("half of it stayed: %v", got)
	}
	openAt(t, path)
}

func TestMigrationNames(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"gap":   {"migration/0001_a.sql": {}, "migration/0003_b.sql": {}},
		"start": {"migration/0002_a.sql": {}},
		"name":  {"migration/0001-a.sql": {}},
		"twice": {"migration/0001_a.sql": {}, "migration/0001_b.sql": {}},
	} {
		if ms, err := readMigrations(files); err == nil {
			t.Errorf("%s: %v", name, fmt.Sprint(ms))
		}
	}
}
