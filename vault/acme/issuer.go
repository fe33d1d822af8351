package acme

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mholt/acmez/v3/acme"

	"countersign/certs"
	"countersign/vault"
)

// maxNames is how many names one order may have: the limit of Let's Encrypt.
const maxNames = 100

// Solver proves that a name is ours. Its methods are safe for concurrent use.
type Solver interface {
	// Type is the challenge type that it answers: http-01, dns-01.
	Type() string
	// Present makes the proof visible and returns when it is.
	Present(ctx context.Context, c acme.Challenge) error
	// CleanUp takes it away again.
	CleanUp(ctx context.Context, c acme.Challenge) error
}

// Options say which authority to use, and as whom.
type Options struct {
	Directory  string        // address of the authority's directory
	CAFile     string        // PEM of the CA of its own certificate; empty: the system's
	Profile    string        // the authority's profile to ask for; empty: its default
	Contact    string        // e-mail address; may be empty
	EABKeyID   string        // external account binding, where the authority wants one
	EABKey     string        // base64url, without padding
	AccountKey crypto.Signer // names the account; ECDSA P-256
	Ledger     vault.Ledger  // remembers orders over restarts
	Solvers    []Solver      // the first that a name's authorization offers is used
	Poll       time.Duration // pause between polls; 0: 2 s
}

// Issuer signs through one ACME account. It is safe for concurrent use.
type Issuer struct {
	options Options
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
	if o.Poll == 0 {
		o.Poll = 2 * time.Second
	}
	return &Issuer{options: o, busy: map[string]*sync.Mutex{}, client: &acme.Client{
		Directory: o.Directory, UserAgent: "countersign", PollInterval: o.Poll, PollTimeout: 2 * time.Minute,
		HTTPClient: &http.Client{Transport: transport, Timeout: time.Minute}}}, nil
}

// entry is the record of one issuance.
type entry struct {
	Asked string `json:"asked"`
	Order string `json:"order,omitempty"` // address of the order at the authority
	Chain string `json:"chain,omitempty"` // PEM, leaf first, once there is one
}

// Issue orders a certificate for exactly the names of spec, proves them, and fetches
// it. Asked again with the same key it goes on with the same order, and an order has
// one certificate at most. What the authority writes besides the names (subject,
// usages, lifetime) is its own affair: compare before using it. It is never pending.
func (i *Issuer) Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	issued, err := i.issue(ctx, key, spec, csr)
	if err != nil {
		return certs.Issued{}, false, i.fault(fmt.Errorf("acme: %w", err))
	}
	return issued, false, nil
}

