package storage

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"countersign/workflows"
)

// TestTodoBefore: what requesters had to do before the column for it was there is found.
func TestTodoBefore(t *testing.T) {
	ctx := context.Background()
	path := past(t, shipped()[:8])
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	own := workflows.Request{}.Spec
	own.OwnCSR = true
	asked := []workflows.Question{{Text: "which?", Answer: "this"}, {Text: "why?"}}
	was := map[string]workflows.Request{}
	for id, r := range map[string]workflows.Request{
		"asked":        {State: workflows.Submitted, Questions: asked, CSR: []byte("csr")},
		"asked, held":  {State: workflows.OnHold, Questions: asked, CSR: []byte("csr")},
		"asked, csr":   {State: workflows.Submitted, Questions: asked, Spec: own},
		"asked, ended": {State: workflows.Rejected, Questions: asked, CSR: []byte("csr")},
		"answered":     {State: workflows.Submitted, Questions: asked[:1], CSR: []byte("csr")},
		"csr":          {State: workflows.Submitted, Spec: own},
		"csr given":    {State: workflows.Submitted, Spec: own, CSR: []byte("csr")},
		"key":          {State: workflows.Submitted},
		"pending":      {State: workflows.Issuing, Pending: true},
		"signed":       {State: workflows.Issuing},
		"mismatch":     {State: workflows.Issuing, Pending: true, Mismatch: &workflows.Mismatch{}},
		"issued":       {State: workflows.Issued, Releases: []workflows.Release{{Accessor: "a"}}},
		"stolen":       {State: workflows.Issued, Releases: []workflows.Release{{}, {Alarm: &workflows.Alarm{Kind: workflows.ReportNotMe}}}},
		"revoking":     {State: workflows.Issued, Revoking: &workflows.Revocation{At: time.Now()}},
		"installed":    {State: workflows.Installed},
	} {
		r.ID = workflows.RequestID(id)
		was[id] = r
		body, err := encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`INSERT INTO requests (version, state, team, requester, batch, spki, product, updated_ms, body, id)
			VALUES (1, ?, 'T1', 'U1', '', '', '', 1, ?, ?)`, string(r.State), body, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate(ctx, db, path, shipped(), time.Now()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	r := reader{q: db}
	found := 0
	err := r.each(ctx, `SELECT id, todo FROM requests`, nil, func(rows *sql.Rows) error {
		var id, todo string
		err := rows.Scan(&id, &todo)
		if want := was[id].Todo(); string(want) != todo {
			t.Errorf("%s: %q, want %q", id, todo, want)
		} else if want != "" {
			found++
		}
		return err
	})
	if err != nil || found != 6 {
		t.Errorf("%d have something to do, %v", found, err)
	}
}
