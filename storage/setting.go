package storage

import (
	"context"
)

// Setting is workflows.Reader's.
func (r reader) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := r.row(ctx, "storage.no-setting", key, `SELECT value FROM settings WHERE key = ?`, []any{key}, &value)
	return value, err
}

func (w *writer) setting(ctx context.Context, key, value string) error {
	_, err := w.exec(ctx, `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
