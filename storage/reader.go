package storage

import (
	"context"
	"database/sql"
	"errors"

	"countersign/workflows"
)

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
