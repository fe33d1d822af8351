package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"countersign/workflows"
)

// effect queues e behind the pending ones of its lane and subject.
func (w *writer) effect(ctx context.Context, e workflows.Effect) error {
	if e.Key == "" || e.Lane == "" {
		return errors.New("an effect needs a key and a lane")
	}
	if e.Due.IsZero() {
		e.Due = w.now
	}
	due := e.Due.UnixMilli()
	n, err := w.exec(ctx, `INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6, EXISTS (SELECT 1 FROM outbox WHERE lane = ?2 AND subject = ?3 AND done_ms IS NULL)
		WHERE true ON CONFLICT (key) DO NOTHING`, e.Key, string(e.Lane), e.Subject, e.Kind, string(e.Body), due)
	if n > 0 {
		w.lanes = append(w.lanes, e.Lane)
	}
	return err
}

// done completes an effect. Its body goes: what it said is in the state by now.
func (w *writer) done(ctx context.Context, id int64) error {
	return w.end(ctx, `UPDATE outbox SET done_ms = ?1, body = '' WHERE id = ?2 AND done_ms IS NULL RETURNING lane, subject`,
		w.now.UnixMilli(), id)
}

// end runs a statement that makes done_ms set, and lets the next effect of the
// subject through. Everywhere but among files it is as old as it is; of two people who
// have sent many files, each has every second turn.
func (w *writer) end(ctx context.Context, query string, args ...any) error {
	w.wrote = true
	var lane, subject string
	err := w.tx.QueryRowContext(ctx, query, args...).Scan(&lane, &subject)
	if errors.Is(err, sql.ErrNoRows) {
		return lost("storage.effect-done")
	}
	if err != nil {
		return err
	}
	var turn int64 // not before this
	if workflows.Lane(lane) == workflows.Files {
		turn = w.now.UnixMilli()
	}
	n, err := w.exec(ctx, `UPDATE outbox SET behind = 0, wake_ms = max(wake_ms, ?1) WHERE behind = 1 AND id =
		(SELECT min(id) FROM outbox WHERE lane = ?2 AND subject = ?3 AND done_ms IS NULL)`, turn, lane, subject)
	if n > 0 {
		w.lanes = append(w.lanes, workflows.Lane(lane))
	}
	return err
}

// exceptKinds leaves out the kinds of a JSON list, the parameter after it. The + keeps
// SQLite from taking it for anything that an index could help with.
const exceptKinds = ` AND +kind NOT IN (SELECT value FROM json_each(`

// Claim is workflows.Outbox's. An empty look costs no write.
func (d *DB) Claim(ctx context.Context, lane workflows.Lane, lease time.Duration, except ...string) (e workflows.Effect, ok bool, err error) {
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
		var body string
		var ms int64
		err := w.tx.QueryRowContext(ctx, `UPDATE outbox SET wake_ms = ?1, leased = 1, attempts = attempts + 1 WHERE id = (
			SELECT id FROM outbox WHERE lane = ?2 AND done_ms IS NULL AND behind = 0 AND wake_ms <= ?3`+exceptKinds+`?4)) ORDER BY wake_ms, id LIMIT 1)
			RETURNING id, key, lane, subject, kind, body, due_ms, attempts`,
			w.now.Add(lease).UnixMilli(), string(lane), w.now.UnixMilli(), string(kinds)).
			Scan(&e.ID, &e.Key, &e.Lane, &e.Subject, &e.Kind, &body, &ms, &e.Attempts)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // somebody else took it meanwhile
		}
		e.Body, e.Due = []byte(body), at(ms)
		ok, w.wrote = err == nil, true
		return err
	})
	if err != nil {
		return workflows.Effect{}, false, err
	}
	return e, ok, nil
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

// Bury is workflows.Outbox's. As with Retry, the lease must still be the caller's.
func (d *DB) Bury(ctx context.Context, e workflows.Effect, reason string, tell workflows.Change) error {
	return d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		if err := w.end(ctx, `UPDATE outbox SET done_ms = ?, buried = 1, reason = ?
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
