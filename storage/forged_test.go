package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"countersign/workflows"
)

var bob = workflows.Person{Team: "T1", ID: "U-BOB"}

// decided makes a database with two requests, decisions on the first and a certificate
// on the second, and gives where it is and, as it was before the last change, a copy.
func decided(t *testing.T) (path, older string) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	path, older = filepath.Join(dir, "x.db"), filepath.Join(dir, "older.db")
	d := openAt(t, path)
	for _, receipt := range []string{"a", "b"} {
		if err := interaction(ctx, d, receipt); err != nil {
			t.Fatal(err)
		}
	}
	change := func(id workflows.RequestID, do func(*workflows.Request), ds ...workflows.Decision) {
		t.Helper()
		err := d.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
			r, err := rd.Request(ctx, id)
			do(&r)
			return workflows.Change{Requests: []workflows.Request{r}, Decisions: ds}, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	change("REQ-1", func(*workflows.Request) {}, workflows.Decision{Request: "REQ-1", By: bob, Verdict: workflows.Hold, Hash: "h1", Reason: "先確認域名"})
	if err := d.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		r, err := rd.Request(ctx, "REQ-2")
		r.State, r.Cert = workflows.Issued, []byte("certificate")
		return workflows.Change{Requests: []workflows.Request{r}, Audit: []workflows.Audit{{Actor: workflows.Robot, Verb: "issued", Subject: "REQ-2",
			Detail: `{"sha256":"` + fmt.Sprintf("%x", sha256.Sum256(r.Cert)) + `"}`}}}, err
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(ctx, older); err != nil {
		t.Fatal(err)
	}
	change("REQ-1", func(r *workflows.Request) { r.State = workflows.Rejected }, workflows.Decision{Request: "REQ-1", By: bob, Verdict: workflows.Reject, Hash: "h1", Reason: "不行"})
	change("REQ-2", func(r *workflows.Request) { r.State = workflows.Revoked })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path, older
}

