package llm

import (
	"container/list"
	"sync"
)

// cached is an answer that went through the gate, still masked, or the error that it
// did not: asking the same again would cost again.
type cached struct {
	key  string
	text string
	err  error
}

// cache keeps the latest answers by their whole prompt.
type cache struct {
	mu    sync.Mutex
	limit int
	order *list.List
	byKey map[string]*list.Element
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byKey: map[string]*list.Element{}}
}

func (c *cache) get(key string) (cached, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return cached{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(cached), true
}

func (c *cache) put(v cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[v.key]; ok {
		e.Value = v
		c.order.MoveToFront(e)
		return
	}
	c.byKey[v.key] = c.order.PushFront(v)
	if c.order.Len() > c.limit {
		old := c.order.Back()
		delete(c.byKey, old.Value.(cached).key)
		c.order.Remove(old)
	}
}
