package slacksim

import (
	"encoding/json"
	"sync"
)

// delivery is one event on its way to the app, with its past attempts.
type delivery struct {
	name    string
	payload object
	raw     json.RawMessage
	attempt int
	reason  string
}

// eventQueue holds events in the order they happened. It never drops one.
type eventQueue struct {
	mu   sync.Mutex
	wake chan struct{}
	list []*delivery
	open int // events queued, under way or waiting for a retry
}

func newEventQueue() *eventQueue { return &eventQueue{wake: make(chan struct{}, 1)} }

func (q *eventQueue) push(d *delivery) {
	q.mu.Lock()
	if d.attempt == 0 {
		q.open++
	}
	q.list = append(q.list, d)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *eventQueue) pop() *delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return nil
	}
	d := q.list[0]
	q.list = q.list[1:]
	return d
}

func (q *eventQueue) done() {
	q.mu.Lock()
	q.open--
	q.mu.Unlock()
}

// idle is true where no event is queued, unacknowledged or due for a retry.
func (q *eventQueue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.open == 0
}
