package storage

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"countersign/workflows"
)

// Request is workflows.Reader's. One that the record does not have as it is stored is
// an Error: nothing is decided, signed or handed over on it.
func (r reader) Request(ctx context.Context, id workflows.RequestID) (workflows.Request, error) {
	x, _, err := r.request(ctx, string(id), `SELECT `+storedColumns+` FROM requests AS r WHERE r.id = ?`, string(id))
	return x, err
}

// RequestBySPKI is workflows.Reader's.
func (r reader) RequestBySPKI(ctx context.Context, spki string) (workflows.Request, error) {
	if spki == "" {
		return workflows.Request{}, workflows.Refuse(workflows.NotFound, "storage.no-request", "ID", "")
	}
	x, _, err := r.request(ctx, spki, `SELECT `+storedColumns+` FROM requests AS r WHERE r.spki = ? AND r.spki <> ''
		ORDER BY CASE WHEN r.state = 'issuing' THEN 0 WHEN r.state IN ('issued', 'installed', 'superseded', 'revoked') THEN 1
			WHEN r.state IN ('rejected', 'cancelled', 'expired', 'failed') THEN 3 ELSE 2 END, r.number DESC LIMIT 1`, spki)
	return x, err
}

func (r reader) request(ctx context.Context, what, query string, arg any) (workflows.Request, *proof, error) {
	var s stored
	if err := r.row(ctx, "storage.no-request", what, query, []any{arg}, s.fields()...); err != nil {
		return workflows.Request{}, nil, err
	}
	x, err := s.value()
	if err != nil {
		return workflows.Request{}, nil, err
	}
	one := []workflows.Request{x}
	if err := r.decisions(ctx, one); err != nil {
		return workflows.Request{}, nil, err
	}
	if len(r.key) == 0 { // a tool that reads without the key; it acts on nothing
		return one[0], nil, nil
	}
	ctx, err = r.calm(ctx)
	if err != nil {
		return workflows.Request{}, nil, err
	}
	l, err := newest(ctx, r.q, r.key, s.id)
	if err != nil {
		return workflows.Request{}, nil, err
	}
	if l.fits(&s, one[0].Decisions) != "" || string(one[0].ID) != s.id {
		return workflows.Request{}, nil, tampered(s.id)
	}
	p := &proof{version: s.version, state: s.state, row: l.request, decisions: one[0].Decisions}
	if r.proven != nil {
		r.proven[s.id] = p
	}
	return one[0], p, nil
}

