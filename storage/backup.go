package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"countersign/workflows"
)

// Backup writes a consistent copy to a new file, readable by the owner alone, while
// work goes on. It takes a read snapshot only. A file that exists is not overwritten,
// and none is left behind by a failure.
func (d *DB) Backup(ctx context.Context, to string) error {
	return whole(to, func(partial string) error {
		// Errors of VACUUM INTO say nothing about which of the two files is meant.
		conn, err := d.reader.Conn(ctx)
		if err != nil {
			return fault(d.path, err)
		}
		// query_only keeps this package from writing by mistake; SQLite counts writing to
		// the other file as writing too. The connection is read-only all the same.
		_, err = conn.ExecContext(ctx, `PRAGMA query_only = OFF`)
		if err == nil {
			_, err = conn.ExecContext(ctx, `VACUUM INTO ?`, partial)
		}
		_, back := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only = ON`)
		return fault(d.path, errors.Join(err, back, conn.Close()))
	})
}

// BackupReport is what CheckBackup found in a good backup.
type BackupReport struct {
	Schema   int         `json:"schema"` // migrations applied; opening the restored file applies the rest
	Requests int64       `json:"requests"`
	Pending  int64       `json:"pending"` // effects that will be done once the restored database is served
	Audit    AuditReport `json:"audit"`
}

// CheckBackup reads every page of a backup and verifies its structure and its audit
// record. A damaged one is an error; whether the audit record is good is in the report.
func CheckBackup(ctx context.Context, path string, auditKey []byte) (report BackupReport, err error) {
	d := newDB(Options{Path: path, AuditKey: auditKey})
	if _, err := os.Stat(path); err != nil {
		return report, fault(path, err)
	}
	d.openReader(path)
	defer func() { err = errors.Join(err, d.Close()) }()
	if report.Schema, err = check(ctx, d.reader, path, shipped()); err != nil {
		return report, fault(path, err)
	}
	var verdict string
	if err := d.reader.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return report, fault(path, err)
	}
	if verdict != "ok" {
		refused := workflows.Refuse(workflows.Unable, "storage.corrupt", "Path", path)
		refused.Err = errors.New(verdict)
		return report, refused
	}
	if report.Audit, err = d.VerifyAudit(ctx); err != nil {
		return report, err
	}
	err = d.reader.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM requests), (SELECT count(*) FROM outbox WHERE done_ms IS NULL)`).
		Scan(&report.Requests, &report.Pending)
	return report, fault(path, err)
}

// Restore puts a good backup where a database is to be, with an identity of its own:
// what the original did since is not known to it. Nothing may be there, and no
// process may hold it: whoever restores has moved the damaged one away first, with its
// "-wal" file, which SQLite would otherwise play into the restored one.
func Restore(ctx context.Context, from, to string, auditKey []byte) (BackupReport, error) {
	report, err := CheckBackup(ctx, from, auditKey)
	if err != nil {
		return report, err
	}
	if report.Audit.Bad != nil {
		return report, &workflows.Error{Code: workflows.Unable, Text: report.Audit.Bad.Text}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return report, fault(to, err)
	}
	lock, err := lockFile(to)
	if err != nil {
		return report, err
	}
	defer func() { _ = lock.Close() }() // nothing was written through it
	for _, path := range []string{to, to + "-wal", to + "-shm"} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return report, workflows.Refuse(workflows.Unable, "storage.exists", "Path", path)
		}
	}
	return report, whole(to, func(partial string) error {
		if err := copyFile(from, partial); err != nil {
			return err
		}
		return renew(ctx, partial)
	})
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return fault(from, err)
	}
	defer func() { _ = src.Close() }() // read only
	dst, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err != nil {
		return fault(to, err)
	}
	_, err = io.Copy(dst, src)
	return fault(to, errors.Join(err, dst.Close()))
}

// whole makes a file that is there completely, on the disk, or not at all, and
// replaces none. write fills an empty file of mode 0600.
func whole(to string, write func(partial string) error) error {
	partial := to + ".partial"
	f, err := os.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return workflows.Refuse(workflows.Unable, "storage.exists", "Path", partial)
	}
	if err != nil {
		return fault(to, err)
	}
	defer func() { _ = os.Remove(partial) }() // after the link, the second name of to
	defer func() { _ = f.Close() }()          // Sync has told of all there is to tell
	if err := write(partial); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fault(to, err)
	}
	// Unlike a rename, a link replaces nothing.
	if err := os.Link(partial, to); errors.Is(err, fs.ErrExist) {
		return workflows.Refuse(workflows.Unable, "storage.exists", "Path", to)
	} else if err != nil {
		return fault(to, err)
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return fault(to, err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("storage: sync the folder of %s: %w", to, err)
	}
	return nil
}
