package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"

	"countersign/workflows"
)

// Options say which database to open and how.
type Options struct {
	Path     string           // of the database file; "-wal", "-shm" and "-lock" files appear beside it
	AuditKey []byte           // keys the chain of the audit record; at least 32 bytes, always the same ones
	Now      func() time.Time // nil is time.Now
	Receipts time.Duration    // how long receipts are kept; 0 is 30 days
}

// DB is a store on SQLite. It is safe for concurrent use.
type DB struct {
	path     string
	auditKey []byte
	now      func() time.Time
	keep     time.Duration

	turn   chan struct{} // held by whoever writes: one writer in this process
	sealed []byte        // label of the record's head; changes under turn
	head   AuditHead     // of the record as this process left it; under turn
	writer *sql.DB       // one connection; nil when opened read-only
	reader *sql.DB
	keeper *sql.DB // of the housekeeping, which alone touches it
	lock   *os.File
	bells  bells
	dirty  atomic.Bool // committed to since the last checkpoint
	barred atomic.Bool // whoever has the turn waits for another program's lock

	bound   atomic.Int64  // of request numbers
	changed chan struct{} // has room for one

	stop  context.CancelFunc // ends the housekeeping
	ended sync.WaitGroup
}

var (
	_ workflows.Store  = (*DB)(nil)
	_ workflows.Outbox = (*DB)(nil)
)

const (
	minAuditKey = 32
	readers     = 4 // connections for View; each costs up to 2 MB of page cache
)

// Open opens the database for reading and writing, makes it if it does not exist,
// and brings its schema up to date. Its file is readable by the owner alone.
//
// Errors that an operator can do something about are a *workflows.Error with code
// Unable: in use by another process, written by a newer version, a changed
// migration, another audit key, not a database, no space.
func Open(ctx context.Context, o Options) (*DB, error) {
	return open(ctx, o, nil)
}

// open lets tests stand between the statements of a writer (hook).
func open(ctx context.Context, o Options, hook func(*sqlite3.SQLiteConn) error) (*DB, error) {
	d := newDB(o)
	if len(o.AuditKey) < minAuditKey {
		return nil, fmt.Errorf("storage: the audit key has %d bytes, want at least %d", len(o.AuditKey), minAuditKey)
	}
	if err := private(o.Path); err != nil {
		return nil, fault(o.Path, err)
	}
	lock, err := lockFile(o.Path)
	if err != nil {
		return nil, err
	}
	d.lock = lock
	d.writer = sql.OpenDB(connector{dsn: dsn(o.Path, writing), hook: func(c *sqlite3.SQLiteConn) error {
		// Waiting for somebody else's lock is up to the caller's context (begin), which
		// SQLite does not know; so SQLite itself waits briefly. Checkpoints are made
		// by the housekeeping, off the path of an interaction, unless it falls far behind.
		if _, err := c.Exec("PRAGMA busy_timeout = 50; PRAGMA wal_autocheckpoint = 16000", nil); err != nil {
			return err
		}
		if hook != nil {
			return hook(c)
		}
		return nil
	}})
	d.writer.SetMaxOpenConns(1)
	d.openReader(o.Path) // connects when it is first used
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(fault(o.Path, err), d.Close())
	}
	d.startHousekeeping()
	return d, nil
}

// OpenReadOnly opens an existing database beside the process that writes to it, for
// command-line tools. Update, Claim, Retry and Bury answer Unable. The audit
// key may be absent; then VerifyAudit is refused.
func OpenReadOnly(ctx context.Context, o Options) (*DB, error) {
	d := newDB(o)
	if _, err := os.Stat(o.Path); err != nil {
		return nil, fault(o.Path, err)
	}
	d.openReader(o.Path)
	if err := d.checkSchema(ctx); err != nil {
		return nil, errors.Join(fault(o.Path, err), d.Close())
	}
	return d, nil
}

func newDB(o Options) *DB {
	d := &DB{path: o.Path, auditKey: append([]byte(nil), o.AuditKey...), now: o.Now, keep: o.Receipts,
		turn: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
	d.bound.Store(unbounded)
	if d.now == nil {
		d.now = time.Now
	}
	if d.keep == 0 {
		d.keep = 30 * 24 * time.Hour
	}
	return d
}

func (d *DB) openReader(path string) {
	d.reader = sql.OpenDB(connector{dsn: dsn(path, reading)})
	d.reader.SetMaxOpenConns(readers)
	d.reader.SetMaxIdleConns(readers)
}

// prepare brings the schema up to date and checks that the audit key is the right one.
func (d *DB) prepare(ctx context.Context) error {
	if err := migrate(ctx, d.writer, d.path, shipped(), d.now()); err != nil {
		return err
	}
	if err := d.checkAuditHead(ctx); err != nil {
		return err
	}
	if err := d.adopt(ctx); err != nil {
		return err
	}
	if err := d.identify(ctx); err != nil {
		return err
	}
	return d.freeLeases(ctx)
}

// Close ends the housekeeping, closes the connections and gives up the lock.
// Updates under way finish first.
func (d *DB) Close() error {
	if d.stop != nil {
		d.stop()
		d.ended.Wait()
	}
	var errs []error
	if d.reader != nil {
		errs = append(errs, d.reader.Close())
	}
	if d.keeper != nil {
		errs = append(errs, d.keeper.Close())
	}
	if d.writer != nil {
		d.turn <- struct{}{}
		errs = append(errs, d.writer.Close())
		<-d.turn
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Close())
	}
	return errors.Join(errs...)
}

// private makes the file before SQLite does, so that it is never open to others.
// SQLite gives the -wal and -shm files the mode of the database.
func private(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		// Readable but not writable is told apart by SQLite, with its own message.
		return err
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

type access string

const (
	// Every connection of the pool gets these, which a PRAGMA sent through the pool
	// would not (it reaches one). Busy timeout first: switching to WAL takes a lock.
	writing access = "_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_txlock=immediate&_stmt_cache_size=128"
	copying access = "_busy_timeout=5000&_journal_mode=DELETE&_synchronous=FULL&_foreign_keys=on&_txlock=immediate"
	reading access = "_busy_timeout=5000&mode=ro&_query_only=on&_foreign_keys=on&_txlock=deferred&_stmt_cache_size=128"
)

func dsn(path string, a access) string {
	// A path may hold "?", "#" or "%".
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + string(a)
}

// connector opens connections without a driver registered by name: each DB has its own hook.
type connector struct {
	dsn  string
	hook func(*sqlite3.SQLiteConn) error
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: c.hook} }
