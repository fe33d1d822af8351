package storage

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// TestNamesBefore: what was in use before its names were kept is found by them.
func TestNamesBefore(t *testing.T) {
	ctx := context.Background()
	path := past(t, shipped()[:7])
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	for id, state := range map[string]workflows.State{"in use": workflows.Installed, "ended": workflows.Superseded} {
		r := workflows.Request{ID: workflows.RequestID(id), State: state, NotAfter: time.Now().Add(time.Hour)}
		r.Spec.CommonName, r.Spec.Names = "cluster", []certs.Name{{Type: certs.DNS, Value: "a"}, {Type: certs.DNS, Value: "b"}}
		body, err := encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`INSERT INTO requests (version, state, team, requester, batch, spki, product, not_after_ms, updated_ms, body, id)
			VALUES (1, ?, 'T1', 'U1', '', '', 'web', ?, 1, ?, ?)`, string(state), r.NotAfter.UnixMilli(), body, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate(ctx, db, path, shipped(), time.Now()); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	d, err := OpenReadOnly(ctx, Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	list, err := workflows.Read(ctx, d, func(rd workflows.Reader) ([]workflows.Request, error) {
		return rd.InUse(ctx, "web", []string{"a", "b", "cluster"}, time.Now())
	})
	if err != nil || len(list) != 1 || list[0].ID != "in use" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestPlanOfInUse: what is in use is found by indexes alone.
func TestPlanOfInUse(t *testing.T) {
	ctx := context.Background()
	d := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	err := reader{q: d.reader}.each(ctx, "EXPLAIN QUERY PLAN "+allNamesInUse, []any{"a", "web", 1, "[]", 20}, func(rows *sql.Rows) error {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		if strings.HasPrefix(step, "SCAN") && !strings.HasPrefix(step, "SCAN j ") || strings.Contains(step, "TEMP B-TREE") {
			t.Error(step)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
