package storage

import (
	"context"
	"database/sql"
	"encoding/json"
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

// document reads a version and a body of JSON.
func document[T any](ctx context.Context, r reader, key, what, query string, args ...any) (v T, version int64, err error) {
	var body []byte
	if err = r.row(ctx, key, what, query, args, &version, &body); err == nil {
		err = json.Unmarshal(body, &v)
	}
	return v, version, err
}

// documents reads versions and bodies of JSON. added is told of each with its version;
// nil: it has none.
func documents[T any](ctx context.Context, r reader, query string, args []any, added func(v *T, version int64)) (list []T, err error) {
	err = r.each(ctx, query, args, func(rows *sql.Rows) error {
		var version int64
		var body sql.RawBytes
		if err := rows.Scan(&version, &body); err != nil {
			return err
		}
		var v T
		if err := json.Unmarshal(body, &v); err != nil {
			return err
		}
		if added != nil {
			added(&v, version)
		}
		list = append(list, v)
		return nil
	})
	return list, err
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
