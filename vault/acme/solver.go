package acme

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"time"

	"countersign/vault"

	"github.com/mholt/acmez/v3/acme"
)

// hookTime is how long a hook program may take: DNS servers copy slowly.
const hookTime = 5 * time.Minute

// Solver proves that a name is ours. Its methods are safe for concurrent use.
type Solver interface {
	// Type is the challenge type that it answers: http-01, dns-01.
	Type() string
	// Present makes the proof visible and returns when it is.
	Present(ctx context.Context, c acme.Challenge) error
	// CleanUp takes it away again.
	CleanUp(ctx context.Context, c acme.Challenge) error
	// Check tells whether it could.
	Check() error
}

// HTTP01 answers at http://name/.well-known/acme-challenge/ (RFC 8555 section 8.3).
// It listens only while there is something to answer.
type HTTP01 struct {
	Listen string // host:port; the authority asks at port 80

	mu      sync.Mutex
	answers map[string]string // by path
	server  *http.Server
}

// Type is http-01.
func (h *HTTP01) Type() string { return "http-01" }

// Present answers for c from now on.
func (h *HTTP01) Present(_ context.Context, c acme.Challenge) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server == nil {
		l, err := net.Listen("tcp", h.Listen)
		if err != nil {
			return fmt.Errorf("answer http-01: %w", err)
		}
		h.server = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
		go func(s *http.Server) { _ = s.Serve(l) }(h.server) // ends by Close in CleanUp
	}
	if h.answers == nil {
		h.answers = map[string]string{}
	}
	h.answers[c.HTTP01ResourcePath()] = c.KeyAuthorization
	return nil
}

// CleanUp stops answering for c.
func (h *HTTP01) CleanUp(_ context.Context, c acme.Challenge) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.answers, c.HTTP01ResourcePath())
	if len(h.answers) > 0 || h.server == nil {
		return nil
	}
	err := h.server.Close()
	h.server = nil
	return err
}

// Check listens for a moment.
func (h *HTTP01) Check() error {
	l, err := net.Listen("tcp", h.Listen)
	if err != nil {
		return vault.Refuse(err, "vault.acme.port", "Address", h.Listen, "Why", err.Error())
	}
	return l.Close()
}

// ServeHTTP answers; it may also be mounted in a server that has port 80 already.
func (h *HTTP01) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	answer, ok := h.answers[r.URL.Path]
	h.mu.Unlock()
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write([]byte(answer)) // the authority asks again when it did not arrive
}

// DNS01 has a program set and remove TXT records (RFC 8555 section 8.4). It is run as
//
//	PROGRAM present _acme-challenge.name VALUE
//	PROGRAM cleanup _acme-challenge.name VALUE
//
// without a shell, and must not return before the record is served.
type DNS01 struct {
	Program string
	Env     []string // all of its environment
}

// Type is dns-01.
func (d *DNS01) Type() string { return "dns-01" }

// Present runs the program.
func (d *DNS01) Present(ctx context.Context, c acme.Challenge) error { return d.run(ctx, "present", c) }

// CleanUp runs the program.
func (d *DNS01) CleanUp(ctx context.Context, c acme.Challenge) error { return d.run(ctx, "cleanup", c) }

// Check looks for the program.
func (d *DNS01) Check() error {
	if _, err := exec.LookPath(d.Program); err != nil {
		return vault.Refuse(err, "vault.acme.hook", "Program", d.Program)
	}
	return nil
}

func (d *DNS01) run(ctx context.Context, what string, c acme.Challenge) error {
	ctx, cancel := context.WithTimeout(ctx, hookTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, d.Program, what, c.DNS01TXTRecordName(), c.DNS01KeyAuthorization()) //nolint:gosec // configured by the operator
	cmd.Env = d.Env
	cmd.WaitDelay = 5 * time.Second
	var says strings.Builder
	cmd.Stderr = &limited{w: &says, left: 4096}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("dns-01 hook %s: %w: %s", what, err, vault.Clip(says.String()))
	}
	return nil
}

// limited keeps the beginning and drops the rest.
type limited struct {
	w    *strings.Builder
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	keep := p[:min(len(p), l.left)]
	l.left -= len(keep)
	if _, err := l.w.Write(keep); err != nil {
		return 0, err
	}
	return len(p), nil
}

var (
	_ Solver = (*HTTP01)(nil)
	_ Solver = (*DNS01)(nil)
)
