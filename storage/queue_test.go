package storage

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

// saidBy is an effect that does in a person's name what she wrote.
func saidBy(key, person string) workflows.Effect {
	return workflows.Effect{Key: key, Lane: workflows.Work, Subject: "T1/" + person, Kind: "direct", Body: []byte(`{"person":"` + person + `","said":"` + key + `"}`)}
}

// queueOf makes a database with one effect done, one buried, one without a body done, two
// pending ones of Ann and one of Bob.
func queueOf(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	d := openAt(t, path)
	queue := func(effects ...workflows.Effect) {
		t.Helper()
		if err := d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Effects: effects, Audit: []workflows.Audit{{Actor: ann, Verb: "said", Subject: "x"}}}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	empty := saidBy("empty", "ANN")
	empty.Body = nil
	queue(saidBy("done", "ANN"), saidBy("buried", "ANN"), empty)
	for _, end := range []func(e workflows.Effect) error{
		func(e workflows.Effect) error {
			return d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil })
		},
		func(e workflows.Effect) error { return d.Bury(ctx, e, "r", workflows.Change{}) },
		func(e workflows.Effect) error {
			return d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil })
		},
	} {
		e, ok, err := d.Claim(ctx, workflows.Work, time.Minute)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := end(e); err != nil {
			t.Fatal(err)
		}
	}
	queue(saidBy("first", "ANN"), saidBy("second", "ANN"), saidBy("other", "BOB"))
	// What a retry changes, the MAC does not cover.
	e, _, err := d.Claim(ctx, workflows.Work, time.Minute)
	if err == nil {
		err = d.Retry(ctx, e, e.Due, "again")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Whoever can write the file has nothing done in a person's name: what was not queued
// as it stands is named, buried, recorded and told, and the rest is done.
func TestForgedEffect(t *testing.T) {
	ctx := context.Background()
	const columns, pend = `key, lane, subject, kind, body, due_ms, wake_ms, behind`, `UPDATE outbox SET done_ms = NULL, buried = 0, wake_ms = 1`
	all := []string{"first", "other", "second"}
	for name, x := range map[string]struct {
		do   []string
		left []string
	}{
		"nothing":                          {nil, all},
		"inserted":                         {[]string{`INSERT INTO outbox (` + columns + `) VALUES ('forged', 'work', 'T1/ANN', 'direct', '{"person":"ANN","said":"evil"}', 1, 1, 0)`}, all},
		"inserted with the MAC of another": {[]string{`INSERT INTO outbox (` + columns + `, mac) SELECT 'forged', 'work', 'T1/ANN', 'direct', '{"person":"ANN"}', 1, 1, 0, mac FROM outbox WHERE key = 'first'`}, all},
		"replayed under a new key":         {[]string{`INSERT INTO outbox (` + columns + `, mac) SELECT 'forged', lane, subject, kind, body, due_ms, 1, 0, mac FROM outbox WHERE key = 'first'`}, all},
		"under another number":             {[]string{`UPDATE outbox SET id = 99 WHERE key = 'first'`}, all[1:]},
		"body":                             {[]string{`UPDATE outbox SET body = json_set(body, '$.said', 'evil') WHERE key = 'first'`}, all[1:]},
		"person":                           {[]string{`UPDATE outbox SET body = replace(body, 'BOB', 'ANN') WHERE key = 'other'`}, []string{"first", "second"}},
		"subject":                          {[]string{`UPDATE outbox SET subject = 'T1/ANN', behind = 0 WHERE key = 'other'`}, []string{"first", "second"}},
		"kind":                             {[]string{`UPDATE outbox SET kind = 'issue' WHERE key = 'first'`}, all[1:]},
		"lane":                             {[]string{`UPDATE outbox SET lane = 'notify' WHERE key = 'other'`}, []string{"first", "second"}},
		"due":                              {[]string{`UPDATE outbox SET due_ms = due_ms + 1 WHERE key = 'first'`}, all[1:]},
		"the border between two fields":    {[]string{`UPDATE outbox SET subject = substr(subject, 1, length(subject) - 1), kind = substr(subject, -1) || kind WHERE key = 'other'`}, []string{"first", "second"}},
		"another's MAC":                    {[]string{`UPDATE outbox SET mac = x'00' WHERE key = 'other'`}, []string{"first", "second"}},
		"done, pending again":              {[]string{pend + `, body = '{"person":"ANN","said":"done"}' WHERE key = 'done'`}, all},
		"done without a body":              {[]string{pend + ` WHERE key = 'empty'`}, all},
		"buried, pending again":            {[]string{pend + ` WHERE key = 'buried'`}, all},
	} {
		t.Run(name, func(t *testing.T) {
			path := queueOf(t)
			forge(t, path, "", x.do...)
			var want []string
			if x.do != nil {
				want = []string{"storage.effect-forged"}
			}
			if report, err := CheckBackup(ctx, path, testKey()); err != nil || !slices.Equal(keysOf(report.Audit.Faults()), want) || (report.Audit.Bad == nil) != (want == nil) {
				t.Errorf("verify names %v, %v", report.Audit.Faults(), err)
			}
			if _, err := Restore(ctx, path, filepath.Join(t.TempDir(), "new.db"), testKey()); (err != nil) != (want != nil) {
				t.Errorf("restore: %v", err)
			}

			d := openAt(t, path)
			if got := claimed(t, d, workflows.Work); !slices.Equal(got, x.left) {
				t.Errorf("done were %q, want %q", got, x.left)
			}
			told := claimed(t, d, workflows.Notify)
			if len(told) != len(want) || len(told) > 0 && !strings.HasPrefix(told[0], "forged/") {
				t.Errorf("the operators are told %q", told)
			}
			var recorded int
			if err := d.reader.QueryRow(`SELECT count(*) FROM audit WHERE verb = 'effect.forged'`).Scan(&recorded); err != nil || recorded != len(want) {
				t.Errorf("recorded %d times, %v", recorded, err)
			}
			dead, err := d.DeadLetters(ctx, 0, 10)
			dead = slices.DeleteFunc(dead, func(l DeadLetter) bool { return l.Reason != "storage.effect-forged" })
			if err != nil || len(dead) != len(want) {
				t.Errorf("dead letters %+v, %v", dead, err)
			}
			if report, err := d.VerifyAudit(ctx); err != nil || report.Bad != nil {
				t.Errorf("afterwards: %+v, %v", report, err)
			}
		})
	}
}

func keysOf(texts []workflows.Text) (keys []string) {
	for _, text := range texts {
		keys = append(keys, text.Key)
	}
	return keys
}

// claimed does everything of a lane that is due, and gives its keys, sorted.
func claimed(t *testing.T, d *DB, lane workflows.Lane) (keys []string) {
	t.Helper()
	ctx := context.Background()
	for {
		e, ok, err := d.Claim(ctx, lane, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			slices.Sort(keys)
			return keys
		}
		keys = append(keys, e.Key)
		if err := d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever plants the keys of messages does not keep the operators from being told.
func TestForgedIsToldAgain(t *testing.T) {
	d := openAt(t, queueOf(t))
	for range 2 {
		forge(t, d.path, "", `INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind) VALUES ('forged', 'work', 'x', 'direct', '{}', 1, 1, 0)
			ON CONFLICT (key) DO UPDATE SET done_ms = NULL, buried = 0, wake_ms = 1`)
		if got := claimed(t, d, workflows.Work); slices.Contains(got, "forged") {
			t.Errorf("done were %q", got)
		}
		if told := claimed(t, d, workflows.Notify); len(told) != 1 {
			t.Errorf("told %q", told)
		}
	}
}

// A trigger that alters all that is queued makes no messages without end.
func TestForgedByTrigger(t *testing.T) {
	d := openAt(t, queueOf(t))
	forge(t, d.path, "", `CREATE TRIGGER evil AFTER INSERT ON outbox BEGIN UPDATE outbox SET body = '{"said":"evil"}' WHERE id = NEW.id; END`,
		`INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind) VALUES ('evil', 'work', 'x', 'direct', '{}', 1, 1, 0)`)
	if got := claimed(t, d, workflows.Work); slices.Contains(got, "evil") {
		t.Errorf("done were %q", got)
	}
	if told := claimed(t, d, workflows.Notify); len(told) != 0 {
		t.Errorf("told %q", told)
	}
}

// What an earlier version has queued is done after the upgrade, which is made once:
// what is there without a MAC later was put there by somebody else.
func TestQueueOfBefore(t *testing.T) {
	for name, path := range map[string]string{"before requests were bound": before(t, 2), "before the queue was": earlier(t, 0, 5, requestLabel)} {
		t.Run(name, func(t *testing.T) {
			forge(t, path, "", `DELETE FROM outbox`, `INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind)
				WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < `+fmt.Sprint(2*adoptAtOnce)+`) SELECT 'old' || n, 'aside', n, 'k', '{}', n, n, 0 FROM n`)
			d := openAt(t, path)
			if got := claimed(t, d, workflows.Background); len(got) != 2*adoptAtOnce {
				t.Errorf("%d were done", len(got))
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			forge(t, path, "", `INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind) VALUES ('forged', 'aside', 'x', 'k', '{}', 1, 1, 0)`)
			d = openAt(t, path)
			if got := claimed(t, d, workflows.Background); len(got) != 0 {
				t.Errorf("after the upgrade: %q", got)
			}
		})
	}
}

// The head of before the upgrade, put back, does not make it come again.
func TestNoSecondUpgradeOfQueue(t *testing.T) {
	path := earlier(t, 0, 5, requestLabel)
	d, err := Open(context.Background(), Options{Path: path, AuditKey: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	forge(t, path, earlier(t, 0, 5, requestLabel), `REPLACE INTO audit_head SELECT * FROM older.audit_head`,
		`INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind) VALUES ('forged', 'work', 'x', 'k', '{}', 1, 1, 0)`)
	if d, err := Open(context.Background(), Options{Path: path, AuditKey: testKey()}); err == nil {
		_ = d.Close()
		t.Error("opened")
	} else if keyOf(err) != "storage.audit-head" {
		t.Error(err)
	}
}
