package storage

import (
	"context"
	"database/sql"
	"encoding/json"

	"countersign/workflows"
)

// Remembered is workflows.Reader's.
func (r reader) Remembered(ctx context.Context, team, name string) (m workflows.Remembered, err error) {
	var body []byte
	if err := r.row(ctx, "storage.no-deployment", name, `SELECT body FROM deployments WHERE team = ? AND name = ?`,
		[]any{team, name}, &body); err != nil {
		return m, err
	}
	return m, json.Unmarshal(body, &m)
}

// RememberedList is workflows.Reader's.
func (r reader) RememberedList(ctx context.Context, team string, limit int) ([]workflows.Remembered, error) {
	var ms []workflows.Remembered
	err := r.each(ctx, `SELECT body FROM deployments WHERE team = ? ORDER BY updated_ms DESC, rowid DESC LIMIT ?`,
		[]any{team, bounded(limit)}, func(rows *sql.Rows) error {
			var body sql.RawBytes
			if err := rows.Scan(&body); err != nil {
				return err
			}
			var m workflows.Remembered
			if err := json.Unmarshal(body, &m); err != nil {
				return err
			}
			ms = append(ms, m)
			return nil
		})
	return ms, err
}

func (w *writer) deployment(ctx context.Context, m workflows.Remembered) error {
	if m.Updated.IsZero() {
		m.Updated = w.now
	}
	body, err := encode(m)
	if err != nil {
		return err
	}
	_, err = w.exec(ctx, `INSERT INTO deployments (team, name, updated_ms, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (team, name) DO UPDATE SET updated_ms = excluded.updated_ms, body = excluded.body`,
		m.Team, m.Name, m.Updated.UnixMilli(), body)
	return err
}
