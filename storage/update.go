package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

// patience is how long a writer waits for another process's lock when its context
// sets no earlier end. Slack waits three seconds for an acknowledgement, and
// callers that answer Slack set their own.
const patience = 5 * time.Second

// Update is workflows.Store's. When it returns nil the change is on the disk.
// ctx bounds the wait for the turn to write; once the transaction runs, it runs to its
// end, because a statement that is interrupted takes the whole transaction with it.
func (d *DB) Update(ctx context.Context, receipt workflows.Receipt, step func(workflows.Reader) (workflows.Change, error)) error {
	return d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		if err := w.receipt(ctx, receipt); err != nil {
			return err
		}
		change, err := step(w.reader())
		if err != nil {
			return stepError{err}
		}
		return w.change(ctx, change)
	})
}

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
		var own stepError
		if errors.As(err, &own) {
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

// maxReceipt is the longest receipt that is kept as it is, in bytes; of others, the hash.
const maxReceipt = 200

func (w *writer) receipt(ctx context.Context, r workflows.Receipt) error {
	if r == "" {
		return nil
	}
	key := string(r)
	if len(key) > maxReceipt {
		sum := sha256.Sum256([]byte(key))
		key = "sha256:" + hex.EncodeToString(sum[:])
	}
	n, err := w.exec(ctx, `INSERT INTO receipts (key, at_ms) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`, key, w.now.UnixMilli())
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	if n == 0 {
		return workflows.ErrSeen
	}
	return nil
}

// change writes everything of c. Effects that c completes come before those it
// queues, so that a successor is not queued behind its finished predecessor.
func (w *writer) change(ctx context.Context, c workflows.Change) error {
	for _, r := range c.Requests {
		if err := w.request(ctx, r); err != nil {
			return fmt.Errorf("request %s: %w", r.ID, err)
		}
	}
	record := rowsOf(c.Audit)
	for _, x := range c.Decisions {
		d, err := w.decision(ctx, x)
		if err != nil {
			return fmt.Errorf("decision on %s: %w", x.Request, err)
		}
		record = withDecision(record, d)
	}
	for _, v := range c.Conversations {
		if err := w.conversation(ctx, v); err != nil {
			return fmt.Errorf("conversation %s: %w", v.ID, err)
		}
	}
	for _, m := range c.Deployments {
		if err := w.deployment(ctx, m); err != nil {
			return fmt.Errorf("deployment: %w", err)
		}
	}
	for _, k := range c.Cards {
		if err := w.card(ctx, k); err != nil {
			return fmt.Errorf("card of %s: %w", k.Subject, err)
		}
	}
	for _, k := range c.Cases {
		if err := w.caseRow(ctx, k); err != nil {
			return fmt.Errorf("case %s: %w", k.ID, err)
		}
	}
	for _, t := range c.Taught {
		if err := w.taught(ctx, t); err != nil {
			return fmt.Errorf("taught %s: %w", t.ID, err)
		}
	}
	for key, value := range c.Settings {
		if err := w.setting(ctx, key, value); err != nil {
			return fmt.Errorf("setting %s: %w", key, err)
		}
	}
	if err := w.audit(ctx, w.withLinks(record)); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for _, id := range c.Done {
		if err := w.done(ctx, id); err != nil {
			return fmt.Errorf("effect %d: %w", id, err)
		}
	}
	for _, e := range c.Effects {
		if err := w.effect(ctx, e); err != nil {
			return fmt.Errorf("effect %s: %w", e.Key, err)
		}
	}
	return nil
}

// lost is the error of a writer that somebody else was faster than.
func lost(key string, pairs ...string) error {
	return workflows.Refuse(workflows.Conflict, key, pairs...)
}
