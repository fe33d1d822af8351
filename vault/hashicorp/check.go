package hashicorp

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"countersign/vault"
)

// right is one capability at one path.
type right struct{ path, capability string }

// rights are what an identity needs and what it must not have. Names that only stand
// for any key or record end in "any".
type rights struct{ needs, never []right }

func (c *Custody) rights() (map[string]rights, error) {
	transit, err := mount(c.Transit, "countersign-transit")
	if err != nil {
		return nil, err
	}
	kv, err := mount(c.KV, "countersign-kv")
	if err != nil {
		return nil, err
	}
	handovers := "sys/leases/revoke-prefix/" + transit + "/export/signing-key/any/latest"
	return map[string]rights{
		"writer": {
			needs: []right{{transit + "/keys/any", "update"}, {transit + "/keys/any/csr", "update"}, {transit + "/keys/any/set-certificate", "update"},
				{kv + "/data/certificates/any/any", "create"}, {kv + "/data/certificates/any/any", "read"}},
			never: []right{{transit + "/export/signing-key/any/latest", "read"}, {transit + "/export/signing-key/any", "read"}, {transit + "/backup/any", "read"},
				{transit + "/sign/any", "update"}, {transit + "/keys/any/config", "update"}, {transit + "/keys/any", "delete"}, {transit + "/keys/countersign-audit", "update"}, {transit + "/hmac/countersign-audit", "update"}, {kv + "/data/record/head", "read"}, {kv + "/data/record/head", "update"}},
		},
		"recorder": {
			needs: []right{{transit + "/hmac/countersign-audit", "update"}, {kv + "/data/record/head", "create"}, {kv + "/data/record/head", "update"}, {kv + "/data/record/head", "read"}},
			never: []right{{transit + "/keys/any", "update"}, {transit + "/export/signing-key/any/latest", "read"}, {transit + "/keys/countersign-audit", "update"},
				{kv + "/data/certificates/any/any", "create"}, {kv + "/data/issued/any", "create"}, {kv + "/metadata/record/head", "delete"}, {"auth/token/revoke-accessor", "update"}},
		},
		"releaser": {
			needs: []right{{transit + "/export/signing-key/any/latest", "read"}},
			never: []right{{transit + "/keys/any", "update"}, {transit + "/export/signing-key/countersign-any/latest", "read"}, {kv + "/data/certificates/any/any", "create"}},
		},
		"janitor": {
			needs: []right{{transit + "/keys/any/config", "update"}, {transit + "/keys/any", "delete"}, {"auth/token/lookup-accessor", "update"},
				{handovers, "update"}, {handovers, "sudo"}, {kv + "/data/handovers/any", "create"}, {kv + "/data/handovers/any", "read"}},
			never: []right{{transit + "/export/signing-key/any/latest", "read"}, {transit + "/keys/countersign-audit", "delete"}, {transit + "/keys/any", "update"},
				{"auth/token/revoke-accessor", "update"}, {"auth/token/revoke", "update"}, {"sys/leases/revoke-prefix/auth", "update"},
				{"sys/leases/revoke-prefix/" + transit, "update"}},
		},
	}, nil
}

// Check looks at logins, rights (also those that must be missing), the KV mount and
// the clock. It changes nothing.
func (c *Custody) Check(ctx context.Context) []vault.Check {
	all, err := c.rights()
	if err != nil {
		return []vault.Check{{Name: "mounts", Err: err}}
	}
	var checks []vault.Check
	who := []*Session{c.Writer, c.Releaser, c.Janitor}
	if c.Recorder != nil {
		who = append(who, c.Recorder)
	}
	for _, s := range who {
		checks = append(checks, s.checkLogin(ctx))
		checks = append(checks, s.checkRights(ctx, all[s.Identity])...)
	}
	return append(checks, vault.Check{Name: "kv version", Err: CheckKV(ctx, c.Writer, c.KV)}, vault.Check{Name: "clock", Err: c.Writer.checkClock(ctx)})
}

// Check looks at the CA: its rights, its life, its CRL. It changes nothing.
func (p *PKI) Check(ctx context.Context) []vault.Check {
	m, err := mount(p.Mount, "countersign-pki")
	if err != nil {
		return []vault.Check{{Name: "mounts", Err: err}}
	}
	kv, err := mount(p.KV, "countersign-kv")
	if err != nil {
		return []vault.Check{{Name: "mounts", Err: err}}
	}
	needs := []right{{m + "/sign/countersign-any", "update"}, {m + "/roles/any", "read"}, {m + "/certs", "list"}, {m + "/cert/any", "read"},
		{kv + "/data/issued/any", "create"}, {kv + "/data/issued/any", "update"}, {kv + "/data/issued/any", "read"}}
	never := []right{{m + "/sign-verbatim", "update"}, {m + "/sign-verbatim/any", "update"}, {m + "/sign/any", "update"}, {m + "/root/sign-intermediate", "update"},
		{m + "/issuer/default/sign/any", "update"}, {m + "/issue/any", "update"}, {m + "/roles/any", "update"}, {m + "/revoke", "update"}}
	checks := p.Signer.checkRights(ctx, rights{needs, never})
	var most time.Duration // that a role gives
	var roles []vault.Check
	for profile, name := range p.Roles {
		role, err := p.role(ctx, name)
		if err == nil && profile == name {
			err = role.wide(name)
		}
		if one := (vault.Check{Name: "role " + name, Err: err}); !slices.ContainsFunc(roles, func(c vault.Check) bool { return c.Name == one.Name && c.Err == one.Err }) { // of several profiles
			roles = append(roles, one)
		}
		most = max(most, role.Most)
	}
	longest := time.Duration(p.Longest) * 24 * time.Hour
	if most > 0 {
		longest = min(longest, most)
	}
	checks = append(append(checks, vault.Check{Name: "ca certificate", Err: p.checkCA(ctx, m, longest)}, vault.Check{Name: "crl", Err: p.checkCRL(ctx)}), roles...)
	if p.Revoker != nil {
		checks = append(checks, p.Revoker.checkLogin(ctx))
		checks = append(checks, p.Revoker.checkRights(ctx, rights{[]right{{m + "/revoke", "update"}}, []right{{m + "/sign/countersign-any", "update"}}})...)
	}
	return checks
}

