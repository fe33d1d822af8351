package storage

import (
	"context"
	"database/sql"
)

// checkpoint copies the write-ahead log into the database. It has a connection of
// its own and never waits for readers or the writer (PASSIVE), so that no
// interaction pays for it; https://sqlite.org/wal.html section 2.2 warns of the
// commit that happens to trigger one.
func (d *DB) checkpoint(ctx context.Context) error {
	if !d.dirty.Swap(false) {
		return nil
	}
	if d.keeper == nil {
		d.keeper = sql.OpenDB(connector{dsn: dsn(d.path, writing)})
		d.keeper.SetMaxOpenConns(1)
	}
	_, err := d.keeper.ExecContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`)
	return fault(d.path, err)
}
