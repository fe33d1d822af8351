package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"countersign/certs"
	"countersign/vault/hashicorp/devserver"
)

// demoSubject is what the roles of the demonstration's Vault write: Vault takes the
// subject from the role, never from the request.
var demoSubject = certs.Subject{O: "Example Ltd", C: "GB"}

// demoVault is a Vault server of the demonstration's own.
type demoVault struct {
	*devserver.Server
	binary, dir string
}

// startVault starts a real Vault and sets it up with the scripts of deploy/vault.
func startVault(c *console, dir string) (*demoVault, error) {
	binary, err := vaultBinary(c)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(c.err, c.say("cli.demo.starting_vault", "Binary", binary))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(dir, "vault.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer log.Close() // the server has its own handle
	s, err := devserver.Start(c.ctx, devserver.Options{Binary: binary, Dir: dir, Log: log})
	if err != nil {
		return nil, fmt.Errorf("demo: %w; see %s", err, log.Name())
	}
	if err := s.Setup(c.ctx, []string{"example.com", "example.org", "example.net"}, demoSubject, "NAMES=bare wildcard ip"); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return &demoVault{Server: s, binary: binary, dir: dir}, nil
}

// vaultBinary finds a vault command: COUNTERSIGN_VAULT, the one on PATH, or the one
// that vault/hashicorp/server/get of the source tree builds once and caches.
func vaultBinary(c *console) (string, error) {
	if path := os.Getenv("COUNTERSIGN_VAULT"); path != "" {
		return path, nil
	}
	if path, err := exec.LookPath("vault"); err == nil {
		return path, nil
	}
	_, here, _, _ := runtime.Caller(0) // of the tree this was built from; not with -trimpath
	for _, root := range []string{filepath.Join(filepath.Dir(here), "..", ".."), "."} {
		get := filepath.Join(root, "vault", "hashicorp", "server", "get")
		if _, err := os.Stat(get); err != nil {
			continue
		}
		var out bytes.Buffer
		cmd := exec.CommandContext(c.ctx, get) //nolint:gosec // of our own tree
		cmd.Stdout, cmd.Stderr = &out, c.err
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("demo: build vault: %w", err)
		}
		return string(bytes.TrimSpace(out.Bytes())), nil
	}
	return "", errors.New(c.say("cli.demo.no_vault"))
}

// settings points a configuration at this server, as docs/operations.md does for a
// real one.
func (v *demoVault) settings(ctx context.Context, cfg *config) (err error) {
	if cfg.Vault, err = v.Config(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	cfg.Custody = map[string]custodyConfig{typeVault: {}}
	cfg.Issuers = map[string]issuerConfig{typeVault: {}}
	for i := range cfg.Policies {
		cfg.Policies[i].Custody, cfg.Policies[i].Issuer = typeVault, typeVault
	}
	return nil
}
