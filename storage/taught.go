package storage

import (
	"context"

	"countersign/workflows"
)

// Taught is workflows.Reader's.
func (r reader) Taught(ctx context.Context, id string) (workflows.Taught, error) {
	t, version, err := document[workflows.Taught](ctx, r, "storage.no-taught", id, `SELECT version, body FROM taught WHERE id = ?`, id)
	t.Version = version
	return t, err
}

// TaughtList is workflows.Reader's.
func (r reader) TaughtList(ctx context.Context, team string, state workflows.TaughtState, limit int) ([]workflows.Taught, error) {
	return documents(ctx, r, `SELECT version, body FROM taught WHERE (team = ? OR ? = '') AND state = ? ORDER BY updated_ms, rowid LIMIT ?`,
		[]any{team, team, string(state), bounded(limit)}, func(t *workflows.Taught, version int64) { t.Version = version })
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
