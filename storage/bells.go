package storage

import (
	"sync"

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
