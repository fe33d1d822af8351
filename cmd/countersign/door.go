package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// door is the product's HTTP server. It is open from the first moment, so that
// whoever watches can tell one that waits for Vault from one that is gone. A nil door
// is one that is not configured; its methods do nothing.
type door struct {
	listener net.Listener
	server   *http.Server
	routes   atomic.Pointer[http.Handler]
	reason   atomic.Pointer[string]
	ended    chan error
}

func openDoor(listen string, log *slog.Logger) (*door, error) {
	if listen == "" {
		return nil, nil //nolint:nilnil // not configured
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w; choose another address in the configuration if it is taken", err)
	}
	d := &door{listener: l, ended: make(chan error, 1)}
	d.waiting("starting")
	d.server = &http.Server{Handler: d, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	go func() { d.ended <- d.server.Serve(l) }()
	return d, nil
}

// ServeHTTP answers before the product is ready; afterwards its routes do.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if routes := d.routes.Load(); routes != nil {
		(*routes).ServeHTTP(w, r)
		return
	}
	if r.URL.Path == "/healthz" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answerReady(w, false, *d.reason.Load())
}

// answerReady is what /readyz says.
func answerReady(w http.ResponseWriter, ready bool, reason string) {
	w.Header().Set("Content-Type", "application/json")
	if !ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": ready, "reason": reason}) // the peer is gone: nothing to do
}

// waiting says what the start waits for.
func (d *door) waiting(reason string) {
	if d != nil {
		d.reason.Store(&reason)
	}
}

// open puts the product behind the door.
func (d *door) open(routes http.Handler) {
	if d != nil {
		d.routes.Store(&routes)
	}
}

// failed gives the error that ended the server, or nil when ctx ends.
func (d *door) failed(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.ended:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("http server: %w", err)
	}
}

// close lets answers under way finish, for at most 5 s. Closing twice is harmless.
func (d *door) close() {
	if d == nil {
		return
	}
	grace, done := context.WithTimeout(context.Background(), 5*time.Second)
	defer done()
	_ = d.server.Shutdown(grace) // what is still open then ends with the process
}

// address is where browsers on this machine find it.
func (d *door) address() string {
	if d == nil {
		return ""
	}
	return "http://" + d.listener.Addr().String()
}
