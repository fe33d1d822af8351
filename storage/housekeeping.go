package storage

import (
	"context"
	"fmt"
	"time"
)

const (
	checkpointEvery = 2 * time.Second
	sweepEvery      = time.Hour
	sweepAtOnce     = 500 // rows a transaction, so that nobody waits long behind a sweep
)

// startHousekeeping runs what needs doing now and then, until Close. Failures are
// left to the next time: whatever is wrong with the disk shows in the next Update,
// with a message.
func (d *DB) startHousekeeping() {
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	d.ended.Go(func() {
		checkpoint, sweep := time.NewTicker(checkpointEvery), time.NewTicker(sweepEvery)
		defer checkpoint.Stop()
		defer sweep.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-checkpoint.C:
				_ = d.checkpoint(ctx)
			case <-sweep.C:
				_, _ = d.SweepReceipts(ctx, d.now().Add(-d.keep))
			}
		}
	})
}

// SweepReceipts forgets receipts from before a time and gives how many. Slack gives
// up redelivering after about an hour; receipts are kept for Options.Receipts.
func (d *DB) SweepReceipts(ctx context.Context, before time.Time) (int64, error) {
	var all int64
	for {
		var n int64
		err := d.write(ctx, passing, func(ctx context.Context, w *writer) (err error) {
			n, err = w.exec(ctx, `DELETE FROM receipts WHERE id IN (SELECT id FROM receipts ORDER BY id LIMIT ?) AND at_ms < ?`,
				sweepAtOnce, before.UnixMilli())
			return err
		})
		all += n
		if err != nil || n < sweepAtOnce {
			return all, err
		}
		if ctx.Err() != nil {
			return all, fmt.Errorf("storage: sweep: %w", ctx.Err())
		}
	}
}
