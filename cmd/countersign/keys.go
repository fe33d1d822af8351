package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"countersign/certs"
	"countersign/vault"
	"countersign/vault/acme"
	"countersign/vault/embedded"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// keys are the custodies and issuers of a configuration, by name, with what they
// share. Only those that the policies or the audit record use are made.
type keys struct {
	custodies map[string]workflows.Custody
	issuers   map[string]workflows.Issuer
	embedded  *embedded.Custody // nil: not in use
	auditKey  func() ([]byte, error)
	notes     notes // of the custody that keeps the audit key; nil: it keeps none

	cfg     config
	log     *slog.Logger
	ca      *embedded.CA
	vault   *vault.Vault              // nil: not in use
	command func(token string) string // opens an embedded hand-over
	bot     bool                      // others must leave a wrapped secret-id alone: it opens once
}

// What the workflows ask for by asking whether it is there.
var (
	_ workflows.Keeper = (*vault.Custody)(nil)
	_ issuance.Revoker = (*vault.PKI)(nil)
	_ issuance.Revoker = (*embedded.CA)(nil)
	_ issuance.Revoker = (*later)(nil)
	_ issuance.Finder  = (*vault.PKI)(nil)
	_ issuance.Finder  = (*embedded.CA)(nil)
	_ issuance.Finder  = (*later)(nil)
)

// errWrapped is for commands that would use up the bot's wrapped secret-id.
var errWrapped = errors.New("the login to Vault is a wrapped secret-id, which opens once and is for the bot; " +
	"set VAULT_TOKEN to a token of your own that may do the same")

func noKeys(cfg config, log *slog.Logger) *keys {
	return &keys{custodies: map[string]workflows.Custody{}, issuers: map[string]workflows.Issuer{}, cfg: cfg, log: log}
}

// openKeys fills k, which noKeys has made. Logins to Vault go on in the background: a
// Vault that is away is no error here.
func openKeys(k *keys) error {
	custodies, issuers := k.cfg.uses()
	for _, name := range custodies {
		if err := k.addCustody(name); err != nil {
			return fmt.Errorf("custody %s: %w", name, err)
		}
	}
	for _, name := range issuers {
		if err := k.addIssuer(name); err != nil {
			return fmt.Errorf("issuer %s: %w", name, err)
		}
	}
	return nil
}

// close ends the sessions. Their tokens are left to expire.
func (k *keys) close() {
	if k.vault != nil {
		k.vault.Close()
	}
}

// sessions are the identities that are to be logged in to Vault.
func (k *keys) sessions() []*vault.Session {
	if k.vault == nil {
		return nil
	}
	all := []*vault.Session{k.vault.Custody.Writer, k.vault.Custody.Releaser, k.vault.Custody.Janitor}
	for _, s := range []*vault.Session{k.vault.Custody.Recorder, k.vault.PKI.Revoker} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

func (k *keys) addCustody(name string) error {
	c, _ := k.cfg.custody(name)
	if c.Type == typeEmbedded {
		if err := k.openEmbedded(); err != nil {
			return err
		}
		k.custodies[name] = k.embedded
		if name == k.cfg.auditKeeper() {
			k.auditKey, k.notes = k.embedded.AuditKey, notesOf(k.embedded)
		}
		return nil
	}
	if err := k.openVault(); err != nil {
		return err
	}
	k.custodies[name] = k.vault.Custody
	if name == k.cfg.auditKeeper() {
		k.auditKey, k.notes = k.vault.Custody.AuditKey, notesOf(k.vault.Custody)
	}
	return nil
}

func (k *keys) openEmbedded() (err error) {
	if k.embedded != nil {
		return nil
	}
	c, _ := k.cfg.custody(typeEmbedded)
	k.embedded, k.ca, err = embedded.Start(embedded.Options{Dir: filepath.Join(k.cfg.Data, "custody"), KeyFile: c.KeyFile, Command: k.command})
	return err
}

func (k *keys) openVault() (err error) {
	if k.vault != nil {
		return nil
	}
	for _, l := range identities(k.cfg.Vault) {
		if l.Wrapped && !k.bot {
			return errWrapped
		}
	}
	k.vault, err = vault.Open(k.cfg.Vault, k.log)
	return err
}

func (k *keys) addIssuer(name string) error {
	i, _ := k.cfg.issuer(name)
	var made workflows.Issuer
	var err error
	switch i.Type {
	case typeEmbedded:
		err = k.openEmbedded()
		made = k.ca
	case typeManual:
		made = &vault.Outside{Name: i.Name, Form: i.Form}
	case typeVault:
		if err = k.openVault(); err == nil {
			made = k.pki(i)
		}
	case typeACME:
		made = &later{make: func(ctx context.Context) (*acme.Issuer, error) { return k.acme(ctx, name, i) }}
	}
	if err == nil {
		k.issuers[name] = made
	}
	return err
}

// pki is the CA of the vault section, or another of the same server.
func (k *keys) pki(i issuerConfig) *vault.PKI {
	if i.Mount == "" && len(i.Roles) == 0 {
		return k.vault.PKI
	}
	other := &vault.PKI{Signer: k.vault.PKI.Signer, Revoker: k.vault.PKI.Revoker, Mount: i.Mount, KV: k.cfg.Vault.KV, Roles: map[string]string{}}
	if other.Mount == "" {
		other.Mount = k.cfg.Vault.PKI
	}
	for _, roles := range []map[string]string{k.cfg.Vault.Roles, i.Roles} {
		for profile, role := range roles {
			other.Roles[profile] = role
		}
	}
	return other
}

// readSecret reads one short secret from a file.
func readSecret(file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%w", err)
	}
	value := strings.TrimSpace(string(raw))
	if value == "" || len(value) > 4096 {
		return "", fmt.Errorf("%s holds no secret of at most 4096 characters", file)
	}
	return value, nil
}

