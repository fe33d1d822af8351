package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

// errDiscard takes a connection out of its pool.
var errDiscard = driver.ErrBadConn

// View is workflows.Store's. It never waits for a writer.
func (d *DB) View(ctx context.Context, read func(workflows.Reader) error) error {
	tx, err := d.reader.BeginTx(ctx, nil)
	if err != nil {
		return fault(d.path, err)
	}
	defer func() { _ = tx.Rollback() }() // a reader has nothing to commit
	return fault(d.path, read(reader{q: tx, key: d.auditKey}))
}

// querier is what *sql.Tx and *sql.DB have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// reader is workflows.Reader on one transaction.
type reader struct {
	q      querier
	writes bool              // inside Update
	key    []byte            // of the record; none: what is read is not held against it
	proven map[string]*proof // inside Update
	bound  int64             // of request numbers; inside Update
}

// row reads one row into dest; an absent one is NotFound under key.
func (r reader) row(ctx context.Context, key, what, query string, args []any, dest ...any) error {
	ctx, err := r.calm(ctx)
	if err != nil {
		return err
	}
	err = r.q.QueryRowContext(ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return workflows.Refuse(workflows.NotFound, key, "ID", what)
	}
	return err
}

// each calls scan for every row.
func (r reader) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	ctx, err := r.calm(ctx)
	if err != nil {
		return err
	}
	rows, err := r.q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err below
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// calm keeps an ending ctx from interrupting a statement inside a write transaction
// (see Update) and looks at it between statements.
func (r reader) calm(ctx context.Context) (context.Context, error) {
	if !r.writes {
		return ctx, nil
	}
	if ctx.Err() != nil {
		return nil, ctxError(ctx, "read")
	}
	return context.WithoutCancel(ctx), nil
}

// Setting is workflows.Reader's.
func (r reader) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := r.row(ctx, "storage.no-setting", key, `SELECT value FROM settings WHERE key = ?`, []any{key}, &value)
	return value, err
}

func (w *writer) setting(ctx context.Context, key, value string) error {
	_, err := w.exec(ctx, `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// NextRequest is workflows.Reader's. A number is used up only if the Update commits, and
// is never above the Bound.
func (r reader) NextRequest(ctx context.Context) (int64, error) {
	if !r.writes {
		return 0, errors.New("storage: NextRequest outside Update")
	}
	var n int64
	err := r.row(ctx, "storage.no-setting", "request", `UPDATE sequence SET value = value + 1 WHERE name = 'request' RETURNING value`, nil, &n)
	if err == nil && n > r.bound {
		return 0, workflows.Refuse(workflows.Unable, "storage.no-number")
	}
	return n, err
}

// encode makes the JSON of a row's body. Bytes that are not UTF-8 become U+FFFD.
func encode(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	if len(raw) > maxBody {
		return "", fmt.Errorf("storage: a value of %d bytes, at most %d are kept", len(raw), maxBody)
	}
	return string(raw), nil
}

// maxBody bounds one row, in bytes: far above 300 names with their reasons in three
// languages, far below what would stop the process.
const maxBody = 8 << 20

// ms is t for a column; the zero time is NULL.
func ms(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// at is the time of a column.
func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
