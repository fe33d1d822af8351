package storage

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"countersign/workflows"
)

// Note is what is kept of a database apart from it, beside the keys: it tells later an
// older copy, or another database, from the one that was here last. Some 300 bytes of JSON.
type Note struct {
	Store   string    `json:"store"` // identity of the database
	Head    AuditHead `json:"head"`  // of its record, then
	At      time.Time `json:"at"`
	Numbers int64     `json:"numbers"` // no request has been given a number above
}

// numbersAhead is how many numbers of requests a note reserves: more than are asked for
// between two notes.
const numbersAhead = 1000

// Bound says up to which number requests may be numbered. Without a call there is no
// bound; 0 gives none, until the note has been read.
func (d *DB) Bound(numbers int64) { d.bound.Store(numbers) }

// Changed is sent to after the record has grown, without waiting for anybody.
func (d *DB) Changed() <-chan struct{} { return d.changed }

// Note gives what is to be noted now. Once it is, its Numbers are the Bound.
func (d *DB) Note(ctx context.Context) (Note, error) {
	n := Note{At: d.now().UTC()}
	err := d.snapshot(ctx, func(r reader) (err error) {
		if n.Store, err = r.Setting(ctx, workflows.StoreIdentity); err != nil {
			return err
		}
		id, mac, _, err := auditHead(ctx, r.q)
		if err != nil {
			return err
		}
		n.Head = AuditHead{ID: id, MAC: hex.EncodeToString(mac)}
		return r.q.QueryRowContext(ctx, `SELECT value FROM sequence WHERE name = 'request'`).Scan(&n.Numbers)
	})
	n.Numbers += numbersAhead
	if b := d.bound.Load(); b != unbounded {
		n.Numbers = max(n.Numbers, b)
	}
	return n, err
}

// Follows reports that this is the database that n was noted of, or what has become of
// it since: everything that was recorded then is in its record. If not, it is an older
// copy or another one, and what says so to people is given.
func (d *DB) Follows(ctx context.Context, n Note) (ok bool, why workflows.Text, err error) {
	var store string
	var head AuditHead
	var mac []byte
	err = d.snapshot(ctx, func(r reader) (err error) {
		if store, err = r.Setting(ctx, workflows.StoreIdentity); err != nil && workflows.CodeOf(err) != workflows.NotFound {
			return err
		}
		id, last, _, err := auditHead(ctx, r.q)
		if err != nil {
			return err
		}
		head = AuditHead{ID: id, MAC: hex.EncodeToString(last)}
		err = r.q.QueryRowContext(ctx, `SELECT mac FROM audit WHERE id = ?`, n.Head.ID).Scan(&mac)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || store == n.Store && (n.Head.ID == 0 || hex.EncodeToString(mac) == n.Head.MAC) {
		return err == nil, why, err
	}
	return false, workflows.Refuse(workflows.Unable, "storage.another-copy", "Path", d.path, "Row", strconv.FormatInt(n.Head.ID, 10),
		"At", n.At.UTC().Format(time.RFC3339), "Last", strconv.FormatInt(head.ID, 10), "Numbers", strconv.FormatInt(n.Numbers, 10)).Text, nil
}

// NewEpoch is for a database that does not follow n: it gets another identity, so that
// no card of the other one is taken for its own, and numbers requests above those
// that the other one may have given. also is committed with it.
func (d *DB) NewEpoch(ctx context.Context, n Note, also workflows.Change) error {
	return d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		if err := w.setting(ctx, workflows.StoreIdentity, newIdentity()); err != nil {
			return err
		}
		if _, err := w.exec(ctx, `UPDATE sequence SET value = max(value, ?) WHERE name = 'request'`, n.Numbers); err != nil {
			return err
		}
		detail, err := json.Marshal(n)
		if err != nil {
			return err
		}
		also.Audit = append([]workflows.Audit{{Actor: workflows.Robot, Verb: "epoch", Subject: "database", Detail: string(detail)}}, also.Audit...)
		return w.change(ctx, also)
	})
}

// identify gives a new database its identity.
func (d *DB) identify(ctx context.Context) error {
	return d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		_, err := w.exec(ctx, `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`, workflows.StoreIdentity, newIdentity())
		return err
	})
}

// newIdentity makes one that no other database has.
func newIdentity() string {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails (crypto/rand documentation)
	return hex.EncodeToString(raw)
}

// renew gives a copy an identity of its own. No other process may have it open.
func renew(ctx context.Context, path string) error {
	db := sql.OpenDB(connector{dsn: dsn(path, copying)})
	_, err := db.ExecContext(ctx, `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
		workflows.StoreIdentity, newIdentity())
	return fault(path, errors.Join(err, db.Close()))
}
