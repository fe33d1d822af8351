package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"countersign/workflows"
)

// Request is workflows.Reader's.
func (r reader) Request(ctx context.Context, id workflows.RequestID) (workflows.Request, error) {
	return r.request(ctx, string(id), `SELECT version, body FROM requests WHERE id = ?`, string(id))
}

// RequestBySPKI is workflows.Reader's.
func (r reader) RequestBySPKI(ctx context.Context, spki string) (workflows.Request, error) {
	if spki == "" {
		return workflows.Request{}, workflows.Refuse(workflows.NotFound, "storage.no-request", "ID", "")
	}
	return r.request(ctx, spki, `SELECT version, body FROM requests WHERE spki = ? AND spki <> '' ORDER BY number DESC LIMIT 1`, spki)
}

func (r reader) request(ctx context.Context, what, query string, arg any) (workflows.Request, error) {
	var version int64
	var body []byte
	if err := r.row(ctx, "storage.no-request", what, query, []any{arg}, &version, &body); err != nil {
		return workflows.Request{}, err
	}
	one := make([]workflows.Request, 1)
	if err := json.Unmarshal(body, &one[0]); err != nil {
		return workflows.Request{}, err
	}
	one[0].Version = version
	if err := r.decisions(ctx, one); err != nil {
		return workflows.Request{}, err
	}
	return one[0], nil
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

func (w *writer) request(ctx context.Context, r workflows.Request) error {
	old := r.Version
	r.Version++
	body, err := encode(r)
	if err != nil {
		return err
	}
	if r.Updated.IsZero() {
		r.Updated = w.now
	}
	cols := []any{r.Version, string(r.State), r.Requester.Team, r.Requester.ID, r.Batch, r.SPKI, r.Spec.Profile,
		ms(r.Expires), ms(r.NotAfter), r.Updated.UnixMilli(), r.Owed(), body, string(r.ID)}
	if old == 0 {
		n, err := w.exec(ctx, `INSERT INTO requests
			(version, state, team, requester, batch, spki, product, expires_ms, not_after_ms, updated_ms, owed, body, id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`, cols...)
		if err != nil {
			return err
		}
		if n == 0 {
			return lost("storage.conflict", "ID", string(r.ID))
		}
		_, err = w.exec(ctx, `INSERT INTO request_words (number, words) SELECT number, ? FROM requests WHERE id = ?`, words(r), string(r.ID))
		return err
	}
	n, err := w.exec(ctx, `UPDATE requests SET version = ?, state = ?, team = ?, requester = ?, batch = ?, spki = ?, product = ?,
		expires_ms = ?, not_after_ms = ?, updated_ms = ?, owed = ?, body = ? WHERE id = ? AND version = ?`, append(cols, old)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return lost("storage.conflict", "ID", string(r.ID))
	}
	_, err = w.exec(ctx, `UPDATE request_words SET words = ?1 WHERE number = (SELECT number FROM requests WHERE id = ?2) AND words <> ?1`,
		words(r), string(r.ID))
	return err
}

// words is what a search looks in.
func words(r workflows.Request) string {
	var b strings.Builder
	line := func(s string) {
		if s != "" {
			b.WriteString(strings.ToLower(s))
			b.WriteByte('\n')
		}
	}
	line(string(r.ID))
	line(r.Spec.Profile)
	line(r.Deployment.Name)
	line(r.Spec.CommonName)
	seen := map[string]bool{r.Spec.CommonName: true, r.Deployment.Name: true}
	for _, n := range r.Spec.Names {
		if !seen[n.Value] {
			seen[n.Value] = true
			line(n.Value)
		}
	}
	for _, n := range r.Spec.For {
		if !seen[n] {
			seen[n] = true
			line(n)
		}
	}
	return b.String()
}

func (w *writer) decision(ctx context.Context, d workflows.Decision) error {
	if d.At.IsZero() {
		d.At = w.now
	}
	// A final verdict of the same person on the same hash is the only thing that can collide.
	n, err := w.exec(ctx, `INSERT INTO decisions (request, team, person, verdict, hash, reason, at_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		string(d.Request), d.By.Team, d.By.ID, string(d.Verdict), d.Hash, d.Reason, d.At.UnixMilli())
	if err != nil {
		return err
	}
	if n == 0 {
		return lost("storage.decided", "ID", string(d.Request))
	}
	return nil
}
