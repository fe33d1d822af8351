package storage_test

import (
	"math/rand/v2"
	"time"

	"countersign/workflows"
)

// model does random work and, before every claim, says from a plain list what may be
// claimed: the first unfinished effect of each subject, if due and not leased.
func model(b *bundle) {
	type row struct {
		workflows.Effect
		wake time.Time
		done bool
	}
	random := rand.New(rand.NewPCG(1, 2))
	var rows []*row
	claimed := map[int64]workflows.Effect{}
	byID := func(id int64) *row { return rows[id-1] }
	for i := range 1500 {
		switch random.IntN(6) {
		case 0, 1:
			e := effect(workflows.Work, "s"+n(random.IntN(6)), n(i))
			e.Due = b.clock.now().Add(time.Duration(random.IntN(4)) * time.Second)
			b.queue(e)
			e.ID = int64(len(rows) + 1)
			rows = append(rows, &row{Effect: e, wake: e.Due})
		case 2:
			b.clock.advance(time.Duration(random.IntN(2000)) * time.Millisecond)
		case 3, 4:
			may := map[string]bool{}
			seen := map[string]bool{}
			for _, r := range rows {
				if !r.done && !seen[r.Subject] {
					seen[r.Subject] = true
					may[r.Key] = !r.wake.After(b.clock.now())
				}
			}
			open := false
			for _, ok := range may {
				open = open || ok
			}
			e, key := b.claim(workflows.Work, 3*time.Second)
			if open != (key != "-") || key != "-" && !may[key] {
				b.Fatalf("step %d: claimed %s, allowed were %v", i, key, may)
			}
			if key != "-" {
				claimed[e.ID] = e
				byID(e.ID).wake = b.clock.now().Add(3 * time.Second)
				byID(e.ID).Attempts = e.Attempts
			}
		case 5:
			for id, e := range claimed {
				delete(claimed, id)
				mine := byID(id).Attempts == e.Attempts && !byID(id).done
				var err error
				how := random.IntN(3)
				switch how {
				case 0:
					err = b.try(workflows.Change{Done: []int64{id}})
					mine = !byID(id).done
				case 1:
					err = b.Retry(b.ctx, e, b.clock.now().Add(time.Second), "r")
				case 2:
					err = b.Bury(b.ctx, e, "r", workflows.Change{})
				}
				if (err == nil) != mine {
					b.Fatalf("step %d: end %d of %d: %v, mine %v", i, how, id, err, mine)
				}
				if err == nil && how == 1 {
					byID(id).wake = b.clock.now().Add(time.Second)
				} else if err == nil {
					byID(id).done = true
				}
				break
			}
		}
	}
}
