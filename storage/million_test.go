package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

const million = 1_000_000

// million rows of everything that grows: requests of 400 people in 4 teams, most of
// them installed, 200 waiting for a decision, and as many finished effects.
func fill(tb testing.TB, d *DB) {
	tb.Helper()
	ctx := context.Background()
	q := sample(7777777)
	q.Version, q.CSR, q.State = 1, make([]byte, 100), workflows.Installed
	body, err := encode(q)
	if err != nil {
		tb.Fatal(err)
	}
	body = strings.ReplaceAll(strings.ReplaceAll(body, "'", "''"), "7777777", "%1$s")
	list, err := json.Marshal(strings.Split(body, "%1$s"))
	if err != nil {
		tb.Fatal(err)
	}
	start := time.Now().Add(-365 * 24 * time.Hour).UnixMilli()
	err = d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		for _, sql := range []string{
			`CREATE TEMP TABLE parts AS SELECT key, value FROM json_each('` + strings.ReplaceAll(string(list), "'", "''") + `')`,
			fmt.Sprintf(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %d)
			INSERT INTO requests (number, id, version, state, team, requester, batch, spki, product, expires_ms, updated_ms, body)
			SELECT n, 'REQ-' || n, 1,
			  CASE WHEN n %% 5000 = 0 THEN 'submitted' WHEN n %% 7 = 0 THEN 'rejected' WHEN n %% 11 = 0 THEN 'issued' ELSE 'installed' END,
			  'T' || (1 + n %% 4), 'U' || (n %% 400), 'b' || (n / 3), printf('%%064x', n), 'expressway-e/server',
			  %d + n * 20000, %d + n * 30000 + (n * 7919) %% 1000000,
			  (SELECT group_concat(value, printf('%%06d', n)) FROM parts ORDER BY key) FROM n`, million, start, start),
			`INSERT INTO request_words (number, words) SELECT number, lower(id) || char(10) || 'expressway-e/server' || char(10) ||
			  printf('expe0-%06d.example.com', number) || char(10) || printf('expe1-%06d.example.com', number) || char(10) FROM requests`,
			fmt.Sprintf(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %d)
			INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind, done_ms)
			SELECT 'card/REQ-' || n, 'notify', 'REQ-' || n, 'card', '', %d + n, %d + n, 0, %d + n FROM n`, million, start, start, start),
			fmt.Sprintf(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %d)
			INSERT INTO conversations (id, version, team, person, channel, thread, phase, updated_ms, body)
			SELECT 'c' || n, 1, 'T' || (1 + n %% 4), 'U' || (n %% 400), 'C' || (n %% 90), n || '.0', CASE WHEN n %% 1000 = 0 THEN 'asking' ELSE 'sent' END,
			  %d + n * 1000, '{}' FROM n`, million, start),
			fmt.Sprintf(`UPDATE sequence SET value = %d`, million),
		} {
			if _, err := w.exec(ctx, sql); err != nil {
				return fmt.Errorf("%.60s: %w", sql, err)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	d.dirty.Store(true)
	if err := d.checkpoint(ctx); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkMillion measures lists, searches, sweeps, claims and interactions with a
// million of each behind them (design, section 13: lists under 20 ms).
func BenchmarkMillion(b *testing.B) {
	ctx := context.Background()
	d := openAt(b, filepath.Join(b.TempDir(), "x.db"))
	start := time.Now()
	fill(b, d)
	b.Logf("filled in %v", time.Since(start))
	one := workflows.Person{Team: "T2", ID: "U41"}
	now := time.Now()
	for name, q := range map[string]workflows.RequestQuery{
		"all":                 {},
		"team":                {Team: "T2"},
		"mine":                {Requester: one},
		"mine-waiting":        {Requester: one, States: []workflows.State{workflows.Submitted, workflows.OnHold}},
		"waiting":             {States: []workflows.State{workflows.Submitted, workflows.OnHold}},
		"team-waiting":        {Team: "T1", States: []workflows.State{workflows.Submitted}},
		"page-200":            {Requester: one, Limit: 200},
		"deep-page":           {Team: "T2", Before: now.Add(-180 * 24 * time.Hour), BeforeID: "REQ-500001"},
		"batch":               {Batch: "b1234"},
		"due":                 {DueBefore: now.Add(-364 * 24 * time.Hour), States: []workflows.State{workflows.Submitted}},
		"text-common":         {Text: "expressway-e"},
		"text-rare":           {Text: "expe1-000123"},
		"text-digits":         {Text: "123456"},
		"text-middle":         {Text: "12345.exam"},
		"text-none":           {Text: "no-such-host"},
		"text-short-none":     {Text: "zz"},
		"text-mine":           {Text: "0041", Requester: one},
		"text-mine-none":      {Text: "nowhere", Requester: one},
		"text-team-rare":      {Text: "000123", Team: "T4"},
		"text-installed-rare": {Text: "000123", States: []workflows.State{workflows.Installed}},
	} {
		b.Run("list/"+name, func(b *testing.B) {
			n := 0
			percentiles(b, func() error {
				return d.View(ctx, func(r workflows.Reader) error {
					rs, err := r.Requests(ctx, q)
					n = len(rs)
					return err
				})
			})
			b.ReportMetric(float64(n), "rows")
		})
	}
	view := func(name string, read func(workflows.Reader) error) {
		b.Run(name, func(b *testing.B) { percentiles(b, func() error { return d.View(ctx, read) }) })
	}
	view("conversation-at", func(r workflows.Reader) error {
		_, err := r.ConversationAt(ctx, workflows.Person{Team: "T1", ID: "U0"}, workflows.Place{Channel: "C20", Thread: "2000.0"})
		return err
	})
	view("conversation-newest", func(r workflows.Reader) error {
		_, err := r.ConversationAt(ctx, workflows.Person{Team: "T1", ID: "U0"}, workflows.Place{})
		return err
	})
	view("by-spki", func(r workflows.Reader) error {
		_, err := r.RequestBySPKI(ctx, fmt.Sprintf("%064x", 4711))
		return err
	})
	b.Run("claim-empty", func(b *testing.B) {
		percentiles(b, func() error { _, _, err := d.Claim(ctx, workflows.Notify, time.Minute); return err })
	})
	b.Run("interaction", func(b *testing.B) {
		i := 0
		percentiles(b, func() error { i++; return interaction(ctx, d, fmt.Sprint(b.N, "/", i)) })
	})
	b.Run("claim", func(b *testing.B) {
		percentiles(b, func() error {
			if _, ok, err := d.Claim(ctx, workflows.Work, time.Hour); err != nil || ok {
				return err
			}
			b.StopTimer() // all are leased: queue some more
			for i := range 200 {
				if err := interaction(ctx, d, fmt.Sprint("more/", time.Now().UnixNano(), i)); err != nil {
					return err
				}
			}
			b.StartTimer()
			return nil
		})
	})
}
