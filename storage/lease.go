package storage

import "context"

// freeLeases makes due at once what a process was at work on when it ended. Under
// the lock nobody else can be at it, so that a killed bot goes on where it was
// instead of waiting for its own leases to run out. What waits for its next try
// goes on waiting. What was under way comes before what had not begun, as it did before.
func (d *DB) freeLeases(ctx context.Context) error {
	return d.write(ctx, passing, func(ctx context.Context, w *writer) error {
		_, err := w.exec(ctx, `UPDATE outbox SET leased = 0, wake_ms = min(wake_ms, due_ms) WHERE done_ms IS NULL AND leased = 1`)
		return err
	})
}
