package storage

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"

	"countersign/workflows"
)

// The tests of what happens to a process, or between two, run the test binary once
// more; this says as what.
const role = "COUNTERSIGN_STORAGE_TEST_ROLE"

func TestMain(m *testing.M) {
	play, ok := map[string]func(path string) error{
		"":        nil,
		"hold":    hold,
		"second":  second,
		"die":     die,
		"full":    full,
		"upgrade": upgrade,
	}[os.Getenv(role)]
	if !ok {
		fmt.Fprintln(os.Stderr, "unknown role")
		os.Exit(2)
	}
	if play == nil {
		os.Exit(m.Run())
	}
	if err := play(os.Getenv("DB")); err != nil {
		fmt.Println("error", keyOf(err), err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child starts the test binary as something else. It ends when its standard input does.
func child(t *testing.T, as, path string, env ...string) (in io.Closer, out *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), append(env, role+"="+as, "DB="+path)...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_, _ = io.Copy(io.Discard, stdout)
		_ = cmd.Wait() // being killed is what some are for
	})
	return stdin, bufio.NewScanner(stdout)
}

// line reads one line of a child.
func line(t *testing.T, out *bufio.Scanner) string {
	t.Helper()
	if !out.Scan() {
		t.Fatalf("the child said nothing more: %v", out.Err())
	}
	return out.Text()
}

// hold takes SQLite's write lock, as an operator's shell may, until standard input ends.
func hold(path string) error {
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return errors.Join(tx.Rollback(), db.Close())
}

// second is another Countersign on the same database.
func second(path string) error {
	d, err := Open(context.Background(), Options{Path: path, AuditKey: testKey()})
	if err != nil {
		return err
	}
	return d.Close()
}

// die makes requests, says of each when it is acknowledged, and kills itself in the
// middle: at the change of the AT-th row, or at the AT-th commit.
func die(path string) error {
	return dying(path, func(c *sqlite3.SQLiteConn, kill func()) {
		if os.Getenv("POINT") == "commit" {
			c.RegisterCommitHook(func() int { kill(); return 0 })
		} else {
			c.RegisterUpdateHook(func(int, string, string, int64) { kill() })
		}
	}, func(d *DB) error {
		for i := range 4 {
			if err := interaction(context.Background(), d, strconv.Itoa(i)); err != nil && !errors.Is(err, workflows.ErrSeen) {
				return err
			}
			fmt.Println("acknowledged", i)
		}
		return nil
	})
}

// full works until its files may not grow any more, then says what it was told.
func full(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	d, err := Open(ctx, Options{Path: path, AuditKey: testKey()})
	if err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1_500_000, Max: 1 << 40}); err != nil {
		return err
	}
	i := 0
	for ; err == nil && i < 1000; i++ {
		err = interaction(ctx, d, strconv.Itoa(i))
	}
	fmt.Println(i-1, keyOf(err))
	// Reading goes on, and so does writing once there is room.
	if err := d.View(ctx, func(r workflows.Reader) error { _, err := r.Request(ctx, "REQ-1"); return err }); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 40, Max: 1 << 40}); err != nil {
		return err
	}
	if err := interaction(ctx, d, strconv.Itoa(i-1)); err != nil {
		return fmt.Errorf("the same again with room: %w", err)
	}
	fmt.Println("again")
	return d.Close()
}

// whole checks that a database holds want requests (or one more, not yet
// acknowledged) with all that belongs to each, and nothing else.
func checkWhole(t *testing.T, d *DB, want int) {
	t.Helper()
	ctx := context.Background()
	var requests, words, audits, effects, receipts, next int
	err := d.reader.QueryRow(`SELECT (SELECT count(*) FROM requests), (SELECT count(*) FROM request_words), (SELECT count(*) FROM audit),
		(SELECT count(*) FROM outbox), (SELECT count(*) FROM receipts), (SELECT value FROM sequence)`).
		Scan(&requests, &words, &audits, &effects, &receipts, &next)
	if err != nil {
		t.Fatal(err)
	}
	if requests < want || requests > want+1 || words != requests || audits != requests || effects != 2*requests || receipts != requests || next != requests {
		t.Errorf("%d acknowledged; %d requests, %d words, %d audit rows, %d effects, %d receipts, number %d",
			want, requests, words, audits, effects, receipts, next)
	}
	if report, err := d.VerifyAudit(ctx); err != nil || report.Bad != nil {
		t.Errorf("audit: %+v, %v", report, err)
	}
}

// A process that is killed between two statements, at the commit, or between the
// commit and the acknowledgement loses nothing that it acknowledged and leaves
// nothing half; the redelivery finds its receipt or an empty place.
func TestKilled(t *testing.T) {
	for _, point := range []string{"row", "commit"} {
		for at := 1; ; at++ {
			path := filepath.Join(t.TempDir(), "x.db")
			_, out := child(t, "die", path, "POINT="+point, "AT="+strconv.Itoa(at))
			acknowledged := 0
			for out.Scan() && out.Text() != "done" {
				if !strings.HasPrefix(out.Text(), "acknowledged") {
					t.Fatal(out.Text())
				}
				acknowledged++
			}
			d := openAt(t, path)
			checkWhole(t, d, acknowledged)
			for i := range 4 {
				if err := interaction(context.Background(), d, strconv.Itoa(i)); err != nil && !errors.Is(err, workflows.ErrSeen) {
					t.Errorf("redelivery of %d: %v", i, err)
				}
			}
			checkWhole(t, d, 4)
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if acknowledged == 4 {
				if at < 5 {
					t.Fatalf("only %d %ss to be killed at", at, point)
				}
				break
			}
		}
	}
}
