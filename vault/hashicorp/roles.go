package hashicorp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// rolesFor is how long a role that was read is believed. The certificate is compared
// with what was approved in any case; this only saves asking.
const rolesFor = time.Minute

// roleFor is the role to sign spec with: what the configuration says, else the one of
// deploy/vault that permits its names and no other kind.
func (p *PKI) roleFor(ctx context.Context, spec certs.Spec) (name string, role Role, err error) {
	if name, ok := p.Roles[spec.Profile]; ok {
		role, err = p.role(ctx, name)
		return name, role, err
	}
	base := RoleName(spec)
	if role, err = p.role(ctx, base); err != nil {
		return base, role, err
	}
	if name = RoleFor(spec, role.Domains); name != base {
		role, err = p.role(ctx, name)
		if missing, ok := errors.AsType[*vault.Fault](err); ok && missing.Text().Key == "vault.role.missing" {
			err = vault.Wait(err, "vault.role.special", "Role", name)
		}
	}
	if err == nil {
		err = role.wide(name)
	}
	return name, role, err
}

func (p *PKI) role(ctx context.Context, name string) (Role, error) {
	p.mu.Lock()
	known, ok := p.known[name]
	p.mu.Unlock()
	if ok && time.Since(known.fetchedAt) < rolesFor {
		return known, nil
	}
	answer, err := p.Signer.call(ctx, read(p.at("roles", name)))
	if code, _ := rejected(err); code == http.StatusNotFound {
		return Role{}, vault.Wait(err, "vault.role.missing", "Role", name)
	}
	if err != nil {
		return Role{}, fmt.Errorf("read role %s: %w", name, err)
	}
	r := readRole(answer.Data)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]Role{}
	}
	p.known[name] = r
	return r, nil
}
