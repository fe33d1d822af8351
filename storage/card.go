package storage

import (
	"context"
	"database/sql"

	"countersign/workflows"
)

const cardColumns = `subject, kind, channel, thread, ts, drawn, updated_ms`

// Cards is workflows.Reader's.
func (r reader) Cards(ctx context.Context, subject string) ([]workflows.Card, error) {
	var cards []workflows.Card
	err := r.each(ctx, `SELECT `+cardColumns+` FROM cards WHERE subject = ? ORDER BY kind, channel`, []any{subject}, func(rows *sql.Rows) error {
		c, err := scanCard(rows.Scan)
		cards = append(cards, c)
		return err
	})
	return cards, err
}

// CardAt is workflows.Reader's. Of several the one put last.
func (r reader) CardAt(ctx context.Context, channel, ts string) (workflows.Card, error) {
	return scanCard(func(dest ...any) error {
		return r.row(ctx, "storage.no-card", ts, `SELECT `+cardColumns+` FROM cards WHERE channel = ? AND ts = ? AND ts <> ''
			ORDER BY updated_ms DESC, rowid DESC LIMIT 1`, []any{channel, ts}, dest...)
	})
}

func scanCard(scan func(dest ...any) error) (c workflows.Card, err error) {
	var ms int64
	err = scan(&c.Subject, &c.Kind, &c.Channel, &c.Thread, &c.TS, &c.Drawn, &ms)
	if err != nil {
		return workflows.Card{}, err
	}
	c.Updated = at(ms)
	return c, nil
}

func (w *writer) card(ctx context.Context, c workflows.Card) error {
	if c.Updated.IsZero() {
		c.Updated = w.now
	}
	_, err := w.exec(ctx, `INSERT INTO cards (`+cardColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (subject, kind, channel) DO UPDATE SET thread = excluded.thread, ts = excluded.ts, drawn = excluded.drawn,
		updated_ms = excluded.updated_ms`, c.Subject, c.Kind, c.Channel, c.Thread, c.TS, c.Drawn, c.Updated.UnixMilli())
	return err
}
