package storage

import (
	"context"

	"countersign/workflows"
)

// Remembered is workflows.Reader's.
func (r reader) Remembered(ctx context.Context, team, name string) (workflows.Remembered, error) {
	m, _, err := document[workflows.Remembered](ctx, r, "storage.no-deployment", name, `SELECT 0, body FROM deployments WHERE team = ? AND name = ?`, team, name)
	return m, err
}

// RememberedList is workflows.Reader's.
func (r reader) RememberedList(ctx context.Context, team string, limit int) ([]workflows.Remembered, error) {
	return documents[workflows.Remembered](ctx, r, `SELECT 0, body FROM deployments WHERE team = ? ORDER BY updated_ms DESC, rowid DESC LIMIT ?`,
		[]any{team, bounded(limit)}, nil)
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
