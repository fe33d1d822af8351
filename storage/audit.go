package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"countersign/workflows"
)

// AuditHead names the last row of the audit record. Noted outside the database (on
// paper, in a log elsewhere) it proves later that the record was not rolled back.
type AuditHead struct {
	ID  int64  `json:"id"`  // 0: no row yet
	MAC string `json:"mac"` // hex
}

// String is the head as people note it: "17:MAC".
func (h AuditHead) String() string { return strconv.FormatInt(h.ID, 10) + ":" + h.MAC }

// UnmarshalText reads what String or JSON wrote, also a report of `audit verify --json`.
func (h *AuditHead) UnmarshalText(text []byte) error {
	type plain AuditHead
	var whole struct {
		Head *plain `json:"head"`
		plain
	}
	if json.Unmarshal(text, &whole) == nil {
		*h = AuditHead(whole.plain)
		if whole.Head != nil {
			*h = AuditHead(*whole.Head)
		}
	} else {
		id, mac, _ := strings.Cut(strings.TrimSpace(string(text)), ":")
		h.ID, _ = strconv.ParseInt(id, 10, 64)
		h.MAC = mac
	}
	if raw, err := hex.DecodeString(h.MAC); err != nil || h.ID < 1 || len(raw) != sha256.Size {
		return fmt.Errorf("%.80q is no head of an audit record: give ID:MAC, as `countersign audit verify` prints it", text)
	}
	return nil
}

// UnmarshalJSON keeps UnmarshalText from the head's own JSON.
func (h *AuditHead) UnmarshalJSON(raw []byte) error {
	type plain AuditHead
	return json.Unmarshal(raw, (*plain)(h))
}

// The things that are authenticated never have the same bytes.
const (
	rowLabel  = "countersign audit row 1"
	linkLabel = "countersign audit row 2" // with what it says of a request
	workLabel = "countersign effect 1"
)

// The label of the head says what is bound to the key beside the record: nothing at
// first, then every request, now every effect in the queue too. Nobody without the key
// can make a database look like one of then.
var (
	headLabel    = []byte("countersign audit head 1")
	requestLabel = []byte("countersign audit head 2")
	boundLabel   = []byte("countersign audit head 3")
)

// rowMAC is HMAC-SHA256(key, mac of the row before || row), the row as its fields in
// order, each with its length before it, so that no two rows have the same bytes.
func rowMAC(key, before []byte, a linked) []byte {
	h := hmac.New(sha256.New, key)
	if a.link == nil {
		field(h, []byte(rowLabel))
	} else {
		field(h, []byte(linkLabel))
		number(h, a.link.version)
		for _, b := range [][]byte{[]byte(a.link.state), a.link.request, a.link.decisions} {
			field(h, b)
		}
	}
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
func sealMAC(key, label []byte, id int64, mac []byte) []byte {
	h := hmac.New(sha256.New, key)
	field(h, label)
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

// auditHead reads the recorded head. Without one, seal is nil.
func auditHead(ctx context.Context, q querier) (id int64, mac, seal []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT id, mac, seal FROM audit_head WHERE one = 1`).Scan(&id, &mac, &seal)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil, nil
	}
	return id, mac, seal, err
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
