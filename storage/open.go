package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"

	"countersign/workflows"
)

var (
	_ workflows.Store  = (*DB)(nil)
	_ workflows.Outbox = (*DB)(nil)
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

// private makes the file before SQLite does, so that it is never open to others.
// SQLite gives the -wal and -shm files the mode of the database.
func private(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// freeLeases makes due at once what a process was at work on when it ended. Under
// the lock nobody else can be at it, so that a killed bot goes on where it was
// instead of waiting for its own leases to run out. What waits for its next try
// goes on waiting. What was under way comes before what had not begun, as it did before.
func (d *DB) freeLeases(ctx context.Context) error {
	return d.write(ctx, passing, func(ctx context.Context, w *writer) error {
		_, err := w.exec(ctx, `UPDATE outbox SET leased = 0, wake_ms = min(wake_ms, due_ms) WHERE done_ms IS NULL AND leased = 1`)
		return err
	})
}
