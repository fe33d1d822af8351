package storage

import (
	"context"

	"countersign/workflows"
)

// Conversation is workflows.Reader's.
func (r reader) Conversation(ctx context.Context, id string) (workflows.Conversation, error) {
	return r.conversation(ctx, id, `SELECT version, body FROM conversations WHERE id = ?`, id)
}

// ConversationAt is workflows.Reader's.
func (r reader) ConversationAt(ctx context.Context, p workflows.Person, at workflows.Place) (workflows.Conversation, error) {
	if at == (workflows.Place{}) {
		return r.conversation(ctx, "", `SELECT version, body FROM conversations
			WHERE phase IN ('asking', 'reviewing') AND team = ? AND person = ? ORDER BY updated_ms DESC, rowid DESC LIMIT 1`, p.Team, p.ID)
	}
	return r.conversation(ctx, "", `SELECT version, body FROM conversations
		WHERE phase IN ('asking', 'reviewing') AND team = ? AND person = ? AND channel = ? AND thread = ?
		ORDER BY updated_ms DESC, rowid DESC LIMIT 1`, p.Team, p.ID, at.Channel, at.Thread)
}

func (r reader) conversation(ctx context.Context, what, query string, args ...any) (workflows.Conversation, error) {
	c, version, err := document[workflows.Conversation](ctx, r, "storage.no-conversation", what, query, args...)
	c.Version = version
	return c, err
}

func (w *writer) conversation(ctx context.Context, c workflows.Conversation) error {
	old := c.Version
	c.Version++
	body, err := encode(c)
	if err != nil {
		return err
	}
	if c.Updated.IsZero() {
		c.Updated = w.now
	}
	return w.versioned(ctx, old, c.ID,
		`INSERT INTO conversations (version, team, person, channel, thread, phase, updated_ms, body, id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		`UPDATE conversations SET version = ?, team = ?, person = ?, channel = ?, thread = ?, phase = ?, updated_ms = ?, body = ?
		WHERE id = ? AND version = ?`,
		c.Version, c.Person.Team, c.Person.ID, c.Place.Channel, c.Place.Thread, string(c.Phase), c.Updated.UnixMilli(), body, c.ID)
}
