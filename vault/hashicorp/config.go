package hashicorp

import (
	"cmp"
	"fmt"
	"log/slog"
)

// Config is all that the configuration file says of Vault. It holds no secret: tokens
// and secret-ids come from files.
type Config struct {
	Server   `yaml:",inline"`
	Transit  string            `yaml:"transit"` // mounts; empty: countersign-transit, -kv, -pki
	KV       string            `yaml:"kv"`
	PKI      string            `yaml:"pki"`
	Roles    map[string]string `yaml:"roles"` // PKI role by profile id, where it is not the one of deploy/vault
	Writer   LoginConfig       `yaml:"writer"`
	Releaser LoginConfig       `yaml:"releaser"`
	Janitor  LoginConfig       `yaml:"janitor"`
	Recorder LoginConfig       `yaml:"recorder"` // may be left out where the audit key is not in Vault
	Revoker  LoginConfig       `yaml:"revoker"`  // may be left out: then nothing is revoked from here
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
	role := cmp.Or(l.Role, "countersign-"+identity)
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

// Logins are those of the identities (deploy/vault).
func (c Config) Logins() map[string]LoginConfig {
	return map[string]LoginConfig{"writer": c.Writer, "releaser": c.Releaser, "janitor": c.Janitor,
		"recorder": c.Recorder, "revoker": c.Revoker}
}

// Vault is one Vault server with everything that is kept and signed there.
type Vault struct {
	Custody *Custody
	PKI     *PKI

	Sessions []*Session // those of its identities
}

// Open starts logging all identities in. It fails on a wrong configuration only: a
// Vault that is away or sealed is waited for in the background. Close ends it.
func Open(c Config, log *slog.Logger) (*Vault, error) {
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
			s, err = NewSession(c.Server, x.identity, login, log, x.identity == "releaser")
		}
		if err != nil {
			v.Close()
			return nil, err
		}
		*x.to = s
		v.Sessions = append(v.Sessions, s)
	}
	v.PKI.Signer = v.Custody.Writer
	return v, nil
}

// Close ends all sessions.
func (v *Vault) Close() {
	for _, s := range v.Sessions {
		s.Close()
	}
}
