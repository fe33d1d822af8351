package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"countersign/certs"
	"countersign/storage"
	"countersign/vault"
	"countersign/vault/hashicorp"
	"countersign/workflows"
)

// keys looks at custodies and issuers, and gives the audit key if it can be had.
func (x *examination) keys() []byte {
	custodies, issuers := x.cfg.uses()
	if slices.Contains(custodies, typeEmbedded) || slices.Contains(issuers, typeEmbedded) {
		dir := filepath.Join(x.cfg.Data, "custody")
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			x.say("custody embedded", true, x.c.say("cli.doctor.fresh", "Path", dir))
			// Opening it would make it.
			return x.openKeys(func(name string) bool { return name != typeEmbedded })
		}
	}
	return x.openKeys(func(string) bool { return true })
}

// openKeys looks at those custodies and issuers whose names are wanted, and gives the
// audit key if it can be had.
func (x *examination) openKeys(wanted func(name string) bool) []byte {
	all := noKeys(x.cfg, quiet())
	defer all.close()
	custodies, issuers := x.cfg.uses()
	x.add(all.addCustody, "custody ", custodies, wanted)
	x.add(all.addIssuer, "issuer ", issuers, wanted)
	x.lookAt(all)
	if all.auditKey == nil {
		return nil
	}
	key, err := all.auditKey()
	x.told("audit key", err, x.c.say("cli.doctor.vault"))
	if err != nil {
		return nil
	}
	x.readNote(all.notes)
	return key
}

// readNote reads what custody keeps of the record, for storage to compare.
func (x *examination) readNote(from notes) {
	if from == nil {
		return
	}
	ctx, done := context.WithTimeout(x.c.ctx, patience)
	defer done()
	raw, found, err := from.NotedHead(ctx)
	if err == nil && found {
		x.noted = &storage.Note{}
		err = json.Unmarshal(raw, x.noted)
	}
	if err != nil {
		x.told("noted head", err, "")
		x.noted = nil
	}
}

func (x *examination) add(one func(name string) error, what string, names []string, wanted func(string) bool) {
	for _, name := range names {
		if !wanted(name) {
			continue
		}
		switch err := one(name); {
		case errors.Is(err, errWrapped):
			x.wrapped = true
			x.say(what+name, true, x.c.say("cli.doctor.wrapped"))
		case err != nil:
			x.told(what+name, err, "")
		}
	}
}

func (x *examination) lookAt(all *keys) {
	ctx, done := context.WithTimeout(x.c.ctx, patience)
	defer done()
	for _, name := range slices.Sorted(maps.Keys(all.custodies)) {
		x.check(ctx, "custody "+name, all.custodies[name])
	}
	for _, name := range slices.Sorted(maps.Keys(all.issuers)) {
		issuer := all.issuers[name]
		if pki, ok := issuer.(*hashicorp.PKI); ok {
			with := &hashicorp.PKI{Signer: pki.Signer, Revoker: pki.Revoker, Mount: pki.Mount, KV: pki.KV}
			with.Roles, with.Longest = x.roles(name, pki.Roles)
			issuer = with
		}
		x.check(ctx, "issuer "+name, issuer)
	}
}

// check asks a custody or an issuer what would stand in its way.
func (x *examination) check(ctx context.Context, name string, of any) {
	checker, ok := of.(vault.Checker)
	if !ok {
		return
	}
	for _, got := range checker.Check(ctx) {
		what, fine := name, x.c.say("cli.doctor.vault")
		if got.Name != "" {
			what += ": " + got.Name
		}
		if !got.Fine.Zero() {
			fine = x.c.text(got.Fine)
		}
		x.told(what, got.Err, fine)
	}
}

// roles are those that the policies can come to need of a Vault CA: of every profile
// that they cover, as a plan would have it; and the most days that these ask for.
func (x *examination) roles(issuer string, given map[string]string) (map[string]string, int) {
	need, longest := map[string]string{}, 0
	cat, err := certs.Load(x.cfg.Profiles...)
	if err != nil {
		x.told("profiles", err, "")
		return given, 0
	}
	for _, profile := range cat.Profiles() {
		for _, ca := range []certs.CAKind{certs.PrivateCA, certs.PublicCA} {
			for _, spec := range samplePlan(cat, profile, ca).Specs {
				at := slices.IndexFunc(x.cfg.policies(), func(p workflows.Policy) bool {
					return p.Issuer == issuer && workflows.Covers(p, spec, append(slices.Clone(p.Environments), "production")[0])
				})
				if spec.Profile != profile.ID || spec.IsCA || spec.BuiltIn || at < 0 {
					continue
				}
				if most := x.cfg.policies()[at].Days; most > 0 {
					spec.Days = min(spec.Days, most)
				}
				longest = max(longest, spec.Days)
				if role := given[profile.ID]; role != "" {
					need[profile.ID] = role
					continue
				}
				role := hashicorp.RoleFor(spec, sampleDomains)
				need[role] = role
			}
		}
	}
	return need, longest
}

// sampleDomains stand for those of the roles.
var sampleDomains = []string{"example.com"}

// samplePlan plans one node with one service.
func samplePlan(cat *certs.Catalogue, p certs.Profile, ca certs.CAKind) certs.Plan {
	return cat.Plan(certs.Deployment{Domains: sampleDomains, Systems: []certs.System{{
		Product: p.Product(), Services: []string{p.Service()}, Nodes: []string{"node1.example.com"}, ClusterFQDN: "cluster.example.com", CA: ca}}}, time.Now())
}
