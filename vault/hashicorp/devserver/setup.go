package devserver

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"countersign/certs"
	deploy "countersign/deploy/vault"
	"countersign/vault/hashicorp"
)

// Setup runs the scripts of deploy/vault against this server, as an operator would:
// setup.sh for these domains and this subject, and dev-ca.sh. settings are further ones
// of setup.sh, such as NAMES=ip.
func (s *Server) Setup(ctx context.Context, domains []string, subject certs.Subject, settings ...string) error {
	if err := s.Prepare(ctx, domains, subject, settings...); err != nil {
		return err
	}
	return s.script(ctx, "dev-ca.sh")
}

// Prepare runs setup.sh alone: everything but a CA.
func (s *Server) Prepare(ctx context.Context, domains []string, subject certs.Subject, settings ...string) error {
	dir := s.path("deploy")
	err := fs.WalkDir(deploy.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, path)
		if d.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		raw, err := deploy.Files.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, raw, 0o700) //nolint:gosec // scripts are run
	})
	if err != nil {
		return fmt.Errorf("set up vault: %w", err)
	}
	return s.script(ctx, "setup.sh", append(settings, "DOMAINS="+strings.Join(domains, ","), "COUNTRY="+subject.C, "PROVINCE="+subject.ST,
		"LOCALITY="+subject.L, "ORGANIZATION="+subject.O, "UNIT="+subject.OU)...)
}

func (s *Server) script(ctx context.Context, name string, env ...string) error {
	cmd := exec.CommandContext(ctx, "sh", filepath.Join(s.path("deploy"), name)) //nolint:gosec // our own scripts
	cmd.Env = append(s.Env(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

// Env is the environment of a person at this server, with the root token.
func (s *Server) Env() []string {
	var clean []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "VAULT_") {
			clean = append(clean, v)
		}
	}
	return append(clean, "HOME="+s.dir, "VAULT="+s.binary, "VAULT_ADDR="+s.Address, "VAULT_CACERT="+s.CAFile, "VAULT_TOKEN="+s.Token)
}

// AppRole makes a wrapped secret-id for an identity (writer, releaser, janitor,
// recorder, revoker) in a file, and gives the login for it.
func (s *Server) AppRole(ctx context.Context, identity string) (*hashicorp.AppRole, error) {
	client, err := s.Client(s.Token)
	if err != nil {
		return nil, err
	}
	role := "countersign-" + identity
	id, err := client.Logical().ReadWithContext(ctx, "auth/approle/role/"+role+"/role-id")
	if err != nil {
		return nil, err
	}
	roleID, ok := id.Data["role_id"].(string)
	if !ok {
		return nil, fmt.Errorf("no role-id for %s", role)
	}
	client.SetWrappingLookupFunc(func(string, string) string { return "1h" })
	wrapped, err := client.Logical().WriteWithContext(ctx, "auth/approle/role/"+role+"/secret-id", nil)
	if err != nil {
		return nil, err
	}
	file := s.path(identity + ".wrapped")
	if err := os.WriteFile(file, []byte(wrapped.WrapInfo.Token+"\n"), 0o600); err != nil {
		return nil, err
	}
	return &hashicorp.AppRole{Role: role, RoleID: roleID, SecretID: file, Wrapped: true}, nil
}

// Config is how Countersign is configured for this server: every identity by AppRole,
// each with a wrapped secret-id made now.
func (s *Server) Config(ctx context.Context) (hashicorp.Config, error) {
	c := hashicorp.Config{Server: s.Connection()}
	for identity, to := range map[string]*hashicorp.LoginConfig{"writer": &c.Writer, "releaser": &c.Releaser, "janitor": &c.Janitor,
		"recorder": &c.Recorder, "revoker": &c.Revoker} {
		a, err := s.AppRole(ctx, identity)
		if err != nil {
			return hashicorp.Config{}, fmt.Errorf("vault server: %w", err)
		}
		*to = hashicorp.LoginConfig{Method: "approle", RoleID: a.RoleID, File: a.SecretID, Wrapped: true}
	}
	return c, nil
}
