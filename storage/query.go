package storage

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"countersign/workflows"
)

const (
	defaultLimit = 50
	maxLimit     = 200
	maxText      = 100 // runes
)

// Requests is workflows.Reader's. Every restriction but Text is answered by walking
// an index from its newest end, so that the cost is that of the page, not of the table.
func (r reader) Requests(ctx context.Context, q workflows.RequestQuery) ([]workflows.Request, error) {
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.Limit = min(q.Limit, maxLimit)
	numbers, err := r.numbers(ctx, q)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	return r.byNumber(ctx, numbers)
}

// byNumber reads requests in the order of numbers.
func (r reader) byNumber(ctx context.Context, numbers []int64) ([]workflows.Request, error) {
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	rs, err := documents(ctx, r, `SELECT r.version, r.body FROM json_each(?) AS j JOIN requests AS r ON r.number = j.value ORDER BY j.key`,
		[]any{string(list)}, func(x *workflows.Request, version int64) { x.Version = version })
	if err != nil {
		return nil, err
	}
	return rs, r.decisions(ctx, rs)
}

// clause is a condition of a query with its arguments.
type clause struct {
	sql   []string
	args  []any
	index string // to be walked; "": SQLite chooses
}

func (c *clause) and(sql string, args ...any) {
	c.sql = append(c.sql, sql)
	c.args = append(c.args, args...)
}

// numbers gives the page that q asks for.
//
// An index that starts with the state, or with the policy, is in the order of time
// only within one. So each is walked by itself, for at most a page, and the heads are merged.
func (r reader) numbers(ctx context.Context, q workflows.RequestQuery) ([]int64, error) {
	walks, err := r.walks(ctx, q)
	if err != nil || len(walks) == 0 {
		return nil, err
	}
	var sqls []string
	var args []any
	for _, c := range walks {
		sqls, args = append(sqls, walk(c, orderOf(q))), append(append(args, c.args...), q.Limit)
	}
	var numbers []int64
	err = r.each(ctx, strings.Join(sqls, " UNION ALL ")+" ORDER BY "+orderOf(q).by("2", "1")+" LIMIT ?", append(args, q.Limit), func(rows *sql.Rows) error {
		var n, ms int64
		err := rows.Scan(&n, &ms)
		numbers = append(numbers, n)
		return err
	})
	return numbers, err
}

// walks gives the conditions of each.
func (r reader) walks(ctx context.Context, q workflows.RequestQuery) ([]clause, error) {
	var scope clause
	q.Team = cmp.Or(q.Team, q.Requester.Team)
	if q.Team != "" {
		scope.and("team = ?", q.Team)
	}
	if !q.Requester.IsZero() {
		scope.and("team = ? AND requester = ?", q.Requester.Team, q.Requester.ID)
	}
	states, awaits := texts(q.States), texts(q.Awaits)
	// What a policy's approvers are to do has indexes of its own.
	duty := len(q.Policies) > 0 && q.Team != "" && (q.RevocationDue || len(q.Awaits) > 0)
	// So have what requesters are to do, and what ends.
	own := q.Todo != "" || q.Ends != (workflows.Span{})
	// A batch is small, few are owed, and all requests by time have an index of their own.
	split := !duty && !own && q.Batch == "" && !q.RevocationDue && (len(states) > 0 || len(scope.sql) > 0 || !q.DueBefore.IsZero())
	theirs := split && len(q.Policies) > 0 && q.Team != "" && q.Requester.IsZero()
	if split && !theirs && len(states) == 0 {
		var err error
		if states, err = r.states(ctx, scope); err != nil {
			return nil, err
		}
	}

	rest := scope
	if q.Batch != "" {
		rest.and("batch = ? AND batch <> ''", q.Batch)
	}
	if q.RevocationDue {
		rest.and("owed = 1")
	}
	if !q.DueBefore.IsZero() {
		rest.and("expires_ms IS NOT NULL AND expires_ms < ?", q.DueBefore.UnixMilli())
	}
	if q.Todo != "" {
		rest.and("todo <> '' AND todo = ?", string(q.Todo)) // the first is what the index is about
	}
	if q.Ends != (workflows.Span{}) {
		rest.index = endsIndex(q)
		rest.and(inUse+" AND not_after_ms >= ? AND not_after_ms < ?", q.Ends.From.UnixMilli(), q.Ends.Before.UnixMilli())
	}
	if !q.RenewalDue.IsZero() {
		rest.and(renewalDue, workflows.RenewWithin.Milliseconds(), q.RenewalDue.UnixMilli())
	}
	if err := r.page(ctx, q, &rest); err != nil {
		return nil, err
	}
	if text := strings.ToLower(clip(q.Text, maxText)); text != "" {
		rest.and("instr((SELECT words FROM request_words AS w WHERE w.number = requests.number), ?) > 0", text)
	}

	if !q.NotBy.IsZero() {
		rest.and("NOT (team = ? AND requester = ?)", q.NotBy.Team, q.NotBy.ID)
	}
	var list []clause
	switch {
	case own && len(q.Policies) > 0:
		rest.in("state", states)
		rest.in("awaits", awaits)
		list = rest.each("policy = ?", q.Policies)
	case theirs:
		rest.in("awaits", awaits)
		for _, c := range rest.each("policy = ?", q.Policies) {
			of := states
			if len(of) == 0 {
				scope := scope
				scope.and("policy = ?", c.args[0])
				var err error
				if of, err = r.states(ctx, scope); err != nil {
					return nil, err
				}
			}
			list = append(list, c.each("state = ?", of)...)
		}
	case split:
		rest.in("policy", q.Policies)
		rest.in("awaits", awaits)
		list = rest.each("state = ?", states)
	case duty && q.RevocationDue:
		rest.in("state", states)
		rest.in("awaits", awaits)
		list = rest.each("policy = ?", q.Policies)
	case duty:
		rest.in("state", states)
		rest.and("awaits <> ''") // what the index is about
		for _, c := range rest.each("policy = ?", q.Policies) {
			list = append(list, c.each("awaits = ?", awaits)...)
		}
	default:
		rest.in("state", states)
		rest.in("policy", q.Policies)
		rest.in("awaits", awaits)
		list = []clause{rest}
	}
	return list, nil
}

