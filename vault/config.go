package vault

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Config is all that the configuration file says of Vault. It holds no secret: tokens
// and secret-ids come from files.
type Config struct {
	Address    string            `yaml:"address"`     // https://vault.example.com:8200
	Public     string            `yaml:"public"`      // the same as people reach it, for unwrap commands
	Namespace  string            `yaml:"namespace"`   // Enterprise and HCP
	CAFile     string            `yaml:"ca_file"`     // PEM of the CA of Vault's own certificate
	ServerName string            `yaml:"server_name"` // name in that certificate, where the address has another
	Timeout    time.Duration     `yaml:"timeout"`     // of one call; 0: 10 s
	Transit    string            `yaml:"transit"`     // mounts; empty: countersign-transit, -kv, -pki
	KV         string            `yaml:"kv"`
	PKI        string            `yaml:"pki"`
	Roles      map[string]string `yaml:"roles"` // PKI role by profile id, where it is not the one of deploy/vault
	Writer     LoginConfig       `yaml:"writer"`
	Releaser   LoginConfig       `yaml:"releaser"`
	Janitor    LoginConfig       `yaml:"janitor"`
	Recorder   LoginConfig       `yaml:"recorder"` // may be left out where the audit key is not in Vault
	Revoker    LoginConfig       `yaml:"revoker"`  // may be left out: then nothing is revoked from here
}

// LoginConfig says how one identity logs in.
type LoginConfig struct {
	Method  string `yaml:"method"`  // approle, kubernetes, token
	Mount   string `yaml:"mount"`   // of the method; empty: its usual one
	Role    string `yaml:"role"`    // approle, kubernetes; empty: countersign-<identity>
	RoleID  string `yaml:"role_id"` // approle
	File    string `yaml:"file"`    // secret-id, service account token, or token
	Wrapped bool   `yaml:"wrapped"` // approle: File holds a wrapping token for the secret-id
}

func (l LoginConfig) login(identity string) (Login, error) {
	role := l.Role
	if role == "" {
		role = "countersign-" + identity
	}
	switch l.Method {
	case "approle":
		if l.RoleID == "" || l.File == "" {
			return nil, fmt.Errorf("vault: %s: role_id and file are needed", identity)
		}
		return &AppRole{Mount: l.Mount, Role: role, RoleID: l.RoleID, SecretID: l.File, Wrapped: l.Wrapped}, nil
	case "kubernetes":
		return &Kubernetes{Mount: l.Mount, Role: role, JWT: l.File}, nil
	case "token":
		if l.File == "" {
			return nil, fmt.Errorf("vault: %s: file is needed", identity)
		}
		return TokenFile(l.File), nil
	}
	return nil, fmt.Errorf("vault: %s: method %q is none of approle, kubernetes, token", identity, l.Method)
}

// Vault is one Vault server with everything that is kept and signed there.
type Vault struct {
	Custody *Custody
	PKI     *PKI

	sessions []*Session
}

// Open starts logging all identities in. It fails on a wrong configuration only: a
// Vault that is away or sealed is waited for in the background. Close ends it.
func Open(c Config, log *slog.Logger) (*Vault, error) {
	server := Server{Address: c.Address, Public: c.Public, Namespace: c.Namespace, CAFile: c.CAFile, ServerName: c.ServerName, Timeout: c.Timeout}
	v := &Vault{Custody: &Custody{Transit: c.Transit, KV: c.KV}, PKI: &PKI{Mount: c.PKI, KV: c.KV, Roles: c.Roles}}
	for _, x := range []struct {
		identity string
		login    LoginConfig
		to       **Session
	}{{"writer", c.Writer, &v.Custody.Writer}, {"releaser", c.Releaser, &v.Custody.Releaser},
		{"janitor", c.Janitor, &v.Custody.Janitor}, {"recorder", c.Recorder, &v.Custody.Recorder},
		{"revoker", c.Revoker, &v.PKI.Revoker}} {
		if (x.identity == "recorder" || x.identity == "revoker") && x.login == (LoginConfig{}) {
			continue
		}
		login, err := x.login.login(x.identity)
		var s *Session
		if err == nil {
			s, err = newSession(server, x.identity, login, log, x.identity == "releaser")
		}
		if err != nil {
			v.Close()
			return nil, err
		}
		*x.to = s
		v.sessions = append(v.sessions, s)
	}
	v.PKI.Signer = v.Custody.Writer
	return v, nil
}

// Check looks at everything that has to be right before work begins.
func (v *Vault) Check(ctx context.Context) []Check {
	return append(v.Custody.Check(ctx), v.PKI.Check(ctx)...)
}

// Expires tells when the first of the identities' tokens ends if none is renewed, for
// a health gauge; the error is that of an identity that is not logged in.
func (v *Vault) Expires() (time.Time, error) {
	var first time.Time
	var all []error
	for _, s := range v.sessions {
		at, err := s.Expires()
		all = append(all, err)
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, errors.Join(all...)
}

// Close ends all sessions.
func (v *Vault) Close() {
	for _, s := range v.sessions {
		s.Close()
	}
}