func (s *Session) checkLogin(ctx context.Context) vault.Check {
	_, err := s.use(ctx)
	return vault.Check{Name: "login " + s.Identity, Err: err}
}

// checkRights asks Vault once for all paths.
func (s *Session) checkRights(ctx context.Context, r rights) []vault.Check {
	var paths []string
	for _, x := range append(slices.Clone(r.needs), r.never...) {
		paths = append(paths, x.path)
	}
	name := "rights " + s.Identity
	answer, err := s.call(ctx, write(place{path: "sys/capabilities-self"}, map[string]any{"paths": paths}))
	if err != nil {
		return []vault.Check{{Name: name, Err: err}}
	}
	has := func(x right) bool {
		list := texts(answer.Data[x.path])
		return slices.Contains(list, x.capability) || slices.Contains(list, "root")
	}
	var checks []vault.Check
	for _, x := range r.needs {
		if !has(x) {
			checks = append(checks, vault.Check{Name: name, Err: vault.Refuse(nil, "vault.right.missing", "Identity", s.Identity, "Path", x.path, "Right", x.capability)})
		}
	}
	for _, x := range r.never {
		if has(x) {
			checks = append(checks, vault.Check{Name: name, Err: vault.Refuse(nil, "vault.right.extra", "Identity", s.Identity, "Path", x.path, "Right", x.capability)})
		}
	}
	if checks == nil {
		checks = []vault.Check{{Name: name, Err: nil}}
	}
	return checks
}

// skew is how far our clock may be from Vault's: half of what certificates are
// backdated by default.
const skew = 15 * time.Second

func (s *Session) checkClock(ctx context.Context) error {
	client, err := s.use(ctx)
	if err != nil {
		return err
	}
	health, err := client.Sys().HealthWithContext(ctx)
	if err != nil {
		return s.server.classify(err, s.Identity, "sys/health")
	}
	if off := time.Since(time.Unix(health.ServerTimeUTC, 0)); off.Abs() > skew {
		return vault.Refuse(nil, "vault.clock", "Seconds", strconv.Itoa(int(off.Abs().Seconds())))
	}
	return nil
}

// checkCA wants the issuing CA to outlive what it signs by some way, and what it signs
// now at the longest.
func (p *PKI) checkCA(ctx context.Context, m string, longest time.Duration) error {
	answer, err := p.Signer.call(ctx, read(p.at("cert", "ca")))
	if code, _ := rejected(err); code == http.StatusNotFound || code == http.StatusBadRequest {
		return vault.Refuse(err, "vault.ca.none", "Mount", m)
	}
	if err != nil {
		return err
	}
	block, _ := pem.Decode([]byte(text(answer, "certificate")))
	if block == nil {
		return vault.Refuse(nil, "vault.ca.none", "Mount", m)
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return vault.Refuse(err, "vault.ca.none", "Mount", m)
	}
	if time.Until(ca.NotAfter) < longest {
		return vault.Refuse(nil, "vault.ca.short", "End", ca.NotAfter.UTC().Format(time.DateOnly), "Days", strconv.Itoa(int(longest.Hours()/24)))
	}
	if time.Until(ca.NotAfter) < 90*24*time.Hour {
		return vault.Refuse(nil, "vault.ca.near", "End", ca.NotAfter.UTC().Format(time.DateOnly))
	}
	return nil
}

func (p *PKI) checkCRL(ctx context.Context) error {
	answer, err := p.Signer.call(ctx, read(p.at("cert", "crl")))
	if err != nil {
		return err
	}
	block, _ := pem.Decode([]byte(text(answer, "certificate")))
	if block == nil {
		return errors.New("vault gave no CRL")
	}
	crl, err := x509.ParseRevocationList(block.Bytes)
	if err != nil {
		return err
	}
	if time.Now().After(crl.NextUpdate) {
		return vault.Refuse(nil, "vault.crl.stale", "End", crl.NextUpdate.UTC().Format(time.RFC3339))
	}
	return nil
}