func texts[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// in restricts a column to values, if there are any.
func (c *clause) in(column string, values []string) {
	if len(values) > 0 {
		c.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", anys(values)...)
	}
}

// each gives c once for each of the values, restricted to it.
func (c clause) each(sql string, values []string) []clause {
	var list []clause
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			continue
		}
		one := clause{sql: []string{sql}, args: []any{v}, index: c.index}
		one.and(strings.Join(c.sql, " AND "), c.args...)
		list = append(list, one)
	}
	return list
}

// inUse and renewalDue are conditions on certificates. The first is what indexes are about, so
// it stands as it does there.
const (
	inUse      = "state IN ('issued', 'installed')"
	renewalDue = `not_after_ms - min(?, json_extract(body, '$.spec.days') * 86400000 / 3) <= ? AND json_extract(body, '$.revoking') IS NULL
		AND NOT EXISTS (SELECT 1 FROM requests AS n WHERE json_extract(n.body, '$.replaces.request') = +requests.id -- of no affinity, as the index
		AND n.state NOT IN ('rejected', 'cancelled', 'expired', 'failed', 'revoked'))`
)

// endsIndex is the index that has what q asks for in the order of its end. Left to itself, SQLite
// prefers one by state and sorts.
func endsIndex(q workflows.RequestQuery) string {
	switch {
	case q.Team == "":
		return ""
	case !q.Requester.IsZero():
		return "requests_ends_person"
	case len(q.Policies) > 0:
		return "requests_ends_policy"
	}
	return "requests_ends"
}

// from is c as part of a statement.
func (c clause) from() string {
	from := " FROM requests"
	if c.index != "" {
		from += " INDEXED BY " + c.index
	}
	if sqls := slices.DeleteFunc(slices.Clone(c.sql), func(s string) bool { return s == "" }); len(sqls) > 0 {
		from += " WHERE " + strings.Join(sqls, " AND ")
	}
	return from
}

// order is what a list is in the order of.
type order struct{ column, way string }

func orderOf(q workflows.RequestQuery) order {
	if q.Ends != (workflows.Span{}) {
		return order{"not_after_ms", ""}
	}
	return order{"updated_ms", " DESC"}
}

func (o order) by(column, number string) string { return column + o.way + ", " + number + o.way }

// walk is one index walked from its newest end, or from the soonest.
func walk(c clause, o order) string {
	return "SELECT * FROM (SELECT number, " + o.column + c.from() + " ORDER BY " + o.by(o.column, "number") + " LIMIT ?)"
}

// Count is workflows.Reader's.
func (r reader) Count(ctx context.Context, q workflows.RequestQuery, most int) (n int, err error) {
	walks, err := r.walks(ctx, q)
	for _, c := range walks {
		var some int
		if err := r.row(ctx, "", "", "SELECT count(*) FROM (SELECT 1"+c.from()+" LIMIT ?)", append(c.args, most), &some); err != nil {
			return 0, err
		}
		n += some
	}
	return min(n, most), err
}

// page restricts to what comes after the page before.
func (r reader) page(ctx context.Context, q workflows.RequestQuery, c *clause) error {
	if q.Before.IsZero() {
		return nil
	}
	if q.BeforeID == "" {
		c.and("updated_ms < ?", q.Before.UnixMilli())
		return nil
	}
	var number int64
	if err := r.row(ctx, "storage.no-request", string(q.BeforeID), `SELECT number FROM requests WHERE id = ?`,
		[]any{string(q.BeforeID)}, &number); err != nil {
		return err
	}
	c.and("(updated_ms, number) < (?, ?)", q.Before.UnixMilli(), number)
	return nil
}

// states lists the states that occur in scope, by hopping from one to the next in the index.
func (r reader) states(ctx context.Context, scope clause) ([]string, error) {
	next := ""
	if len(scope.sql) > 0 {
		next = " AND " + strings.Join(scope.sql, " AND ")
	}
	var states []string
	err := r.each(ctx, `WITH RECURSIVE hop (state) AS (
		SELECT min(state)`+scope.from()+`
		UNION ALL
		SELECT (SELECT min(state) FROM requests WHERE state > hop.state`+next+`) FROM hop WHERE hop.state IS NOT NULL
		) SELECT state FROM hop WHERE state IS NOT NULL`, append(append([]any(nil), scope.args...), scope.args...), func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		states = append(states, s)
		return err
	})
	return states, err
}

func anys(ss []string) []any {
	as := make([]any, len(ss))
	for i, s := range ss {
		as[i] = s
	}
	return as
}
