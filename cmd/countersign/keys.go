package main

import (
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

	"countersign/vault"
	"countersign/vault/acme"
	"countersign/vault/embedded"
	"countersign/workflows"
)

// keys are the custodies and issuers of a configuration, by name, with what they
// share. Only those that the policies or the audit record use are made.
type keys struct {
	custodies map[string]workflows.Custody
	issuers   map[string]workflows.Issuer
	embedded  *embedded.Custody // nil: not in use
	auditKey  func() ([]byte, error)

	cfg      config
	log      *slog.Logger
	ca       *embedded.CA
	server   vault.Server
	sessions map[string]*vault.Session // by identity
	command  func(token string) string // opens an embedded hand-over
	bot      bool                      // others must leave a wrapped secret-id alone: it opens once
}

// errWrapped is for commands that would use up the bot's wrapped secret-id.
var errWrapped = errors.New("the login of this identity is a wrapped secret-id, which opens once and is for the bot; " +
	"set VAULT_TOKEN to a token of your own that may do the same")

// openKeys fills k, which noKeys has made. Logins to Vault go on in the background: a Vault that is away
// is no error here.
func openKeys(k *keys) error {
	cfg := k.cfg
	custodies, issuers := cfg.uses()
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

func noKeys(cfg config, log *slog.Logger) *keys {
	v := cfg.Vault
	return &keys{custodies: map[string]workflows.Custody{}, issuers: map[string]workflows.Issuer{}, sessions: map[string]*vault.Session{},
		cfg: cfg, log: log,
		server: vault.Server{Address: v.Address, Public: v.Public, Namespace: v.Namespace, CAFile: v.CAFile, ServerName: v.ServerName, Timeout: v.Timeout}}
}

// close ends the sessions. Their tokens are left to expire.
func (k *keys) close() {
	for _, s := range k.sessions {
		s.Close()
	}
}

func (k *keys) addCustody(name string) error {
	c, _ := k.cfg.custody(name)
	if c.Type == typeEmbedded {
		if err := k.openEmbedded(); err != nil {
			return err
		}
		k.custodies[name] = k.embedded
		if name == k.cfg.auditKeeper() {
			k.auditKey = k.embedded.AuditKey
		}
		return nil
	}
	custody := &vault.Custody{Transit: c.Transit, KV: c.KV}
	var err error
	for _, s := range []struct {
		identity string
		at       **vault.Session
	}{{"writer", &custody.Writer}, {"releaser", &custody.Releaser}, {"janitor", &custody.Janitor}} {
		if *s.at, err = k.session(s.identity); err != nil {
			return err
		}
	}
	k.custodies[name] = custody
	if name == k.cfg.auditKeeper() {
		k.auditKey = custody.AuditKey
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
		pki := &vault.PKI{Mount: i.Mount, KV: i.KV, Roles: i.Roles}
		pki.Signer, err = k.session("writer")
		if _, ok := k.cfg.Vault.Login["revoker"]; ok && err == nil {
			pki.Revoker, err = k.session("revoker")
		}
		made = pki
	case typeACME:
		made, err = k.acme(name, i)
	}
	if err == nil {
		k.issuers[name] = made
	}
	return err
}

// session logs an identity in, once for all who use it.
func (k *keys) session(identity string) (*vault.Session, error) {
	if s := k.sessions[identity]; s != nil {
		return s, nil
	}
	l := k.cfg.Vault.Login[identity]
	if !k.bot && l.AppRole != nil && l.AppRole.Wrapped {
		return nil, fmt.Errorf("vault: login: %s: %w", identity, errWrapped)
	}
	login, err := l.login(identity)
	if err != nil {
		return nil, fmt.Errorf("vault: login: %s: %w", identity, err)
	}
	s, err := vault.NewSession(k.server, identity, login, k.log)
	if err == nil {
		k.sessions[identity] = s
	}
	return s, err
}

func (l loginConfig) login(identity string) (vault.Login, error) {
	or := func(set, otherwise string) string {
		if set != "" {
			return set
		}
		return otherwise
	}
	switch {
	case l.AppRole != nil:
		a := l.AppRole
		return &vault.AppRole{Mount: a.Mount, Role: or(a.Role, "countersign-"+identity), RoleID: a.RoleID, SecretID: a.SecretIDFile, Wrapped: a.Wrapped}, nil
	case l.Kubernetes != nil:
		return &vault.Kubernetes{Mount: l.Kubernetes.Mount, Role: or(l.Kubernetes.Role, "countersign-"+identity), JWT: l.Kubernetes.JWTFile}, nil
	case l.TokenEnv != "":
		if token := strings.TrimSpace(os.Getenv(l.TokenEnv)); token != "" {
			return vault.Token(token), nil
		}
		return nil, fmt.Errorf("environment variable %s is not set: it takes a Vault token", l.TokenEnv)
	}
	token, err := readSecret(l.TokenFile)
	return vault.Token(token), err
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

func (k *keys) acme(name string, i issuerConfig) (*acme.Issuer, error) {
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
	file := i.AccountKey
	if file == "" {
		file = filepath.Join(k.cfg.Data, "acme", name+".key")
	}
	if o.AccountKey, err = accountKey(file); err != nil {
		return nil, fmt.Errorf("account key: %w", err)
	}
	return acme.New(o)
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
