package storage

import (
	"context"

	"countersign/workflows"
)

// Case is workflows.Reader's.
func (r reader) Case(ctx context.Context, id string) (workflows.Case, error) {
	return r.caseRow(ctx, id, `SELECT version, body FROM cases WHERE id = ?`, id)
}

// CaseAt is workflows.Reader's: the one changed last.
func (r reader) CaseAt(ctx context.Context, at workflows.Place) (workflows.Case, error) {
	return r.caseRow(ctx, "", `SELECT version, body FROM cases WHERE channel = ? AND thread = ? AND channel <> ''
		ORDER BY updated_ms DESC, rowid DESC LIMIT 1`, at.Channel, at.Thread)
}

func (r reader) caseRow(ctx context.Context, what, query string, args ...any) (workflows.Case, error) {
	k, version, err := document[workflows.Case](ctx, r, "storage.no-case", what, query, args...)
	k.Version = version
	return k, err
}

func (w *writer) caseRow(ctx context.Context, k workflows.Case) error {
	old := k.Version
	k.Version++
	body, err := encode(k)
	if err != nil {
		return err
	}
	if k.Updated.IsZero() {
		k.Updated = w.now
	}
	return w.versioned(ctx, old, k.ID,
		`INSERT INTO cases (version, team, person, channel, thread, cause, outcome, updated_ms, body, id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		`UPDATE cases SET version = ?, team = ?, person = ?, channel = ?, thread = ?, cause = ?, outcome = ?, updated_ms = ?, body = ?
		WHERE id = ? AND version = ?`,
		k.Version, k.Person.Team, k.Person.ID, k.Place.Channel, k.Place.Thread, k.Cause, k.Outcome, k.Updated.UnixMilli(), body, k.ID)
}