// Whoever can write the file makes no request, no state and no decision: nothing can
// be done on what the record does not have, and everything that differs is named.
func TestForged(t *testing.T) {
	ctx := context.Background()
	const insert = `INSERT INTO decisions (request, team, person, verdict, hash, reason, at_ms) VALUES `
	for name, x := range map[string]struct {
		do    []string
		id    workflows.RequestID // that must be refused
		named []string
	}{
		"nothing":                 {nil, "", nil},
		"a decision more":         {[]string{insert + `('REQ-1', 'T1', 'U-EVE', 'approve', 'h1', '', 1)`}, "REQ-1", []string{"storage.decision-unrecorded"}},
		"the same decision again": {[]string{insert + `('REQ-1', 'T1', 'U-BOB', 'hold', 'h1', '', 1)`}, "REQ-1", []string{"storage.decision-unrecorded"}},
		"decision and state": {[]string{insert + `('REQ-2', 'T1', 'U-BOB', 'approve', 'h', '', 1)`,
			`UPDATE requests SET state = 'approved', body = json_set(body, '$.state', 'approved') WHERE id = 'REQ-2'`,
			`INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind) VALUES ('forged', 'work', 'REQ-2', 'issue', '{"request":"REQ-2"}', 1, 1, 0)`},
			"REQ-2", []string{"storage.decision-unrecorded", "storage.effect-forged"}},
		"a decision less":     {[]string{`DELETE FROM decisions WHERE verdict = 'reject'`}, "REQ-1", []string{"storage.decision-missing"}},
		"all decisions gone":  {[]string{`DELETE FROM decisions`}, "REQ-1", []string{"storage.decision-missing", "storage.decision-missing"}},
		"another person":      {[]string{`UPDATE decisions SET person = 'U-EVE' WHERE verdict = 'reject'`}, "REQ-1", []string{"storage.decision-unrecorded", "storage.decision-missing"}},
		"another reason":      {[]string{`UPDATE decisions SET reason = '可以' WHERE verdict = 'reject'`}, "REQ-1", []string{"storage.decisions-altered"}},
		"in another order":    {[]string{`UPDATE decisions SET id = id + 10 WHERE verdict = 'hold'`}, "REQ-1", []string{"storage.decisions-altered"}},
		"moved to another":    {[]string{`UPDATE decisions SET request = 'REQ-2' WHERE verdict = 'reject'`}, "REQ-2", []string{"storage.decision-missing", "storage.decision-unrecorded"}},
		"state":               {[]string{`UPDATE requests SET state = 'approved', body = json_set(body, '$.state', 'approved') WHERE id = 'REQ-1'`}, "REQ-1", []string{"storage.state-altered"}},
		"state in its column": {[]string{`UPDATE requests SET state = 'submitted' WHERE id = 'REQ-1'`}, "REQ-1", []string{"storage.state-altered"}},
		"state in its body":   {[]string{`UPDATE requests SET body = json_set(body, '$.state', 'approved') WHERE id = 'REQ-1'`}, "REQ-1", []string{"storage.request-altered"}},
		"names":               {[]string{`UPDATE requests SET body = replace(body, 'example.com', 'evil.example') WHERE id = 'REQ-1'`}, "REQ-1", []string{"storage.request-altered"}},
		"key":                 {[]string{`UPDATE requests SET spki = 'ff' WHERE id = 'REQ-1'`}, "REQ-1", []string{"storage.request-altered"}},
		"version":             {[]string{`UPDATE requests SET version = 2 WHERE id = 'REQ-1'`}, "REQ-1", []string{"storage.request-altered"}},
		"certificate":         {[]string{`UPDATE requests SET body = json_set(body, '$.cert', 'AAAA') WHERE id = 'REQ-2'`}, "REQ-2", []string{"storage.certificate-altered"}},
		"bodies swapped": {[]string{`CREATE TEMP TABLE b AS SELECT id, body FROM requests`, `UPDATE requests SET body = (SELECT body FROM b WHERE b.id <> requests.id)`},
			"REQ-1", []string{"storage.certificate-altered", "storage.request-altered"}},
		"rolled back": {[]string{`REPLACE INTO requests SELECT * FROM older.requests WHERE id = 'REQ-2'`}, "REQ-2", []string{"storage.state-altered"}},
		"rolled back, decision too": {[]string{`DELETE FROM decisions WHERE verdict = 'reject'`, `REPLACE INTO requests SELECT * FROM older.requests WHERE id = 'REQ-1'`},
			"REQ-1", []string{"storage.decision-missing"}},
		"a request more": {[]string{`INSERT INTO requests SELECT 9, 'REQ-9', version, state, team, requester, batch, spki, product, expires_ms, not_after_ms, updated_ms,
			replace(body, 'REQ-1', 'REQ-9'), owed, policy, awaits, todo FROM requests WHERE id = 'REQ-1'`}, "REQ-9", []string{"storage.request-unrecorded"}},
		"a request less":      {[]string{`DELETE FROM decisions`, `DELETE FROM request_words WHERE number = 1`, `DELETE FROM requests WHERE id = 'REQ-1'`}, "", []string{"storage.decision-orphan", "storage.request-missing"}[1:]},
		"decision on nothing": {[]string{insert + `('REQ-7', 'T1', 'U-BOB', 'approve', 'h', '', 1)`}, "", []string{"storage.decision-orphan"}},
	} {
		t.Run(name, func(t *testing.T) {
			path, older := decided(t)
			forge(t, path, older, x.do...)
			d, err := OpenReadOnly(ctx, Options{Path: path, AuditKey: testKey()})
			if err != nil {
				t.Fatal(err)
			}
			report, err := d.VerifyAudit(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var named []string
			for _, text := range report.Faults() {
				named = append(named, text.Key)
			}
			if !slices.Equal(named, x.named) || (report.Bad != nil) != (len(x.named) > 0) {
				t.Errorf("verify names %q, want %q", named, x.named)
			}
			backup := filepath.Join(t.TempDir(), "backup.db")
			if err := d.Backup(ctx, backup); err != nil {
				t.Fatal(err)
			}
			_ = d.Close()
			if _, err := Restore(ctx, backup, filepath.Join(t.TempDir(), "new.db"), testKey()); (err != nil) != (len(x.named) > 0) {
				t.Errorf("restore: %v", err)
			}

			w := openAt(t, path)
			for _, id := range []workflows.RequestID{"REQ-1", "REQ-2", x.id} {
				err := w.View(ctx, func(rd workflows.Reader) error { _, err := rd.Request(ctx, id); return err })
				if id == x.id && id != "" && keyOf(err) != "storage.tampered" || x.named == nil && id != "" && err != nil {
					t.Errorf("reading %s: %v", id, err)
				}
			}
			if x.id == "" {
				return
			}
			// Nor can it be written without being read, which would put it into the record.
			for what, c := range map[string]workflows.Change{
				"decision": {Decisions: []workflows.Decision{{Request: x.id, By: bob, Verdict: workflows.Hold, Hash: "h"}}},
				"request":  {Requests: []workflows.Request{{ID: x.id, Version: version(t, w, x.id), State: workflows.Issued, Requester: ann}}},
			} {
				err := w.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return c, nil })
				if keyOf(err) != "storage.tampered" {
					t.Errorf("writing a %s: %v", what, err)
				}
			}
		})
	}
}

