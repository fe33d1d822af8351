package storage

import (
	"context"
	"database/sql"
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
			INSERT INTO requests (number, id, version, state, policy, awaits, owed, team, requester, batch, spki, product, expires_ms, not_after_ms, todo, updated_ms, body)
			SELECT n, 'REQ-' || n, 1,
			  CASE WHEN n %% 5000 = 0 THEN 'submitted' WHEN n %% 50 = 1 THEN 'issuing' WHEN n %% 7 = 0 THEN 'rejected' WHEN n %% 11 = 0 THEN 'issued' ELSE 'installed' END,
			  CASE WHEN n < %d THEN 'rare' ELSE 'p' || (n / 4 %% 3) END,
			  CASE WHEN n %% 5000 = 0 THEN iif(n %% 15000 = 0, 'csr', 'decision') WHEN n %% 50000 = 1 THEN 'chain' WHEN n %% 25000 = 1 THEN 'settling' ELSE '' END,
			  n %% 900 = 2, 'T' || (1 + n %% 4), 'U' || (n %% 400), 'b' || (n / 3), printf('%%064x', n), 'expressway-e/server',
			  %d + n * 20000, iif(n %% 7 > 0 AND n %% 50 <> 1, %d + n * 60000, NULL), CASE WHEN n %% 7 > 0 AND n %% 50 <> 1 AND n %% 11 = 0 THEN 'install' WHEN n %% 15000 = 0 THEN 'csr' WHEN n %% 25000 = 0 THEN 'answer' ELSE '' END,
			  %d + n * 30000 + (n * 7919) %% 1000000,
			  (SELECT group_concat(value, printf('%%06d', n)) FROM parts ORDER BY key) FROM n`, million, million/10, start, start, start),
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

// shapes are the queries that the product asks, and those of a search.
func shapes(now time.Time) map[string]workflows.RequestQuery {
	one := workflows.Person{Team: "T2", ID: "U41"}
	duty := []workflows.Await{workflows.AwaitDecision, workflows.AwaitSettling, workflows.AwaitChain}
	span := workflows.Span{From: now.Add(-workflows.StillMissed), Before: now.Add(workflows.RenewWithin)}
	return map[string]workflows.RequestQuery{
		"all":                 {},
		"team":                {Team: "T2"},
		"mine":                {Team: "T2", Requester: one, Limit: 20},
		"mine-waiting":        {Requester: one, States: []workflows.State{workflows.Submitted, workflows.OnHold}},
		"state":               {States: []workflows.State{workflows.Submitted, workflows.OnHold}},
		"team-state":          {Team: "T1", States: []workflows.State{workflows.Submitted}},
		"certificates":        {States: []workflows.State{workflows.Issued, workflows.Installed, workflows.Superseded, workflows.Revoked}, Limit: 200},
		"approver":            {Team: "T2", NotBy: one, Policies: []string{"p0", "p1", "rare"}, Awaits: duty, Limit: 20},
		"approver-rare":       {Team: "T2", NotBy: one, Policies: []string{"rare"}, Awaits: duty, Limit: 20},
		"owed":                {Team: "T3", Policies: []string{"p0", "p1"}, RevocationDue: true, Limit: 20},
		"owed-rare":           {Team: "T3", Policies: []string{"rare"}, RevocationDue: true, Limit: 20},
		"lacks-chain":         {Team: "T2", NotBy: one, Policies: []string{"p0", "p1"}, Awaits: duty[2:]},
		"lacks-chain-mine":    {Team: "T2", Requester: one, States: []workflows.State{workflows.Issuing}, Awaits: duty[2:]},
		"csr":                 {Team: "T2", Requester: one, States: []workflows.State{workflows.Submitted}, Awaits: []workflows.Await{workflows.AwaitCSR}},
		"answer":              {Team: "T2", Requester: one, Todo: workflows.TodoAnswer, Limit: 20},
		"install":             {Team: "T2", Requester: one, Todo: workflows.TodoInstall, Limit: 20},
		"renew":               {Team: "T2", Requester: one, States: []workflows.State{workflows.Installed}, Ends: span, RenewalDue: now, Limit: 20},
		"ends-mine":           {Team: "T2", Requester: one, Ends: span, Limit: 20},
		"ends-owners":         {Team: "T2", Policies: []string{"p0", "rare"}, Ends: span, Limit: 20},
		"ends-all":            {Team: "T2", Ends: span, Limit: 20},
		"ends-text":           {Team: "T2", Ends: span, Text: "0041", Limit: 20},
		"owners":              {Team: "T2", Policies: []string{"p0", "p1"}, Limit: 20},
		"owners-open":         {Team: "T2", Policies: []string{"p0", "rare"}, States: []workflows.State{workflows.Submitted, workflows.Issuing}, Limit: 20},
		"page-200":            {Requester: one, Limit: 200},
		"deep-page":           {Team: "T2", Before: now.Add(-180 * 24 * time.Hour), BeforeID: "REQ-500001"},
		"batch":               {Batch: "b1234"},
		"due":                 {Team: "T1", DueBefore: now.Add(-364 * 24 * time.Hour), States: []workflows.State{workflows.Submitted, workflows.OnHold}, Limit: 200},
		"text-common":         {Text: "expressway-e"},
		"text-rare":           {Text: "expe1-000123"},
		"text-digits":         {Text: "123456"},
		"text-middle":         {Text: "12345.exam"},
		"text-none":           {Text: "no-such-host"},
		"text-short-none":     {Text: "zz"},
		"text-mine":           {Text: "0041", Team: "T2", Requester: one, Limit: 20},
		"text-mine-none":      {Text: "nowhere", Requester: one},
		"text-team-rare":      {Text: "000123", Team: "T4"},
		"text-installed-rare": {Text: "000123", States: []workflows.State{workflows.Installed}},
	}
}

// TestPlans: no query walks the table, nor sorts more than the heads of its walks.
// SQLite chooses without looking at the data, since nothing is analysed.
func TestPlans(t *testing.T) {
	ctx := context.Background()
	d := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	for i := range 3 { // so that there are states to walk
		if err := interaction(ctx, d, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	r := reader{q: d.reader}
	for name, q := range shapes(time.Now()) {
		if q.BeforeID != "" {
			q.BeforeID = "REQ-1"
		}
		if q.Team != "" {
			q.Team = ann.Team
		}
		if !q.Requester.IsZero() {
			q.Requester = ann
		}
		if name == "owners" {
			q.Policies = []string{"default"} // those of the sample
		}
		walks, err := r.walks(ctx, q)
		if err != nil || len(walks) == 0 {
			t.Fatalf("%s: %d walks, %v", name, len(walks), err)
		}
		for _, c := range walks {
			var plan []string
			err := r.each(ctx, "EXPLAIN QUERY PLAN "+walk(c, orderOf(q)), append(c.args, 20), func(rows *sql.Rows) error {
				var id, parent, unused int
				var detail string
				err := rows.Scan(&id, &parent, &unused, &detail)
				plan = append(plan, detail)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range plan {
				// All are walked only in the order of an index, from its newest end; what is due is sorted.
				scan := strings.Contains(step, "SCAN requests") && !strings.Contains(step, "USING INDEX requests_updated") && !strings.Contains(step, "USING COVERING INDEX requests_updated")
				index := "requests_awaits (team=? AND awaits=? AND policy=?)"
				switch {
				case q.RevocationDue:
					index = "requests_owed (team=? AND policy=?)"
				case q.Ends != (workflows.Span{}) && len(q.Policies) > 0:
					index = "requests_ends_policy (team=? AND policy=? AND not_after_ms>? AND not_after_ms<?)"
				case q.Ends != (workflows.Span{}) && q.Requester.IsZero():
					index = "requests_ends (team=? AND not_after_ms>? AND not_after_ms<?)"
				case q.Ends != (workflows.Span{}):
					index = "requests_ends_person (team=? AND requester=? AND not_after_ms>? AND not_after_ms<?)"
				case q.Todo != "":
					index = "requests_todo (team=? AND requester=? AND todo=?)"
				case len(q.Awaits) == 0:
					index = "requests_policy (team=? AND policy=? AND state=?)"
				}
				other := (len(q.Policies) > 0 || q.Todo != "" || q.Ends != (workflows.Span{})) && strings.HasPrefix(step, "SEARCH requests ") && !strings.Contains(step, index) ||
					strings.Contains(step, " n ") && !strings.Contains(step, "SEARCH n USING INDEX requests_replaces")
				if scan || other || strings.Contains(step, "TEMP B-TREE") && q.DueBefore.IsZero() {
					t.Errorf("%s: %s\n%s", name, walk(c, orderOf(q)), strings.Join(plan, "\n"))
				}
			}
		}
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
	now := time.Now()
	for name, q := range shapes(now) {
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
	benchHome(b, d)
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
	// One that the record has, as all that the product writes.
	if err := d.Update(ctx, "", func(r workflows.Reader) (workflows.Change, error) {
		n, err := r.NextRequest(ctx)
		q := sample(n)
		q.SPKI = "key"
		return workflows.Change{Requests: []workflows.Request{q}}, err
	}); err != nil {
		b.Fatal(err)
	}
	view("by-spki", func(r workflows.Reader) error { _, err := r.RequestBySPKI(ctx, "key"); return err })
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
