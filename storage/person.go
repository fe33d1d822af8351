package storage

import (
	"context"

	"countersign/workflows"
)

// People is workflows.Reader's.
func (r reader) People(ctx context.Context) ([]workflows.Profile, error) {
	return documents[workflows.Profile](ctx, r, `SELECT 0, body FROM people ORDER BY id`, nil, nil)
}

func (w *writer) person(ctx context.Context, p workflows.Profile) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = w.exec(ctx, `INSERT INTO people (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body`, p.Person.ID, body)
	return err
}