// later makes an ACME issuer when it is first needed: what it needs may be away at the
// start. It is safe for concurrent use.
type later struct {
	make func(context.Context) (*acme.Issuer, error)

	mu   sync.Mutex
	made *acme.Issuer
}

// Issue is that of the issuer.
func (l *later) Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	issuer, err := l.issuer(ctx)
	if err != nil {
		return certs.Issued{}, false, err
	}
	return issuer.Issue(ctx, key, spec, csr)
}

// Revoke is that of the issuer.
func (l *later) Revoke(ctx context.Context, leaf []byte, reason int) error {
	issuer, err := l.issuer(ctx)
	if err != nil {
		return err
	}
	return issuer.Revoke(ctx, leaf, reason)
}

// Find is that of the issuer.
func (l *later) Find(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	issuer, err := l.issuer(ctx)
	if err != nil {
		return certs.Issued{}, false, err
	}
	return issuer.Find(ctx, key, spec, csr)
}

func (l *later) issuer(ctx context.Context) (*acme.Issuer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made == nil {
		made, err := l.make(ctx)
		if err != nil {
			return nil, err
		}
		l.made = made
	}
	return l.made, nil
}

// acme makes an issuer whose account key and records are in Vault where there is one.
func (k *keys) acme(ctx context.Context, name string, i issuerConfig) (*acme.Issuer, error) {
	o := acme.Options{Directory: i.Directory, CAFile: i.CAFile, Profile: i.Profile, Contact: i.Contact, EABKeyID: i.EABKeyID,
		Ledger: vault.FileLedger{Dir: filepath.Join(k.cfg.Data, "acme", name)}}
	var err error
	if i.EABKeyFile != "" {
		if o.EABKey, err = readSecret(i.EABKeyFile); err != nil {
			return nil, err
		}
	}
	if i.HTTP01 != "" {
		o.Solvers = append(o.Solvers, &acme.HTTP01{Listen: i.HTTP01})
	}
	if i.DNS01 != "" {
		env := []string{"PATH=" + os.Getenv("PATH")}
		for _, v := range i.DNS01Env {
			env = append(env, v+"="+os.Getenv(v))
		}
		o.Solvers = append(o.Solvers, &acme.DNS01{Program: i.DNS01, Env: env})
	}
	if k.vault != nil {
		o.Ledger = vault.KVLedger{Session: k.vault.Custody.Writer, KV: k.cfg.Vault.KV}
	}
	if o.AccountKey, err = k.accountKey(ctx, name, i); err != nil {
		return nil, err
	}
	return acme.New(o)
}

func (k *keys) accountKey(ctx context.Context, name string, i issuerConfig) (crypto.Signer, error) {
	if k.vault != nil && i.AccountKey == "" {
		return k.vault.Custody.AccountKey(ctx)
	}
	file := i.AccountKey
	if file == "" {
		file = filepath.Join(k.cfg.Data, "acme", name+".key")
	}
	key, err := accountKey(file)
	if err != nil {
		return nil, fmt.Errorf("account key: %w", err)
	}
	return key, nil
}

// accountKey reads the key that names our account at an ACME authority, and makes it
// the first time. It signs no certificate.
func accountKey(file string) (*ecdsa.PrivateKey, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return newAccountKey(file)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s is no key in PEM", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if ec, ok := key.(*ecdsa.PrivateKey); ok && err == nil {
		return ec, nil
	}
	return nil, fmt.Errorf("%s is no ECDSA key in PKCS #8", file)
}

func newAccountKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	return key, writeNew(file, "PRIVATE KEY", der, 0o600)
}
