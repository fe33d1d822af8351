package slacksim

import (
	"context"
	"net/http"
	"sync"
)

// lifetime is that of a workspace: what runs in it has ended when Close
// returns.
type lifetime struct {
	ctx    context.Context
	stop   context.CancelFunc
	wg     sync.WaitGroup
	gate   sync.Mutex
	closed bool // under gate: no goroutine may start
}

func newLifetime() *lifetime {
	l := &lifetime{}
	l.ctx, l.stop = context.WithCancel(context.Background())
	return l
}

// end has nothing start any more; false: it had ended before.
func (l *lifetime) end() bool {
	l.gate.Lock()
	defer l.gate.Unlock()
	if l.closed {
		return false
	}
	l.closed = true
	return true
}

// spawn runs f in a goroutine that Close waits for; once closing it does not.
func (l *lifetime) spawn(f func()) {
	if l.enter() {
		go func() { defer l.wg.Done(); f() }()
	}
}

// enter has Close wait for l.wg.Done; false: it is closing.
func (l *lifetime) enter() bool {
	l.gate.Lock()
	defer l.gate.Unlock()
	if l.closed {
		return false
	}
	l.wg.Add(1)
	return true
}

// counted has Close wait for whoever is being served, sockets too, of which
// http.Server.Close knows nothing: nothing is noted after Close.
func (l *lifetime) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.enter() {
			http.Error(w, "the workspace is closed", http.StatusServiceUnavailable)
			return
		}
		defer l.wg.Done()
		h.ServeHTTP(w, r)
	})
}
