package acme

import (
	"cmp"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mholt/acmez/v3/acme"

	"countersign/vault"
)

// Options say which authority to use, and as whom.
type Options struct {
	Directory  string        // address of the authority's directory
	CAFile     string        // PEM of the CA of its own certificate; empty: the system's
	Profile    string        // the authority's profile to ask for; empty: its default
	Contact    string        // e-mail address; may be empty
	EABKeyID   string        // external account binding, where the authority wants one
	EABKeyFile string        // holds its key: base64url, without padding
	Solvers    []Solver      // the first that a name's authorization offers is used
	Poll       time.Duration // pause between polls; 0: 2 s

	// What keeps these may be away at the start: they are asked for when first needed.
	AccountKey func(context.Context) (crypto.Signer, error) // names the account; ECDSA P-256
	Ledger     func() vault.Ledger                          // remembers orders over restarts
}

// Issuer signs through one ACME account. It is safe for concurrent use.
type Issuer struct {
	options Options
	eabKey  string
	client  *acme.Client

	mu      sync.Mutex
	account *acme.Account
	busy    map[string]*sync.Mutex
}

// New makes an issuer. It talks to nobody yet; the account is made when it is first
// needed. Using the authority means agreeing to its terms of service.
func New(o Options) (*Issuer, error) {
	if !strings.HasPrefix(o.Directory, "https://") || o.AccountKey == nil || o.Ledger == nil || len(o.Solvers) == 0 {
		return nil, errors.New("acme: directory (https), account key, ledger and a solver are needed")
	}
	eabKey, err := readSecret(o.EABKeyFile)
	if err != nil {
		return nil, fmt.Errorf("acme: %w", err)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second, MaxIdleConns: 4, IdleConnTimeout: time.Minute}
	if o.CAFile != "" {
		raw, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("acme: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(raw) {
			return nil, fmt.Errorf("acme: no certificate in %s", o.CAFile)
		}
		transport.TLSClientConfig.RootCAs = pool
	}
	o.Poll = cmp.Or(o.Poll, 2*time.Second)
	return &Issuer{options: o, eabKey: eabKey, busy: map[string]*sync.Mutex{}, client: &acme.Client{
		Directory: o.Directory, UserAgent: "countersign", PollInterval: o.Poll, PollTimeout: 2 * time.Minute,
		HTTPClient: &http.Client{Transport: transport, Timeout: time.Minute}}}, nil
}

// readSecret reads one short secret from a file; of no file it is empty.
func readSecret(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	value := strings.TrimSpace(string(raw))
	if value == "" || len(value) > 4096 {
		return "", fmt.Errorf("%s holds no secret of at most 4096 characters", file)
	}
	return value, nil
}
