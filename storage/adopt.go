package storage

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"countersign/workflows"
)

// adoptAtOnce is how many requests of an earlier version are bound to the record in
// one transaction, and how many effects are read at once.
const adoptAtOnce = 500

// adopt binds the requests of a database from before the record had them, and the
// pending effects of one from before they had a MAC, once. What that record does say is
// asked first: decisions, certificates. Killed anywhere, it goes on where it was. The
// last transaction says so in the record and puts the label on its head after which a
// request without a row, or an effect without a MAC, is one that somebody put there.
func (d *DB) adopt(ctx context.Context) error {
	if bytes.Equal(d.sealed, boundLabel) {
		return nil
	}
	report, err := d.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if report.Bad != nil {
		return &workflows.Error{Code: workflows.Unable, Text: report.Bad.Text}
	}
	for after, all := int64(0), bytes.Equal(d.sealed, requestLabel); !all; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := d.write(ctx, durable, func(ctx context.Context, w *writer) (err error) {
			after, all, err = w.adopt(ctx, after)
			return err
		})
		if err != nil {
			return err
		}
	}
	err = d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		var requests int64
		if err := w.tx.QueryRowContext(ctx, `SELECT count(*) FROM requests`).Scan(&requests); err != nil {
			return err
		}
		effects, err := w.adoptQueue(ctx)
		if err != nil {
			return err
		}
		err = w.audit(ctx, rowsOf([]workflows.Audit{{Actor: workflows.Robot, Verb: "adopted", Subject: "requests", Detail: fmt.Sprintf(`{"requests":"%d","effects":"%d"}`, requests, effects)}}))
		if err != nil {
			return err
		}
		w.sealed = boundLabel
		id, mac, _, err := auditHead(ctx, w.tx)
		if err != nil {
			return err
		}
		return w.auditHead(ctx, id, mac)
	})
	if err == nil {
		d.sealed = boundLabel
	}
	return err
}

// adoptQueue gives every pending effect its MAC, and says how many there were.
func (w *writer) adoptQueue(ctx context.Context) (n int, err error) {
	for after := int64(0); ; {
		var some []queued
		err := w.reader().each(ctx, `SELECT `+queuedColumns+` FROM outbox WHERE done_ms IS NULL AND id > ? ORDER BY id LIMIT ?`, []any{after, adoptAtOnce}, func(rows *sql.Rows) error {
			e, err := scanQueued(rows.Scan)
			some = append(some, e)
			return err
		})
		if err != nil {
			return n, err
		}
		for _, e := range some {
			if _, err := w.exec(ctx, `UPDATE outbox SET mac = ? WHERE id = ?`, effectMAC(w.auditKey, e.Effect), e.ID); err != nil {
				return n, err
			}
			after = e.ID
		}
		if n += len(some); len(some) < adoptAtOnce {
			return n, nil
		}
	}
}

// adopt binds the next few whose number is above after, and gives the last.
func (w *writer) adopt(ctx context.Context, after int64) (last int64, all bool, err error) {
	var some []stored
	err = w.reader().each(ctx, `SELECT r.number, `+storedColumns+` FROM requests AS r WHERE r.number > ? AND NOT EXISTS
		(SELECT 1 FROM audit WHERE subject = r.id AND version IS NOT NULL) ORDER BY r.number LIMIT ?`, []any{after, adoptAtOnce}, func(rows *sql.Rows) error {
		var s stored
		err := rows.Scan(append([]any{&last}, s.fields()...)...)
		some = append(some, s)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	var record []linked
	for i := range some {
		s := &some[i]
		r, err := s.value()
		if err != nil {
			return 0, false, err
		}
		one := []workflows.Request{r}
		if err := w.reader().decisions(ctx, one); err != nil {
			return 0, false, err
		}
		s.policy, s.awaits = r.Policy, string(r.Awaits())
		if _, err := w.exec(ctx, `UPDATE requests SET policy = ?, awaits = ? WHERE id = ?`, s.policy, s.awaits, s.id); err != nil {
			return 0, false, err
		}
		record = append(record, linked{Audit: workflows.Audit{Actor: workflows.Robot, Verb: "adopt", Subject: s.id},
			link: &link{version: s.version, state: s.state, request: s.digest(), decisions: digestOf(one[0].Decisions)}})
	}
	return last, len(some) < adoptAtOnce, w.audit(ctx, record)
}
