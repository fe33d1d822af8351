package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"countersign/workflows"
)

// exceptKinds leaves out the kinds of a JSON list, the parameter after it. The + keeps
// SQLite from taking it for anything that an index could help with.
const exceptKinds = ` AND +kind NOT IN (SELECT value FROM json_each(`

// Claim is workflows.Outbox's. An empty look costs no write. What was not queued as it
// stands is buried, recorded and told to the operators, and the next is looked for.
func (d *DB) Claim(ctx context.Context, lane workflows.Lane, lease time.Duration, except ...string) (workflows.Effect, bool, error) {
	for {
		e, ok, err := d.claim(ctx, lane, lease, except)
		if err != nil || !ok || e.holds(d.auditKey) {
			return e.Effect, ok, err
		}
		told, err := e.told()
		if err == nil {
			err = d.Bury(ctx, e.Effect, "storage.effect-forged", told)
		}
		if err != nil {
			return workflows.Effect{}, false, err
		}
	}
}

func (d *DB) claim(ctx context.Context, lane workflows.Lane, lease time.Duration, except []string) (e queued, ok bool, err error) {
	kinds, err := json.Marshal(append([]string{}, except...))
	if err != nil {
		return e, false, err
	}
	var due bool
	err = d.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outbox
		WHERE lane = ? AND done_ms IS NULL AND behind = 0 AND wake_ms <= ?`+exceptKinds+`?)))`, string(lane), d.now().UnixMilli(), string(kinds)).Scan(&due)
	if err != nil || !due {
		return e, false, fault(d.path, err)
	}
	err = d.write(ctx, passing, func(ctx context.Context, w *writer) error {
		var err error
		e, err = scanQueued(w.tx.QueryRowContext(ctx, `UPDATE outbox SET wake_ms = ?1, leased = 1, attempts = attempts + 1 WHERE id = (
			SELECT id FROM outbox WHERE lane = ?2 AND done_ms IS NULL AND behind = 0 AND wake_ms <= ?3`+exceptKinds+`?4)) ORDER BY wake_ms, id LIMIT 1)
			RETURNING `+queuedColumns,
			w.now.Add(lease).UnixMilli(), string(lane), w.now.UnixMilli(), string(kinds)).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // somebody else took it meanwhile
		}
		ok, w.wrote = err == nil, true
		return err
	})
	if err != nil || !ok {
		return queued{}, false, err
	}
	return e, true, nil
}

// Retry is workflows.Outbox's. A worker whose lease has ended and been taken by
// another gets a Conflict and has changed nothing.
func (d *DB) Retry(ctx context.Context, e workflows.Effect, due time.Time, reason string) error {
	return d.write(ctx, passing, func(ctx context.Context, w *writer) error {
		n, err := w.exec(ctx, `UPDATE outbox SET wake_ms = ?, leased = 0, reason = ? WHERE id = ? AND attempts = ? AND done_ms IS NULL`,
			due.UnixMilli(), clip(reason, maxReason), e.ID, e.Attempts)
		if err == nil && n == 0 {
			return lost("storage.effect-done")
		}
		w.lanes = append(w.lanes, e.Lane)
		return err
	})
}

// Wake is workflows.Outbox's.
func (d *DB) Wake(ctx context.Context, lane workflows.Lane, reason string) error {
	return d.write(ctx, passing, func(ctx context.Context, w *writer) error {
		w.lanes = append(w.lanes, lane)
		_, err := w.exec(ctx, `UPDATE outbox SET wake_ms = ?1 WHERE lane = ?2 AND done_ms IS NULL AND leased = 0 AND wake_ms > ?1 AND reason = ?3`,
			w.now.UnixMilli(), string(lane), reason)
		return err
	})
}

// Bury is workflows.Outbox's. As with Retry, the lease must still be the caller's.
func (d *DB) Bury(ctx context.Context, e workflows.Effect, reason string, tell workflows.Change) error {
	return d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		if err := w.end(ctx, `UPDATE outbox SET done_ms = ?, buried = 1, mac = NULL, reason = ?
			WHERE id = ? AND attempts = ? AND done_ms IS NULL RETURNING lane, subject`,
			w.now.UnixMilli(), clip(reason, maxReason), e.ID, e.Attempts); err != nil {
			return err
		}
		return w.change(ctx, tell)
	})
}

// maxReason bounds the reason of a retry or burial, in runes.
const maxReason = 500

// DeadLetter is an effect that was given up.
type DeadLetter struct {
	Effect workflows.Effect
	Reason string
	Buried time.Time
}

// DeadLetters lists effects that were given up, those with an ID above after, oldest
// first, at most limit.
func (d *DB) DeadLetters(ctx context.Context, after int64, limit int) ([]DeadLetter, error) {
	var list []DeadLetter
	err := reader{q: d.reader}.each(ctx, `SELECT id, key, lane, subject, kind, body, due_ms, attempts, reason, done_ms FROM outbox
		WHERE buried = 1 AND id > ? ORDER BY id LIMIT ?`, []any{after, bounded(limit)}, func(rows *sql.Rows) error {
		var l DeadLetter
		var body string
		var due, buried int64
		err := rows.Scan(&l.Effect.ID, &l.Effect.Key, &l.Effect.Lane, &l.Effect.Subject, &l.Effect.Kind, &body,
			&due, &l.Effect.Attempts, &l.Reason, &buried)
		l.Effect.Body, l.Effect.Due, l.Buried = []byte(body), at(due), at(buried)
		list = append(list, l)
		return err
	})
	return list, fault(d.path, err)
}

// Wait is workflows.Outbox's. It listens first and looks second, so that what is
// committed in between is not missed; then it sleeps until the next due time.
func (d *DB) Wait(ctx context.Context, lane workflows.Lane, max time.Duration, except ...string) {
	bell := d.bells.at(lane)
	var wake sql.NullInt64
	kinds, err := json.Marshal(append([]string{}, except...))
	if err == nil {
		err = d.reader.QueryRowContext(ctx, `SELECT min(wake_ms) FROM outbox WHERE lane = ? AND done_ms IS NULL AND behind = 0`+exceptKinds+`?))`,
			string(lane), string(kinds)).Scan(&wake)
	}
	// Without an answer (the disk is gone, say) the caller looks again after max, or when the bell rings.
	if err == nil && wake.Valid {
		left := at(wake.Int64).Sub(d.now())
		if left <= 0 {
			return
		}
		// Due times are whole milliseconds: one more, or the next look would come too early.
		max = min(max, left+time.Millisecond)
	}
	timer := time.NewTimer(max)
	defer timer.Stop()
	select {
	case <-bell:
	case <-timer.C:
	case <-ctx.Done():
	}
}
