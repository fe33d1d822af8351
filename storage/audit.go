package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"time"

	"countersign/workflows"
)

// AuditHead names the last row of the audit record. Noted outside the database (on
// paper, in a log elsewhere) it proves later that the record was not rolled back.
type AuditHead struct {
	ID  int64  `json:"id"`  // 0: no row yet
	MAC string `json:"mac"` // hex
}

// The two things that are authenticated never have the same bytes.
const (
	rowLabel  = "countersign audit row 1"
	headLabel = "countersign audit head 1"
)

// rowMAC is HMAC-SHA256(key, mac of the row before || row), the row as its fields in
// order, each with its length before it, so that no two rows have the same bytes.
func rowMAC(key, before []byte, a workflows.Audit) []byte {
	h := hmac.New(sha256.New, key)
	field(h, []byte(rowLabel))
	field(h, before)
	number(h, a.ID)
	number(h, a.At.UnixMilli())
	for _, s := range []string{a.Actor.Team, a.Actor.ID, a.Verb, a.Subject, a.Detail} {
		field(h, []byte(s))
	}
	return h.Sum(nil)
}

// sealMAC keeps somebody who can write to the file, but has no key, from presenting
// an earlier row as the last.
func sealMAC(key []byte, id int64, mac []byte) []byte {
	h := hmac.New(sha256.New, key)
	field(h, []byte(headLabel))
	number(h, id)
	field(h, mac)
	return h.Sum(nil)
}

func field(h hash.Hash, b []byte) {
	number(h, int64(len(b)))
	h.Write(b) // a hash never fails
}

func number(h hash.Hash, n int64) {
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) //nolint:gosec // the bits are what counts, not the sign
}

// audit appends rows; their ID and MAC are filled here, and At if it is zero.
func (w *writer) audit(ctx context.Context, rows []workflows.Audit) error {
	if len(rows) == 0 {
		return nil
	}
	id, mac, seal, err := auditHead(ctx, w.tx)
	if err != nil {
		return err
	}
	if seal == nil {
		return errors.New("the head of the record is gone")
	}
	for _, a := range rows {
		if a.At.IsZero() {
			a.At = w.now
		}
		id++
		a.ID = id
		mac = rowMAC(w.auditKey, mac, a)
		if _, err := w.exec(ctx, `INSERT INTO audit (id, at_ms, team, person, verb, subject, detail, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			id, a.At.UnixMilli(), a.Actor.Team, a.Actor.ID, a.Verb, a.Subject, a.Detail, mac); err != nil {
			return err
		}
	}
	return w.auditHead(ctx, id, mac)
}

// auditHead reads the recorded head. Without one, seal is nil.
func auditHead(ctx context.Context, q querier) (id int64, mac, seal []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT id, mac, seal FROM audit_head WHERE one = 1`).Scan(&id, &mac, &seal)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil, nil
	}
	return id, mac, seal, err
}

func (w *writer) auditHead(ctx context.Context, id int64, mac []byte) error {
	_, err := w.exec(ctx, `INSERT INTO audit_head (one, id, mac, seal) VALUES (1, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET id = excluded.id, mac = excluded.mac, seal = excluded.seal`, id, mac, sealMAC(w.auditKey, id, mac))
	return err
}

// checkAuditHead refuses to go on with another key than the record was written with.
// A new database gets its head here, so that a head that is missing later was taken away.
func (d *DB) checkAuditHead(ctx context.Context) error {
	return d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		id, mac, seal, err := auditHead(ctx, w.tx)
		if err != nil {
			return err
		}
		if seal == nil {
			var used bool
			err := w.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit) OR EXISTS (SELECT 1 FROM requests)`).Scan(&used)
			if err != nil {
				return err
			}
			if !used {
				return w.auditHead(ctx, 0, []byte{})
			}
		}
		if !hmac.Equal(seal, sealMAC(d.auditKey, id, mac)) {
			return workflows.Refuse(workflows.Unable, "storage.audit-key", "Path", d.path)
		}
		return nil
	})
}

// Audit is workflows.Reader's.
func (r reader) Audit(ctx context.Context, subject string, after int64, limit int) ([]workflows.Audit, error) {
	query, args := `SELECT id, at_ms, team, person, verb, subject, detail, mac FROM audit WHERE id > ? ORDER BY id LIMIT ?`,
		[]any{after, bounded(limit)}
	if subject != "" {
		query, args = `SELECT id, at_ms, team, person, verb, subject, detail, mac FROM audit WHERE subject = ? AND id > ? ORDER BY id LIMIT ?`,
			[]any{subject, after, bounded(limit)}
	}
	var list []workflows.Audit
	err := r.each(ctx, query, args, func(rows *sql.Rows) error {
		a, err := scanAudit(rows)
		list = append(list, a)
		return err
	})
	return list, err
}

func scanAudit(rows *sql.Rows) (a workflows.Audit, err error) {
	var ms int64
	var mac []byte
	err = rows.Scan(&a.ID, &ms, &a.Actor.Team, &a.Actor.ID, &a.Verb, &a.Subject, &a.Detail, &mac)
	a.At, a.MAC = time.UnixMilli(ms).UTC(), hex.EncodeToString(mac)
	return a, err
}
