package bot_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/triage/probe"
)

// aside does what nobody waits for.
func (r *rig) aside(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		r.service.Background(r.db, r.log).Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() { stop(); <-ended })
}

// TestLookAtAHost: a host that a person names is looked at by a button of the card, by
// words in the thread and by the command; they see that it is under way, and what came
// of it in their own language.
func TestLookAtAHost(t *testing.T) {
	r := newRig(t, slacksim.Default())
	gate := make(chan struct{})
	open := sync.OnceFunc(func() { close(gate) })
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { <-gate; return nil, nil }}
	server.StartTLS()
	t.Cleanup(func() { open(); server.Close() })
	addr := server.Listener.Addr().String()
	rule, err := probe.ParseRule("127.0.0.0/8:1-65535")
	must(t, err)
	r.service.Support.Prober = probe.Prober{Policy: probe.Policy{Allow: []probe.Rule{rule}, Timeout: 8 * time.Second}}
	r.socket(t)
	r.aside(t)

	ella, sam := r.As("ella"), r.As("sam")
	ella.Says("curl: (60) SSL certificate problem: self-signed certificate, connecting to " + addr)
	card := ella.Sees("known cause", "Look at "+addr+" from here")
	ella.Clicks(card, "Look at "+addr+" from here")
	ella.SeesChange(card, "Looking at", addr)
	open()
	done := ella.SeesChange(card, "as seen from here", "TLS 1.3", "Look again at "+addr)
	if strings.Contains(done.Shown(), "Looking at") {
		t.Errorf("the card still looks: %s", done.Shown())
	}
	sam.Runs("/cert diagnose " + addr)
	sam.Sees("從此處看到的", "TLS 1.3")
	sam.Says("探測 203.0.113.7:443")
	sam.Sees("203.0.113.7:443", "probe.allow")
}
