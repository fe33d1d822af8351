package storage

import (
	"context"
	"database/sql"
	"time"

	"countersign/workflows"
)

// Stats is how much there is and how long it has waited, for those who watch.
type Stats struct {
	Requests map[workflows.State]int64
	Waiting  time.Time                    // since when the longest-waiting undecided request stands as it is; zero: none
	Pending  map[workflows.Lane]int64     // effects whose time has come and that are not done
	Oldest   map[workflows.Lane]time.Time // when the oldest of them was first due
	Dead     int64                        // effects that were given up, ever
	Owed     int64                        // requests with a certificate that a person has to revoke at its CA
}

// Stats counts in one snapshot. It walks indexes only; at a million requests that is
// some 50 ms, so ask a few times a minute.
func (d *DB) Stats(ctx context.Context) (Stats, error) {
	s := Stats{Requests: map[workflows.State]int64{}, Pending: map[workflows.Lane]int64{}, Oldest: map[workflows.Lane]time.Time{}}
	err := d.snapshot(ctx, func(r reader) error {
		err := r.each(ctx, `SELECT state, count(*) FROM requests GROUP BY state`, nil, func(rows *sql.Rows) error {
			var state workflows.State
			var n int64
			err := rows.Scan(&state, &n)
			s.Requests[state] = n
			return err
		})
		if err != nil {
			return err
		}
		var since sql.NullInt64
		err = r.q.QueryRowContext(ctx, `SELECT min(first) FROM (
			SELECT min(updated_ms) AS first FROM requests WHERE state = ?
			UNION ALL SELECT min(updated_ms) FROM requests WHERE state = ?)`, string(workflows.Submitted), string(workflows.OnHold)).Scan(&since)
		if err != nil {
			return err
		}
		if since.Valid {
			s.Waiting = at(since.Int64)
		}
		// What waits for a channel, and what comes behind that, is not stuck: it is told by the channel.
		err = r.each(ctx, `SELECT lane, count(*), min(due_ms) FROM outbox AS o
			WHERE done_ms IS NULL AND (wake_ms <= ?1 OR leased = 1 OR reason NOT IN ('', ?2, ?3)) AND NOT (behind = 1 AND EXISTS (
				SELECT 1 FROM outbox WHERE lane = o.lane AND subject = o.subject AND done_ms IS NULL AND behind = 0 AND reason = ?3))
			GROUP BY lane`, []any{d.now().UnixMilli(), workflows.Waiting, workflows.ChannelClosed}, func(rows *sql.Rows) error {
			var lane workflows.Lane
			var n, due int64
			err := rows.Scan(&lane, &n, &due)
			s.Pending[lane], s.Oldest[lane] = n, at(due)
			return err
		})
		if err != nil {
			return err
		}
		return r.q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM outbox WHERE buried = 1), (SELECT count(*) FROM requests WHERE owed = 1)`).Scan(&s.Dead, &s.Owed)
	})
	return s, err
}
