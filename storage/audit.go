package storage

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"countersign/workflows"
)

func rowsOf(as []workflows.Audit) []linked {
	rows := make([]linked, 0, len(as)+1)
	for _, a := range as {
		rows = append(rows, linked{Audit: a})
	}
	return rows
}

// withDecision sees to it that the record has a row that says who decided what on
// which hash, whatever else the caller records.
func withDecision(rows []linked, d workflows.Decision) []linked {
	for i := range rows {
		if saysDecision(rows[i].Audit, d) {
			return rows
		}
	}
	detail, _ := json.Marshal(map[string]string{"hash": d.Hash}) // a string cannot fail
	return append(rows, linked{Audit: workflows.Audit{At: d.At, Actor: d.By, Verb: string(d.Verdict), Subject: string(d.Request), Detail: string(detail)}})
}

func saysDecision(a workflows.Audit, d workflows.Decision) bool {
	var said struct {
		Hash string `json:"hash"`
	}
	return a.Actor == d.By && a.Verb == string(d.Verdict) && a.Subject == string(d.Request) &&
		json.Unmarshal([]byte(a.Detail), &said) == nil && said.Hash == strings.ToValidUTF8(d.Hash, "\uFFFD")
}

// withLinks puts to the last row of each request that changed what it is now; one
// of which the caller records nothing gets a row of its own.
func (w *writer) withLinks(rows []linked) []linked {
	for _, id := range w.changed {
		p := w.proven[id]
		l := &link{version: p.version, state: p.state, request: p.row, decisions: digestOf(p.decisions)}
		at := -1
		for i := range rows {
			if rows[i].Subject == id {
				at = i
			}
		}
		if at < 0 {
			at = len(rows)
			rows = append(rows, linked{Audit: workflows.Audit{Actor: workflows.Robot, Verb: "store", Subject: id}})
		}
		rows[at].link = l
	}
	return rows
}

// audit appends rows; their ID and MAC are filled here, and At if it is zero.
func (w *writer) audit(ctx context.Context, rows []linked) error {
	if len(rows) == 0 {
		return nil
	}
	id, mac, seal, err := auditHead(ctx, w.tx)
	if err != nil {
		return err
	}
	// Only this process writes: a head that is not the one it left was put there.
	if seal == nil || !hmac.Equal(seal, sealMAC(w.auditKey, w.sealed, id, mac)) || w.head.ID > 0 && w.head != (AuditHead{ID: id, MAC: hex.EncodeToString(mac)}) {
		return workflows.Refuse(workflows.Unable, "storage.audit-head", "ID", strconv.FormatInt(id, 10))
	}
	for _, a := range rows {
		if a.At.IsZero() {
			a.At = w.now
		}
		id++
		a.ID = id
		mac = rowMAC(w.auditKey, mac, a)
		cols := []any{id, a.At.UnixMilli(), a.Actor.Team, a.Actor.ID, a.Verb, a.Subject, a.Detail, mac, nil, nil, nil, nil}
		if l := a.link; l != nil {
			cols = append(cols[:8], l.version, l.state, l.request, l.decisions)
		}
		if _, err := w.exec(ctx, `INSERT INTO audit (`+linkedColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, cols...); err != nil {
			return err
		}
	}
	return w.auditHead(ctx, id, mac)
}

func (w *writer) auditHead(ctx context.Context, id int64, mac []byte) error {
	w.head = AuditHead{ID: id, MAC: hex.EncodeToString(mac)}
	_, err := w.exec(ctx, `INSERT INTO audit_head (one, id, mac, seal) VALUES (1, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET id = excluded.id, mac = excluded.mac, seal = excluded.seal`, id, mac, sealMAC(w.auditKey, w.sealed, id, mac))
	return err
}

// checkAuditHead refuses to go on with another key than the record was written with,
// and learns what is bound to it. A new database gets its head here,
// so that a head that is missing later was taken away.
func (d *DB) checkAuditHead(ctx context.Context) error {
	d.sealed = boundLabel
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
		switch {
		case hmac.Equal(seal, sealMAC(d.auditKey, boundLabel, id, mac)):
		case hmac.Equal(seal, sealMAC(d.auditKey, requestLabel, id, mac)):
			d.sealed = requestLabel
		case hmac.Equal(seal, sealMAC(d.auditKey, headLabel, id, mac)):
			d.sealed = headLabel
		default:
			return workflows.Refuse(workflows.Unable, "storage.audit-key", "Path", d.path)
		}
		w.head = AuditHead{ID: id, MAC: hex.EncodeToString(mac)}
		d.head = w.head
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