func (i *Issuer) issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, error) {
	if key == "" || len(key) > 1000 {
		return certs.Issued{}, errors.New("no key to issue under")
	}
	if _, err := vault.CheckRequest(spec, csr); err != nil {
		return certs.Issued{}, err
	}
	ids, err := identifiers(spec, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	_, like, err := vault.Template(spec)
	if err != nil {
		return certs.Issued{}, err
	}
	asked, err := vault.Asked(like, spec.Days, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	name := recordOf(key)
	defer i.alone(name)()

	e, version, err := i.read(ctx, name)
	if err != nil {
		return certs.Issued{}, err
	}
	if version > 0 && e.Asked != asked {
		return certs.Issued{}, vault.Refuse(nil, "vault.issue.other")
	}
	if e.Chain != "" {
		return parse(e.Chain)
	}
	account, err := i.join(ctx)
	if err != nil {
		return certs.Issued{}, err
	}
	order, found, err := i.resume(ctx, account, e)
	if err != nil {
		return certs.Issued{}, err
	}
	if !found {
		if order, err = i.client.NewOrder(ctx, account, acme.Order{Identifiers: ids, Profile: i.options.Profile}); err != nil {
			return certs.Issued{}, err
		}
		// Recorded before anything is proved: of two at once, only the order that is on record goes on.
		e = entry{Asked: asked, Order: order.Location}
		if err := i.put(ctx, name, e, version); err != nil {
			return certs.Issued{}, err
		}
		version++
	}
	if e.Chain, err = i.carryOut(ctx, account, order, csr); err != nil {
		return certs.Issued{}, err
	}
	if err := i.put(ctx, name, e, version); err != nil {
		return certs.Issued{}, err
	}
	return parse(e.Chain)
}

// alone lets one call at a time work on a record.
func (i *Issuer) alone(name string) (done func()) {
	i.mu.Lock()
	m := i.busy[name]
	if m == nil {
		m = &sync.Mutex{}
		i.busy[name] = m
	}
	i.mu.Unlock()
	m.Lock()
	return func() {
		m.Unlock()
		i.mu.Lock()
		if m.TryLock() { // nobody waits: forget it
			delete(i.busy, name)
			m.Unlock()
		}
		i.mu.Unlock()
	}
}

func (i *Issuer) read(ctx context.Context, name string) (e entry, version int, err error) {
	raw, version, err := i.options.Ledger.Get(ctx, name)
	if err != nil || version == 0 {
		return entry{}, 0, err
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return entry{}, 0, fmt.Errorf("record of an issuance: %w", err)
	}
	return e, version, nil
}

func (i *Issuer) put(ctx context.Context, name string, e entry, version int) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	ok, err := i.options.Ledger.Put(ctx, name, raw, version)
	if err == nil && !ok {
		return vault.Wait(nil, "vault.issue.waits")
	}
	return err
}

// join gives the account, made at the authority if it has none for our key.
func (i *Issuer) join(ctx context.Context) (acme.Account, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.account != nil {
		return *i.account, nil
	}
	account := acme.Account{TermsOfServiceAgreed: true, PrivateKey: i.options.AccountKey}
	if i.options.Contact != "" {
		account.Contact = []string{"mailto:" + i.options.Contact}
	}
	if i.options.EABKeyID != "" {
		eab := acme.EAB{KeyID: i.options.EABKeyID, MACKey: i.options.EABKey}
		if err := account.SetExternalAccountBinding(ctx, i.client, eab); err != nil {
			return acme.Account{}, err
		}
	}
	made, err := i.client.NewAccount(ctx, account)
	if err != nil {
		return acme.Account{}, err
	}
	i.account = &made
	return made, nil
}

// identifiers are the names of spec as an order has them. They must be the request's
// too, or the authority refuses it at the very end.
func identifiers(spec certs.Spec, csr []byte) ([]acme.Identifier, error) {
	var ids []acme.Identifier
	add := func(kind, value string) {
		id := acme.Identifier{Type: kind, Value: value}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, n := range spec.Names {
		switch n.Type {
		case certs.DNS:
			add("dns", strings.ToLower(n.Value))
		case certs.IP:
			add("ip", n.Value)
		default:
			return nil, vault.Refuse(nil, "vault.acme.name", "Name", n.Value)
		}
	}
	switch {
	case len(ids) == 0:
		return nil, vault.Refuse(nil, "vault.acme.none")
	case len(ids) > maxNames:
		return nil, vault.Refuse(nil, "vault.acme.many", "Count", fmt.Sprint(len(ids)), "Most", fmt.Sprint(maxNames))
	case spec.IsCA:
		return nil, vault.Refuse(nil, "vault.role.ca")
	}
	request, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return nil, vault.Refuse(err, "vault.csr.unreadable")
	}
	for _, name := range append(slices.Clone(request.DNSNames), request.Subject.CommonName) {
		if name != "" && !slices.Contains(ids, acme.Identifier{Type: "dns", Value: strings.ToLower(name)}) {
			return nil, vault.Refuse(nil, "vault.acme.extra", "Name", name)
		}
	}
	return ids, nil
}

func parse(text string) (certs.Issued, error) {
	var all [][]byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return certs.Issued{}, fmt.Errorf("the authority gave something else than certificates: %w", err)
		}
		all = append(all, block.Bytes)
	}
	if len(all) == 0 {
		return certs.Issued{}, errors.New("the authority gave no certificate")
	}
	return certs.Issued{Leaf: all[0], Chain: all[1:]}, nil
}
