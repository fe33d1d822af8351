package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"sync"
	"time"

	"countersign/workflows"
)

// bells wake the workers of a lane. The zero value is ready.
type bells struct {
	mu sync.Mutex
	on map[workflows.Lane]chan struct{}
}

// at gives the channel that the next ring of lane closes.
func (b *bells) at(lane workflows.Lane) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.on == nil {
		b.on = map[workflows.Lane]chan struct{}{}
	}
	c, ok := b.on[lane]
	if !ok {
		c = make(chan struct{})
		b.on[lane] = c
	}
	return c
}

func (b *bells) ring(lanes []workflows.Lane) {
	if len(lanes) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, lane := range lanes {
		if c, ok := b.on[lane]; ok {
			close(c)
			delete(b.on, lane)
		}
	}
}

// Wait is workflows.Outbox's. It listens first and looks second, so that what is
// committed in between is not missed; then it sleeps until the next due time.
func (d *DB) Wait(ctx context.Context, lane workflows.Lane, max time.Duration, except ...string) {
	bell := d.bells.at(lane)
	var wake sql.NullInt64
	kinds, err := json.Marshal(append([]string{}, except...))
	if err == nil {
		err = d.reader.QueryRowContext(ctx, `SELECT min(wake_ms) FROM outbox WHERE lane = ? AND done_ms IS NULL AND behind = 0`+exceptKinds+`?))`,
			string(lane), string(kinds)).Scan(&wake)
	}
	// Without an answer (the disk is gone, say) the caller looks again after max, or when the bell rings.
	if err == nil && wake.Valid {
		left := at(wake.Int64).Sub(d.now())
		if left <= 0 {
			return
		}
		// Due times are whole milliseconds: one more, or the next look would come too early.
		max = min(max, left+time.Millisecond)
	}
	timer := time.NewTimer(max)
	defer timer.Stop()
	select {
	case <-bell:
	case <-timer.C:
	case <-ctx.Done():
	}
}
