package hashicorptest

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"testing"

	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
	"countersign/vault/hashicorp/devserver"
)

// Proxy stands between a client and a real Vault and breaks what it is told to.
type Proxy struct {
	Server hashicorp.Server // how to reach it

	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request, pass func()) bool
	calls []string
}

// Break has every request seen first by fault. It answers true when it has dealt with
// the request itself; pass lets Vault do it and throws the answer away. nil mends.
func (p *Proxy) Break(fault func(w http.ResponseWriter, r *http.Request, pass func()) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

// Calls gives the requests since the last time: method and path.
func (p *Proxy) Calls() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	calls := p.calls
	p.calls = nil
	return calls
}

// NewProxy starts one for the time of the test.
func NewProxy(t testing.TB, s *devserver.Server) *Proxy {
	t.Helper()
	target, err := url.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	reverse := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.WriteHeader(http.StatusBadGateway) // what a load balancer says of a dead server
		},
	}
	p := &Proxy{}
	front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		fault := p.fault
		p.calls = append(p.calls, r.Method+" "+r.URL.Path)
		p.mu.Unlock()
		pass := func() { reverse.ServeHTTP(httptest.NewRecorder(), r) }
		if fault == nil || !fault(w, r, pass) {
			reverse.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(front.Close)
	t.Cleanup(transport.CloseIdleConnections)
	p.Server = hashicorp.Server{Address: front.URL, CAFile: vaulttest.PEM(t, "CERTIFICATE", front.Certificate().Raw)}
	return p
}
