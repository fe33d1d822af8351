package storage

import (
	"context"
	"database/sql"
	"encoding/json"

	"countersign/workflows"
)

// Taught is workflows.Reader's.
func (r reader) Taught(ctx context.Context, id string) (t workflows.Taught, err error) {
	var version int64
	var body []byte
	if err := r.row(ctx, "storage.no-taught", id, `SELECT version, body FROM taught WHERE id = ?`, []any{id}, &version, &body); err != nil {
		return t, err
	}
	err = json.Unmarshal(body, &t)
	t.Version = version
	return t, err
}

// TaughtList is workflows.Reader's.
func (r reader) TaughtList(ctx context.Context, team string, state workflows.TaughtState, limit int) ([]workflows.Taught, error) {
	var out []workflows.Taught
	err := r.each(ctx, `SELECT version, body FROM taught WHERE (team = ? OR ? = '') AND state = ? ORDER BY updated_ms, rowid LIMIT ?`,
		[]any{team, team, string(state), bounded(limit)}, func(rows *sql.Rows) error {
			var version int64
			var body sql.RawBytes
			if err := rows.Scan(&version, &body); err != nil {
				return err
			}
			var t workflows.Taught
			if err := json.Unmarshal(body, &t); err != nil {
				return err
			}
			t.Version = version
			out = append(out, t)
			return nil
		})
	return out, err
}

func (w *writer) taught(ctx context.Context, t workflows.Taught) error {
	old := t.Version
	t.Version++
	body, err := encode(t)
	if err != nil {
		return err
	}
	if t.Updated.IsZero() {
		t.Updated = w.now
	}
	return w.versioned(ctx, old, t.ID,
		`INSERT INTO taught (version, team, state, cause, updated_ms, body, id) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		`UPDATE taught SET version = ?, team = ?, state = ?, cause = ?, updated_ms = ?, body = ? WHERE id = ? AND version = ?`,
		t.Version, t.Team, string(t.State), t.Cause, t.Updated.UnixMilli(), body, t.ID)
}
