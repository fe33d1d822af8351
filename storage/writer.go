package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"countersign/workflows"
)

// patience is how long a writer waits for another process's lock when its context
// sets no earlier end. Slack waits three seconds for an acknowledgement, and
// callers that answer Slack set their own.
const patience = 5 * time.Second

// stepError carries an error of the caller past fault: it is returned as it is.
type stepError struct{ error }

type durability bool

const (
	// durable waits for the disk at the commit, so that what is acknowledged survives a power cut.
	durable durability = true
	// passing does not: the operating system has it, which survives our own end but not
	// the machine's. Enough for leases, which mean nothing after a restart.
	passing durability = false
)

// write runs do inside one BEGIN IMMEDIATE.
func (d *DB) write(ctx context.Context, how durability, do func(context.Context, *writer) error) error {
	if d.writer == nil {
		refused := workflows.Refuse(workflows.Unable, "storage.read-only", "Path", d.path)
		refused.Err = errReadOnly
		return refused
	}
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return d.tooLong(ctx)
	}
	w, err := func() (*writer, error) {
		defer func() { <-d.turn }() // also when the caller's step panics
		return d.transact(ctx, how, do)
	}()
	if err != nil {
		if own, ok := errors.AsType[stepError](err); ok {
			return own.error
		}
		return fault(d.path, err)
	}
	d.dirty.Store(true)
	d.bells.ring(w.lanes)
	return nil
}

func (d *DB) transact(ctx context.Context, how durability, do func(context.Context, *writer) error) (*writer, error) {
	// From here on no statement watches ctx: see Update. It also spares a goroutine for each.
	calm := context.WithoutCancel(ctx)
	conn, err := d.writer.Conn(calm)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // back to the pool
	if how == passing {
		// Safe in WAL mode: the next durable commit syncs the whole log, this one included.
		if _, err := conn.ExecContext(calm, `PRAGMA synchronous = NORMAL`); err != nil {
			return nil, err
		}
		defer func() {
			if _, err := conn.ExecContext(calm, `PRAGMA synchronous = FULL`); err != nil {
				// A connection that might not sync must not be used again.
				_ = conn.Raw(func(any) error { return errDiscard })
			}
		}()
	}
	tx, err := d.begin(ctx, conn)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit: nothing to roll back
	w := &writer{tx: tx, now: d.now(), auditKey: d.auditKey, sealed: d.sealed, head: d.head, bound: d.bound.Load(), proven: map[string]*proof{}}
	if err := do(calm, w); err != nil {
		return nil, err
	}
	if !w.wrote {
		return w, nil
	}
	if err := tx.Commit(); err != nil {
		d.head = AuditHead{} // it may have been committed all the same
		return w, err
	}
	if d.head != w.head {
		d.head = w.head
		select {
		case d.changed <- struct{}{}:
		default: // there is one waiting to be seen
		}
	}
	return w, nil
}

// tooLong is the error of a writer whose turn did not come in time: another program
// holds the lock that the one before is waiting for, or the disk is slow.
func (d *DB) tooLong(ctx context.Context) error {
	key := "storage.unavailable"
	if d.barred.Load() {
		key = "storage.locked"
	}
	refused := workflows.Refuse(workflows.Unable, key, "Path", d.path)
	refused.Err = ctxError(ctx, "wait for the turn to write")
	return refused
}

// begin gets SQLite's write lock, which a backup tool or an operator's shell may hold.
func (d *DB) begin(ctx context.Context, conn *sql.Conn) (*sql.Tx, error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	defer d.barred.Store(false)
	for {
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if err == nil || !busy(err) {
			return tx, err
		}
		d.barred.Store(true)
		select {
		case <-ctx.Done():
			return nil, err
		case <-limit.C:
			return nil, err
		case <-time.After(5 * time.Millisecond): // SQLite has waited 50 ms itself
		}
	}
}

// writer is one write transaction.
type writer struct {
	tx       *sql.Tx
	now      time.Time
	auditKey []byte
	sealed   []byte            // label of the head's seal
	head     AuditHead         // of the record; ID 0 as long as it is not known
	bound    int64             // of request numbers
	proven   map[string]*proof // requests that were read or written in this transaction
	changed  []string          // of those, what the record has to say anew
	lanes    []workflows.Lane  // in which something may have become due
	wrote    bool
}

func (w *writer) reader() reader {
	return reader{q: w.tx, writes: true, key: w.auditKey, proven: w.proven, bound: w.bound}
}

func (w *writer) exec(ctx context.Context, query string, args ...any) (int64, error) {
	w.wrote = true
	res, err := w.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// errDiscard takes a connection out of its pool.
var errDiscard = driver.ErrBadConn

// versioned inserts a row when old is 0 and else replaces the one of that version.
func (w *writer) versioned(ctx context.Context, old int64, id, insert, update string, args ...any) error {
	query := insert
	if old != 0 {
		query, args = update, append(args, old)
	}
	n, err := w.exec(ctx, query, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return lost("storage.conflict", "ID", id)
	}
	return nil
}
