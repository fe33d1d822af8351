package storage

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"

	"countersign/workflows"
)

// before makes a database as the version before the record had requests left it, with
// an effect for each.
func before(t *testing.T, requests int) string { return earlier(t, requests, 4, headLabel) }

// earlier makes a database as a version with so many migrations left it.
func earlier(t *testing.T, requests, migrations int, label []byte) string {
	t.Helper()
	path := past(t, shipped()[:migrations])
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	defer func() { _ = db.Close() }()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for n := range requests {
		r := sample(int64(n + 1))
		r.Version = 1
		body, err := encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(`INSERT INTO requests (id, version, state, team, requester, batch, spki, product, updated_ms, body)
			VALUES (?, 1, 'submitted', 'T1', 'U-ANN', '', '', '', ?, ?)`, string(r.ID), r.Updated.UnixMilli(), body); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(`INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind) VALUES ('csr/' || ?1, 'work', ?1, 'csr', '{}', 1, 1, 0)`, string(r.ID)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(`INSERT INTO audit_head (one, id, mac, seal) VALUES (1, 0, x'', ?)`, sealMAC(testKey(), label, 0, nil)); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return path
}

// upgrade opens a database and is killed at the AT-th commit.
func upgrade(path string) error {
	return dying(path, func(c *sqlite3.SQLiteConn, kill func()) {
		c.RegisterCommitHook(func() int { kill(); return 0 })
	}, func(*DB) error { return nil })
}

// An upgrade that is killed goes on where it was; each request is bound once.
func TestUpgradeKilled(t *testing.T) {
	const requests = 2*adoptAtOnce + 7
	for at := 1; ; at++ {
		path := before(t, requests)
		_, out := child(t, "upgrade", path, "AT="+strconv.Itoa(at))
		done := out.Scan()
		d := openAt(t, path)
		var links, subjects, marks int
		if err := d.reader.QueryRow(`SELECT count(*), count(DISTINCT subject), (SELECT count(*) FROM audit WHERE verb = 'adopted')
			FROM audit WHERE version IS NOT NULL`).Scan(&links, &subjects, &marks); err != nil {
			t.Fatal(err)
		}
		if links != requests || subjects != requests || marks != 1 {
			t.Errorf("killed at commit %d: %d rows about %d of %d requests, %d marks", at, links, subjects, requests, marks)
		}
		if report, err := d.VerifyAudit(context.Background()); err != nil || report.Bad != nil {
			t.Errorf("killed at commit %d: %+v, %v", at, report, err)
		}
		if done {
			if at < 6 {
				t.Fatalf("only %d commits to be killed at", at)
			}
			return
		}
	}
}

// What the upgrade has filled in is found as what was written since is.
func TestAdoptedIsFound(t *testing.T) {
	ctx := context.Background()
	d := openAt(t, before(t, 3))
	if err := interaction(ctx, d, "a"); err == nil {
		t.Fatal("the number of an old request was given again")
	}
	err := d.View(ctx, func(rd workflows.Reader) error {
		rs, err := rd.Requests(ctx, workflows.RequestQuery{Team: "T1", Policies: []string{"default"}, Awaits: []workflows.Await{workflows.AwaitDecision}})
		if len(rs) != 3 {
			t.Errorf("%d found, want 3", len(rs))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Once the record has every request, a database cannot be made to look like one of
// before: neither by its head nor by what is stored.
func TestNoSecondUpgrade(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	for i := range 3 {
		if err := interaction(ctx, d, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	forge(t, path, "", `DELETE FROM audit WHERE verb = 'adopted'`, `UPDATE audit SET version = NULL, state = NULL, request = NULL, decisions = NULL`,
		`UPDATE requests SET state = 'approved', body = json_set(body, '$.state', 'approved')`)
	d = openAt(t, path) // the head is whole
	err := d.View(ctx, func(rd workflows.Reader) error { _, err := rd.Request(ctx, "REQ-1"); return err })
	if keyOf(err) != "storage.tampered" {
		t.Errorf("read: %v", err)
	}
	if report, err := d.VerifyAudit(ctx); err != nil || report.Bad == nil {
		t.Errorf("verified: %+v, %v", report, err)
	}
}

// dying opens a database with a hook that kills this process at the AT-th call of it.
func dying(path string, hook func(*sqlite3.SQLiteConn, func()), work func(*DB) error) error {
	at, err := strconv.Atoi(os.Getenv("AT"))
	if err != nil {
		return err
	}
	count := 0
	kill := func() {
		if count++; count == at {
			_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	d, err := open(context.Background(), Options{Path: path, AuditKey: testKey()}, func(c *sqlite3.SQLiteConn) error {
		hook(c, kill)
		return nil
	})
	if err != nil {
		return err
	}
	if err := work(d); err != nil {
		return err
	}
	err = d.Close()
	fmt.Println("done")
	return err
}
