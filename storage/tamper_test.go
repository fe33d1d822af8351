package storage

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"countersign/workflows"
)

// record makes a database with an audit record of 12 rows and closes it.
func record(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	for i := range 12 {
		if err := d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Audit: []workflows.Audit{{Actor: ann, Verb: "approve", Subject: fmt.Sprint("REQ-", i), Detail: `{"hash":"aa"}`}}}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// The suite cannot see this: no port offers it.
func TestAuditIsAppendOnly(t *testing.T) {
	db := sql.OpenDB(connector{dsn: dsn(record(t), writing)})
	defer func() { _ = db.Close() }()
	for _, s := range []string{`UPDATE audit SET person = 'x'`, `DELETE FROM audit WHERE id = 12`,
		`INSERT OR REPLACE INTO audit SELECT id, at_ms, team, 'x', verb, subject, detail, mac, version, state, request, decisions FROM audit WHERE id = 3`} {
		if _, err := db.Exec(s); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v, want a refusal", s, err)
		}
	}
}

// Somebody who can write to the file takes the triggers away first. Without the key
// nothing that they then do goes unseen.
func TestTampering(t *testing.T) {
	ctx := context.Background()
	const head = `UPDATE audit_head SET id = %[1]d, mac = (SELECT mac FROM audit WHERE id = %[1]d)`
	for name, x := range map[string]struct {
		do   []string
		id   int64
		key  string
		open string // what Open says
	}{
		"nothing":           {nil, 0, "", ""},
		"person":            {[]string{`UPDATE audit SET person = 'x' WHERE id = 5`}, 5, "storage.audit-altered", ""},
		"time":              {[]string{`UPDATE audit SET at_ms = at_ms + 1 WHERE id = 1`}, 1, "storage.audit-altered", ""},
		"detail to subject": {[]string{`UPDATE audit SET subject = subject || detail, detail = '' WHERE id = 7`}, 7, "storage.audit-altered", ""},
		"mac":               {[]string{`UPDATE audit SET mac = zeroblob(32) WHERE id = 9`}, 9, "storage.audit-altered", ""},
		"last":              {[]string{`UPDATE audit SET verb = 'reject' WHERE id = 12`}, 12, "storage.audit-altered", ""},
		"swapped": {[]string{`UPDATE audit SET id = 100 WHERE id = 3`, `UPDATE audit SET id = 3 WHERE id = 4`,
			`UPDATE audit SET id = 4 WHERE id = 100`}, 3, "storage.audit-altered", ""},
		"one gone":        {[]string{`DELETE FROM audit WHERE id = 6`}, 6, "storage.audit-missing", ""},
		"first gone":      {[]string{`DELETE FROM audit WHERE id = 1`}, 1, "storage.audit-missing", ""},
		"closed the gap":  {[]string{`DELETE FROM audit WHERE id = 6`, `UPDATE audit SET id = id - 1 WHERE id > 6`}, 6, "storage.audit-altered", ""},
		"cut off":         {[]string{`DELETE FROM audit WHERE id > 10`}, 11, "storage.audit-truncated", ""},
		"all gone":        {[]string{`DELETE FROM audit`}, 1, "storage.audit-truncated", ""},
		"cut, head moved": {[]string{`DELETE FROM audit WHERE id > 10`, fmt.Sprintf(head, 10)}, 10, "storage.audit-head", "storage.audit-key"},
		"head gone":       {[]string{`DELETE FROM audit_head`}, 12, "storage.audit-head", "storage.audit-key"},
		"forged row": {[]string{`INSERT INTO audit SELECT 13, at_ms, team, person, verb, subject, detail, mac, version, state, request, decisions FROM audit WHERE id = 12`},
			13, "storage.audit-altered", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := record(t)
			db := sql.OpenDB(connector{dsn: dsn(path, writing)})
			for _, s := range append([]string{`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`}, x.do...) {
				if _, err := db.Exec(s); err != nil {
					t.Fatalf("%s: %v", s, err)
				}
			}
			_ = db.Close()
			ro, err := OpenReadOnly(ctx, Options{Path: path, AuditKey: testKey()})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = ro.Close() }()
			report, err := ro.VerifyAudit(ctx)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case x.key == "" && report.Bad != nil, x.key != "" && report.Bad == nil:
				t.Errorf("report %+v", report)
			case x.key != "" && (report.Bad.ID != x.id || report.Bad.Text.Key != x.key):
				t.Errorf("bad %+v, want row %d, %s", report.Bad, x.id, x.key)
			}
			d, err := Open(ctx, Options{Path: path, AuditKey: testKey()})
			if keyOf(err) != x.open {
				t.Errorf("open: %v, want %q", err, x.open)
			}
			if err == nil {
				_ = d.Close()
			}
		})
	}
}

// A row that was written with the same key, but after other rows, does not fit.
func TestRowOfAnotherRecord(t *testing.T) {
	ctx := context.Background()
	path, other := record(t), record(t)
	forge(t, path, other, `REPLACE INTO audit SELECT * FROM older.audit WHERE id = 5`)
	d, err := OpenReadOnly(ctx, Options{Path: path, AuditKey: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if report, err := d.VerifyAudit(ctx); err != nil || report.Bad == nil || report.Bad.ID != 5 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestAnotherAuditKey(t *testing.T) {
	ctx := context.Background()
	path := record(t)
	other := Options{Path: path, AuditKey: []byte("ffffffffffffffffffffffffffffffff")}
	if _, err := Open(ctx, other); keyOf(err) != "storage.audit-key" {
		t.Errorf("open: %v", err)
	}
	ro, err := OpenReadOnly(ctx, other)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ro.Close() }()
	if _, err := ro.VerifyAudit(ctx); keyOf(err) != "storage.audit-key" {
		t.Errorf("verify: %v", err)
	}
	openAt(t, path) // with the right one nothing has changed
}

func TestDecisionsAreAppendOnly(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	if err := interaction(ctx, d, "a"); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Decisions: []workflows.Decision{{Request: "REQ-1", By: ann, Verdict: workflows.Reject, Hash: "h"}}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector{dsn: dsn(path, writing)})
	defer func() { _ = db.Close() }()
	for _, s := range []string{`UPDATE decisions SET verdict = 'approve'`, `DELETE FROM decisions`,
		`INSERT OR REPLACE INTO decisions SELECT id, request, team, person, 'approve', hash, reason, at_ms FROM decisions`,
		`INSERT OR REPLACE INTO decisions SELECT NULL, request, team, person, 'approve', hash, reason, at_ms FROM decisions`} {
		_, _ = db.Exec(s) // refused or ignored
		var verdicts string
		if err := db.QueryRow(`SELECT group_concat(verdict) FROM decisions`).Scan(&verdicts); err != nil || verdicts != "reject" {
			t.Errorf("%s: now %q, %v", s, verdicts, err)
		}
	}
}
