package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"time"

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

const (
	minAuditKey = 32
	readers     = 4 // connections for View; each costs up to 2 MB of page cache
)

func newDB(o Options) *DB {
	d := &DB{path: o.Path, auditKey: append([]byte(nil), o.AuditKey...), now: o.Now, keep: cmp.Or(o.Receipts, 30*24*time.Hour),
		turn: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
	d.bound.Store(unbounded)
	if d.now == nil {
		d.now = time.Now
	}
	return d
}

func (d *DB) openReader(path string) {
	d.reader = sql.OpenDB(connector{dsn: dsn(path, reading)})
	d.reader.SetMaxOpenConns(readers)
	d.reader.SetMaxIdleConns(readers)
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

// unbounded: nobody keeps a note, and any number may be given.
const unbounded = math.MaxInt64

// View is workflows.Store's. It never waits for a writer.
func (d *DB) View(ctx context.Context, read func(workflows.Reader) error) error {
	return d.snapshot(ctx, func(r reader) error { return read(r) })
}

// snapshot is View for the package itself.
func (d *DB) snapshot(ctx context.Context, read func(reader) error) error {
	tx, err := d.reader.BeginTx(ctx, nil)
	if err != nil {
		return fault(d.path, err)
	}
	defer func() { _ = tx.Rollback() }() // a reader has nothing to commit
	return fault(d.path, read(reader{q: tx, key: d.auditKey}))
}
