package bot

import (
	"context"
	"slices"
	"sync"

	"countersign/workflows"
)

// delivery is an effect under way, as those who do it see it through their context.
type delivery struct {
	urgent bool            // somebody waits for it
	tries  int             // earlier claims, and what was tried since this one
	ready  <-chan struct{} // closed when it is next where it will be said
	pass   func()          // lets the next message through; once is enough
}

type deliveryKey struct{}

// deliveryIn is what ctx works for; nil for what is no delivery.
func deliveryIn(ctx context.Context) *delivery {
	d, _ := ctx.Value(deliveryKey{}).(*delivery)
	return d
}

func line(p workflows.Place) string { return p.Channel + p.Thread }

// triesIn counts the tries of the delivery that ctx works for, this one included.
func triesIn(ctx context.Context) int {
	if d := deliveryIn(ctx); d != nil {
		return d.tries
	}
	return 1
}

// turn waits until the delivery is next where it will be said, and says whether it had to.
func turn(ctx context.Context) (waited bool, err error) {
	d := deliveryIn(ctx)
	if d == nil {
		return false, nil
	}
	select {
	case <-d.ready:
		return false, nil
	default:
	}
	select {
	case <-d.ready:
		return true, nil
	case <-ctx.Done():
		return true, ctx.Err()
	}
}

// noPost says that nothing new will be posted for this delivery: a message that is
// redrawn where it stands has no place in the order.
func noPost(ctx context.Context) {
	if d := deliveryIn(ctx); d != nil {
		d.pass()
	}
}

// turns keeps messages in order that stand one below the other. The zero value is ready.
type turns struct {
	mu   sync.Mutex
	line map[string][]*chan struct{}
}

// take gets in line. ready is closed when all before have passed.
func (t *turns) take(place string) (ready <-chan struct{}, pass func()) {
	mine := make(chan struct{})
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.line == nil {
		t.line = map[string][]*chan struct{}{}
	}
	if len(t.line[place]) == 0 {
		close(mine)
	}
	t.line[place] = append(t.line[place], &mine)
	return mine, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		line := t.line[place]
		at := slices.Index(line, &mine)
		switch {
		case at < 0:
			return
		case at == 0 && len(line) == 1:
			delete(t.line, place)
			return
		case at == 0:
			close(*line[1])
		}
		t.line[place] = slices.Delete(line, at, at+1)
	}
}
