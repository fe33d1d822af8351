package storage

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"

	"countersign/workflows"
)

// link binds a request to the record: a row of the audit record says which version of
// the request was written with it, and what its row and its decisions were. The row's
// MAC covers it, so that nobody without the key makes a request, a state or a decision.
type link struct {
	version   int64
	state     string
	request   []byte // SHA-256 of the row in requests
	decisions []byte // SHA-256 of all decisions on it, in order
}

// stored is one row of requests, as its digest covers it.
type stored struct {
	id                                   string
	version                              int64
	state, team, requester               string
	batch, spki, product, policy, awaits string
	expires, notAfter                    sql.NullInt64
	updated                              int64
	owed                                 bool
	body                                 []byte
}

const storedColumns = `r.id, r.version, r.state, r.team, r.requester, r.batch, r.spki, r.product, r.policy, r.awaits,
	r.expires_ms, r.not_after_ms, r.updated_ms, r.owed, r.body`

// fields are where a row of storedColumns is scanned to.
func (s *stored) fields() []any {
	return []any{&s.id, &s.version, &s.state, &s.team, &s.requester, &s.batch, &s.spki, &s.product, &s.policy, &s.awaits,
		&s.expires, &s.notAfter, &s.updated, &s.owed, &s.body}
}

// rowOf is the row that r is stored as.
func rowOf(r workflows.Request) (stored, error) {
	body, err := encode(r)
	return stored{id: string(r.ID), version: r.Version, state: string(r.State), team: r.Requester.Team, requester: r.Requester.ID,
		batch: r.Batch, spki: r.SPKI, product: r.Spec.Profile, policy: r.Policy, awaits: string(r.Awaits()),
		expires: ms(r.Expires), notAfter: ms(r.NotAfter), updated: r.Updated.UnixMilli(), owed: r.RevocationDue(), body: []byte(body)}, err
}

// digest is the SHA-256 of the row, each field with its length before it.
func (s *stored) digest() []byte {
	h := sha256.New()
	for _, v := range []string{s.id, s.state, s.team, s.requester, s.batch, s.spki, s.product, s.policy, s.awaits} {
		field(h, []byte(v))
	}
	for _, v := range []sql.NullInt64{{Int64: s.version, Valid: true}, s.expires, s.notAfter, {Int64: s.updated, Valid: true}, {Valid: s.owed}} {
		if v.Valid {
			number(h, 1)
			number(h, v.Int64)
		} else {
			number(h, 0)
		}
	}
	field(h, s.body)
	return h.Sum(nil)
}

// request decodes the row.
func (s *stored) value() (r workflows.Request, err error) {
	err = json.Unmarshal(s.body, &r)
	r.Version = s.version
	return r, err
}

// digestOf is the SHA-256 of decisions, in order.
func digestOf(ds []workflows.Decision) []byte {
	h := sha256.New()
	for _, d := range ds {
		for _, v := range []string{d.By.Team, d.By.ID, string(d.Verdict), d.Hash, d.Reason} {
			field(h, []byte(v))
		}
		number(h, d.At.UnixMilli())
	}
	return h.Sum(nil)
}

// linked is a row of the audit record; link is nil where none was written with it.
type linked struct {
	workflows.Audit
	link *link
}

const linkedColumns = `id, at_ms, team, person, verb, subject, detail, mac, version, state, request, decisions`

func scanLinked(scan func(...any) error, more ...any) (a linked, mac []byte, err error) {
	var ms int64
	var version sql.NullInt64
	var state sql.NullString
	var l link
	err = scan(append([]any{&a.ID, &ms, &a.Actor.Team, &a.Actor.ID, &a.Verb, &a.Subject, &a.Detail, &mac,
		&version, &state, &l.request, &l.decisions}, more...)...)
	a.At, a.MAC = at(ms), hex.EncodeToString(mac)
	if version.Valid || state.Valid || l.request != nil || l.decisions != nil {
		l.version, l.state = version.Int64, state.String
		a.link = &l
	}
	return a, mac, err
}

// fits says which part of a stored request is not what the record has; "": all is.
func (l *link) fits(s *stored, ds []workflows.Decision) string {
	switch {
	case l == nil:
		return "storage.request-unrecorded"
	case !bytes.Equal(l.decisions, digestOf(ds)):
		return "storage.decisions-altered"
	case l.state != s.state:
		return "storage.state-altered"
	case l.version != s.version || !bytes.Equal(l.request, s.digest()):
		return "storage.request-altered"
	}
	return ""
}

// tampered is the error of whoever would act on what the record does not have.
func tampered(id string) error {
	return workflows.Refuse(workflows.Unable, "storage.tampered", "ID", id)
}

// proof is what a transaction knows of a request that the record has.
type proof struct {
	version   int64
	state     string
	row       []byte // digest
	decisions []workflows.Decision
}