func version(t *testing.T, d *DB, id workflows.RequestID) (n int64) {
	t.Helper()
	if err := d.reader.QueryRow(`SELECT version FROM requests WHERE id = ?`, string(id)).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// forge does what somebody does who can write the file.
func forge(t *testing.T, path, older string, statements ...string) {
	t.Helper()
	db := sql.OpenDB(connector{dsn: "file:" + path + "?_foreign_keys=off"})
	db.SetMaxOpenConns(1)
	defer func() { _ = db.Close() }()
	for _, trigger := range []string{"decisions_no_update", "decisions_no_delete", "decisions_no_replace", "audit_no_update", "audit_no_delete", "audit_no_replace"} {
		statements = append([]string{`DROP TRIGGER IF EXISTS ` + trigger}, statements...)
	}
	if older != "" {
		statements = append([]string{`ATTACH '` + older + `' AS older`}, statements...)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// A request rolled back together with the newest rows and an older head is another
// database: this process knows the head that it left.
func TestHeadOfBefore(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	if err := interaction(ctx, d, "a"); err != nil {
		t.Fatal(err)
	}
	older := filepath.Join(t.TempDir(), "older.db")
	if err := d.Backup(ctx, older); err != nil {
		t.Fatal(err)
	}
	if err := interaction(ctx, d, "b"); err != nil {
		t.Fatal(err)
	}
	forge(t, path, older, `DELETE FROM audit WHERE id > 1`, `REPLACE INTO audit_head SELECT * FROM older.audit_head`)
	if err := interaction(ctx, d, "c"); keyOf(err) != "storage.audit-head" {
		t.Errorf("with the head of before: %v", err)
	}
}

// Whoever knows how the digests are made alters the row of the record as well.
func TestForgedRow(t *testing.T) {
	ctx := context.Background()
	path, _ := decided(t)
	d := openAt(t, path)
	var r workflows.Request
	if err := d.View(ctx, func(rd workflows.Reader) (err error) { r, err = rd.Request(ctx, "REQ-1"); return err }); err != nil {
		t.Fatal(err)
	}
	var s stored
	if err := d.reader.QueryRow(`SELECT ` + storedColumns + ` FROM requests AS r WHERE r.id = 'REQ-1'`).Scan(s.fields()...); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	forged := append(r.Decisions, workflows.Decision{By: ann, Verdict: workflows.Approve, Hash: "h1", At: at(1)})
	s.state, s.body = "approved", bytes.Replace(s.body, []byte(`"state":"rejected"`), []byte(`"state":"approved"`), 1)
	const last = ` WHERE id = (SELECT max(id) FROM audit WHERE subject = 'REQ-1')`
	for name, statements := range map[string][]string{
		"decisions": {`INSERT INTO decisions (request, team, person, verdict, hash, reason, at_ms) VALUES ('REQ-1', 'T1', 'U-ANN', 'approve', 'h1', '', 1)`,
			fmt.Sprintf(`UPDATE audit SET decisions = x'%x'`, digestOf(forged)) + last},
		"request": {`UPDATE requests SET state = 'approved', body = replace(body, '"state":"rejected"', '"state":"approved"') WHERE id = 'REQ-1'`,
			fmt.Sprintf(`UPDATE audit SET state = 'approved', request = x'%x'`, s.digest()) + last},
		"a row for it": {`UPDATE requests SET state = 'approved', body = replace(body, '"state":"rejected"', '"state":"approved"') WHERE id = 'REQ-1'`,
			fmt.Sprintf(`INSERT INTO audit SELECT id + 100, at_ms, team, person, verb, subject, detail, mac, version, 'approved', x'%x', decisions FROM audit`, s.digest()) + last},
	} {
		copied := filepath.Join(t.TempDir(), "x.db")
		copyTo(t, path, copied)
		forge(t, copied, "", statements...)
		d := openAt(t, copied)
		err := d.View(ctx, func(rd workflows.Reader) error { _, err := rd.Request(ctx, "REQ-1"); return err })
		if keyOf(err) != "storage.tampered" {
			t.Errorf("%s: read, %v", name, err)
		}
		if report, err := d.VerifyAudit(ctx); err != nil || report.Bad == nil || report.Bad.ID == 0 {
			t.Errorf("%s: %+v, %v", name, report.Bad, err)
		}
	}
}

// A number that the record has and the table has no more is not given again.
func TestNumberOfOneThatIsGone(t *testing.T) {
	ctx := context.Background()
	path, _ := decided(t)
	forge(t, path, "", `DELETE FROM decisions`, `DELETE FROM request_words`, `DELETE FROM requests`, `UPDATE sequence SET value = 0`)
	d := openAt(t, path)
	if err := interaction(ctx, d, "c"); keyOf(err) != "storage.tampered" {
		t.Errorf("REQ-1 again: %v", err)
	}
}

// A decision is a row of the record, whatever the caller records.
func TestEveryDecisionHasItsRow(t *testing.T) {
	ctx := context.Background()
	d := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	if err := interaction(ctx, d, "a"); err != nil {
		t.Fatal(err)
	}
	decision := workflows.Decision{Request: "REQ-1", By: bob, Verdict: workflows.Approve, Hash: "h"}
	for _, rows := range [][]workflows.Audit{nil,
		{{Actor: ann, Verb: "approve", Subject: "REQ-1", Detail: `{"hash":"h"}`}},
		{{Actor: bob, Verb: "approve", Subject: "REQ-1", Detail: `{"hash":"g"}`}},
		{{Actor: bob, Verb: "hold", Subject: "REQ-1", Detail: `{"hash":"h"}`}},
		{{Actor: bob, Verb: "approve", Subject: "REQ-2", Detail: `{"hash":"h"}`}},
		{{Actor: bob, Verb: "approve", Subject: "REQ-1"}}} {
		undo := errors.New("undo")
		err := d.write(ctx, durable, func(ctx context.Context, w *writer) error {
			if err := w.change(ctx, workflows.Change{Decisions: []workflows.Decision{decision}, Audit: rows}); err != nil {
				return err
			}
			list, err := w.reader().Audit(ctx, "REQ-1", 1, 10)
			if err != nil || !slices.ContainsFunc(list, func(a workflows.Audit) bool { return saysDecision(a, decision) }) {
				t.Errorf("beside %+v: %+v, %v", rows, list, err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Error(err)
		}
	}
}
