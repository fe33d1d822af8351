package storage

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"countersign/workflows"
)

func TestSecondProcess(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	if err := interaction(ctx, d, "a"); err != nil {
		t.Fatal(err)
	}
	_, out := child(t, "second", path)
	if got := line(t, out); !strings.HasPrefix(got, "error storage.in-use") {
		t.Errorf("a second process: %s", got)
	}
	_, err := Open(ctx, Options{Path: path, AuditKey: testKey()})
	var told *workflows.Error
	if !errors.As(err, &told) || told.Text.Key != "storage.in-use" || told.Text.Args["PID"] != strconv.Itoa(os.Getpid()) {
		t.Errorf("a second store: %v", err)
	}

	// Tools read beside it, see what is committed, and write nothing.
	ro, err := OpenReadOnly(ctx, Options{Path: path, AuditKey: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ro.Close() }()
	if err := interaction(ctx, d, "b"); err != nil {
		t.Fatal(err)
	}
	if err := ro.View(ctx, func(r workflows.Reader) error { _, err := r.Request(ctx, "REQ-2"); return err }); err != nil {
		t.Error(err)
	}
	if err := interaction(ctx, ro, "c"); keyOf(err) != "storage.read-only" {
		t.Errorf("update: %v", err)
	}
	if _, _, err := ro.Claim(ctx, workflows.Work, time.Minute); keyOf(err) != "storage.read-only" {
		t.Errorf("claim: %v", err)
	}
	if report, err := ro.VerifyAudit(ctx); err != nil || report.Rows != 2 || report.Bad != nil {
		t.Errorf("verify: %+v, %v", report, err)
	}
	noKey, err := OpenReadOnly(ctx, Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = noKey.Close() }()
	if _, err := noKey.VerifyAudit(ctx); keyOf(err) != "storage.no-audit-key" {
		t.Errorf("verify without a key: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := line(t, held(t, path)); got != "held" {
		t.Errorf("after the end of the first: %s", got)
	}
}

// Another program has the write lock: the caller waits as long as its context says,
// is told, and goes on when the lock is gone.
func TestLocked(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	release, out := child(t, "hold", path)
	line(t, out)

	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if err := interaction(short, d, "a"); keyOf(err) != "storage.locked" || short.Err() == nil {
		t.Errorf("locked: %v, %v", err, short.Err())
	}
	if err := d.View(ctx, func(workflows.Reader) error { return nil }); err != nil {
		t.Errorf("reading meanwhile: %v", err)
	}
	done := make(chan error)
	go func() { done <- interaction(ctx, d, "a") }()
	for !d.barred.Load() {
		time.Sleep(time.Millisecond) // until it waits; the test's own limit ends it otherwise
	}
	_ = release.Close()
	if err := <-done; err != nil {
		t.Errorf("after the lock: %v", err)
	}
	checkWhole(t, d, 1)
}

// An update that has read and not yet written keeps others from writing: without
// that its own write would fail at once, whatever the timeout, because what it read is old.
func TestWriteLockComesFirst(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	other := sql.OpenDB(connector{dsn: strings.Replace(dsn(path, writing), "_busy_timeout=5000", "_busy_timeout=20", 1)})
	defer func() { _ = other.Close() }()
	runs := 0
	err := d.Update(ctx, "", func(r workflows.Reader) (workflows.Change, error) {
		runs++
		_, _ = r.Setting(ctx, "k")
		if _, err := other.Exec(`INSERT INTO settings (key, value) VALUES ('other', '1')`); !busy(err) {
			t.Errorf("another program wrote in the middle of an update: %v", err)
		}
		return workflows.Change{Settings: map[string]string{"k": "1"}}, nil
	})
	if err != nil || runs != 1 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	_, out := child(t, "full", path)
	done, key, _ := strings.Cut(line(t, out), " ")
	if key != "storage.full" {
		t.Fatalf("told %q after %s", key, done)
	}
	if got := line(t, out); got != "again" {
		t.Fatal(got)
	}
	for out.Scan() { // until it has closed the database
	}
	n, err := strconv.Atoi(done)
	if err != nil || n < 5 {
		t.Fatalf("only %s requests fitted", done)
	}
	checkWhole(t, openAt(t, path), n+1)
}

// The same from SQLite's side, where the failing statement is in the middle of the
// transaction.
func TestDatabaseFull(t *testing.T) {
	ctx := context.Background()
	var conn *sqlite3.SQLiteConn
	d, err := open(ctx, Options{Path: filepath.Join(t.TempDir(), "x.db"), AuditKey: testKey()}, func(c *sqlite3.SQLiteConn) error {
		conn = c
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if _, err := conn.Exec(`PRAGMA max_page_count = 90`, nil); err != nil {
		t.Fatal(err)
	}
	i := 0
	for ; err == nil && i < 1000; i++ {
		err = interaction(ctx, d, strconv.Itoa(i))
	}
	if keyOf(err) != "storage.full" || workflows.CodeOf(err) != workflows.Unable {
		t.Fatalf("after %d: %v", i, err)
	}
	checkWhole(t, d, i-1)
	if _, err := conn.Exec(`PRAGMA max_page_count = 100000`, nil); err != nil {
		t.Fatal(err)
	}
	if err := interaction(ctx, d, strconv.Itoa(i-1)); err != nil {
		t.Errorf("the same again with room: %v", err)
	}
	checkWhole(t, d, i)
}

func TestDamaged(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	for i := range 200 {
		if err := interaction(ctx, d, strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 3 * len(raw) / 4; i < len(raw); i++ {
		raw[i] ^= 0xff
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err = Open(ctx, Options{Path: path, AuditKey: testKey()})
	if err == nil {
		err = d.View(ctx, func(r workflows.Reader) error {
			for i := range int64(200) {
				if _, err := r.Request(ctx, workflows.NewRequestID(i+1)); err != nil {
					return err
				}
			}
			return nil
		})
		_ = d.Close()
	}
	if keyOf(err) != "storage.corrupt" {
		t.Errorf("reading a damaged database: %v", err)
	}
}

// A caller whose time is up while somebody else writes is told, and a step that
// panics does not keep the turn.
func TestTurns(t *testing.T) {
	ctx := context.Background()
	d := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	none := func(workflows.Reader) (workflows.Change, error) { return workflows.Change{}, nil }
	inside, leave := make(chan bool), make(chan bool)
	go func() {
		_ = d.Update(ctx, "slow", func(workflows.Reader) (workflows.Change, error) {
			inside <- true
			<-leave
			return workflows.Change{}, nil
		})
		leave <- true
	}()
	<-inside
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if err := d.Update(short, "", none); workflows.CodeOf(err) != workflows.Unable {
		t.Errorf("out of time: %v", err)
	}
	leave <- true
	<-leave
	func() {
		defer func() { _ = recover() }()
		_ = d.Update(ctx, "panic", func(workflows.Reader) (workflows.Change, error) { panic("a bug") })
	}()
	after, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := d.Update(after, "panic", none); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

func TestModes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "x.db")
	d := openAt(t, path)
	if err := interaction(context.Background(), d, "a"); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-lock"} {
		if info, err := os.Stat(path + suffix); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v; want 0600", suffix, info.Mode(), err)
		}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v; want 0700", info.Mode(), err)
	}
}

func held(t *testing.T, path string) *bufio.Scanner {
	t.Helper()
	_, out := child(t, "hold", path)
	return out
}
