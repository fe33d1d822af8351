package storage

import "context"

// freeLeases makes due at once what a process was at work on when it ended. Under
// the lock nobody else can be at it, so that a killed bot goes on where it was
// instead of waiting for its own leases to run out.
func (d *DB) freeLeases(ctx context.Context) error {
	return d.write(ctx, passing, func(ctx context.Context, w *writer) error {
		now := w.now.UnixMilli()
		_, err := w.exec(ctx, `UPDATE outbox SET wake_ms = ? WHERE done_ms IS NULL AND attempts > 0 AND wake_ms > ?`, now, now)
		return err
	})
}