// decisions fills in those of all of rs with one query.
func (r reader) decisions(ctx context.Context, rs []workflows.Request) error {
	if len(rs) == 0 {
		return nil
	}
	index := make(map[workflows.RequestID]int, len(rs))
	ids := make([]string, len(rs))
	for i, x := range rs {
		index[x.ID], ids[i] = i, string(x.ID)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return r.each(ctx, `SELECT request, team, person, verdict, hash, reason, at_ms FROM decisions
		WHERE request IN (SELECT value FROM json_each(?)) ORDER BY id`, []any{string(list)}, func(rows *sql.Rows) error {
		var d workflows.Decision
		var ms int64
		if err := rows.Scan(&d.Request, &d.By.Team, &d.By.ID, &d.Verdict, &d.Hash, &d.Reason, &ms); err != nil {
			return err
		}
		d.At = at(ms)
		i := index[d.Request]
		rs[i].Decisions = append(rs[i].Decisions, d)
		return nil
	})
}

// prove gives what the record has of a request, read before or now.
func (w *writer) prove(ctx context.Context, id workflows.RequestID) (*proof, error) {
	if p, ok := w.proven[string(id)]; ok {
		return p, nil
	}
	_, p, err := w.reader().request(ctx, string(id), `SELECT `+storedColumns+` FROM requests AS r WHERE r.id = ?`, string(id))
	return p, err
}

func (w *writer) request(ctx context.Context, r workflows.Request) error {
	old := r.Version
	r.Version++
	if r.Updated.IsZero() {
		r.Updated = w.now
	}
	s, err := rowOf(r)
	if err != nil {
		return err
	}
	p := &proof{}
	if old > 0 {
		// What was read outside this transaction, or in a list, is not proven yet.
		if p, err = w.prove(ctx, r.ID); workflows.CodeOf(err) == workflows.NotFound {
			return lost("storage.conflict", "ID", s.id)
		} else if err != nil {
			return err
		}
	}
	before := p.state
	p.version, p.state, p.row = s.version, s.state, s.digest()
	err = w.versioned(ctx, old, s.id,
		`INSERT INTO requests
		(version, state, team, requester, batch, spki, product, policy, awaits, expires_ms, not_after_ms, updated_ms, owed, todo, body, id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		`UPDATE requests SET version = ?, state = ?, team = ?, requester = ?, batch = ?, spki = ?, product = ?, policy = ?,
		awaits = ?, expires_ms = ?, not_after_ms = ?, updated_ms = ?, owed = ?, todo = ?, body = ? WHERE id = ? AND version = ?`,
		s.version, s.state, s.team, s.requester, s.batch, s.spki, s.product, s.policy, s.awaits,
		s.expires, s.notAfter, s.updated, s.owed, string(r.Todo()), string(s.body), s.id)
	if err != nil {
		return err
	}
	search := `UPDATE request_words SET words = ?1 WHERE number = (SELECT number FROM requests WHERE id = ?2) AND words <> ?1`
	if old == 0 {
		if l, err := newest(ctx, w.tx, w.auditKey, s.id); err != nil || l != nil {
			return errors.Join(err, tampered(s.id)) // the record has one of that number, which is gone
		}
		search = `INSERT INTO request_words (number, words) SELECT number, ?1 FROM requests WHERE id = ?2`
	}
	w.link(s.id, p)
	if _, err = w.exec(ctx, search, words(r), s.id); err != nil {
		return err
	}
	return w.names(ctx, r, before)
}

// link has the record say of a request what p says.
func (w *writer) link(id string, p *proof) {
	w.proven[id] = p
	if !slices.Contains(w.changed, id) {
		w.changed = append(w.changed, id)
	}
}

// words is what a search looks in.
func words(r workflows.Request) string {
	list := []string{string(r.ID), r.Spec.Profile, r.Deployment.Name, r.Spec.CommonName}
	for _, n := range r.Spec.Names {
		list = append(list, n.Value)
	}
	var b strings.Builder
	seen := map[string]bool{"": true}
	for _, s := range append(list, r.Spec.For...) {
		if !seen[s] {
			seen[s] = true
			b.WriteString(strings.ToLower(s) + "\n")
		}
	}
	return b.String()
}

// decision adds d, and gives it as it was added.
func (w *writer) decision(ctx context.Context, d workflows.Decision) (workflows.Decision, error) {
	if d.At.IsZero() {
		d.At = w.now
	}
	p, err := w.prove(ctx, d.Request)
	if err != nil {
		return d, err
	}
	// A final verdict of the same person on the same hash is the only thing that can collide.
	n, err := w.exec(ctx, `INSERT INTO decisions (request, team, person, verdict, hash, reason, at_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		string(d.Request), d.By.Team, d.By.ID, string(d.Verdict), d.Hash, d.Reason, d.At.UnixMilli())
	if err != nil {
		return d, err
	}
	if n == 0 {
		return d, lost("storage.decided", "ID", string(d.Request))
	}
	p.decisions = append(slices.Clip(p.decisions), d)
	w.link(string(d.Request), p)
	return d, nil
}

// NextRequest is workflows.Reader's. A number is used up only if the Update commits, and
// is never above the Bound.
func (r reader) NextRequest(ctx context.Context) (int64, error) {
	if !r.writes {
		return 0, errors.New("storage: NextRequest outside Update")
	}
	var n int64
	err := r.row(ctx, "storage.no-setting", "request", `UPDATE sequence SET value = value + 1 WHERE name = 'request' RETURNING value`, nil, &n)
	if err == nil && n > r.bound {
		return 0, workflows.Refuse(workflows.Unable, "storage.no-number")
	}
	return n, err
}

// newest reads what the record says last of a request, and checks the MAC of that row
// with key. nil: nothing.
func newest(ctx context.Context, q querier, key []byte, id string) (*link, error) {
	var before []byte
	a, mac, err := scanLinked(q.QueryRowContext(ctx, `SELECT `+linkedColumns+`, (SELECT mac FROM audit AS b WHERE b.id = a.id - 1)
		FROM audit AS a WHERE subject = ? AND version IS NOT NULL ORDER BY id DESC LIMIT 1`, id).Scan, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(mac, rowMAC(key, before, a)) {
		return nil, tampered(id)
	}
	return a.link, nil
}
