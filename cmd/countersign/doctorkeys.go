package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"countersign/certs"
	"countersign/storage"
	"countersign/vault"
	"countersign/vault/embedded"
	"countersign/workflows"
)

// checker is what custodies and issuers in Vault offer.
type checker interface {
	Check(ctx context.Context) []vault.Check
}

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
		switch k := all.custodies[name].(type) {
		case *embedded.Custody:
			x.say("custody "+name, true, x.c.say("cli.doctor.embedded", "Path", filepath.Join(x.cfg.Data, "custody")))
		case checker:
			x.vault(ctx, "custody "+name, k)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all.issuers)) {
		config, _ := x.cfg.issuer(name)
		switch i := all.issuers[name].(type) {
		case *embedded.CA:
			x.embeddedCA(name, i)
		case *vault.Outside:
			x.say("issuer "+name, true, x.c.say("cli.doctor.manual", "Name", nameOr(config.Name, name)))
		case *vault.PKI:
			with := &vault.PKI{Signer: i.Signer, Revoker: i.Revoker, Mount: i.Mount, KV: i.KV}
			with.Roles, with.Longest = x.roles(name, i.Roles)
			x.vault(ctx, "issuer "+name, with)
		default:
			x.acme(ctx, name, config)
		}
	}
}

func nameOr(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}

func (x *examination) vault(ctx context.Context, name string, k checker) {
	for _, got := range k.Check(ctx) {
		x.told(name+": "+got.Name, got.Err, x.c.say("cli.doctor.vault"))
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
					return p.Issuer == issuer && workflows.Covers(p, spec, nameOr(first(p.Environments), "production"))
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
				role := vault.RoleFor(spec, sampleDomains)
				need[role] = role
			}
		}
	}
	return need, longest
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// sampleDomains stand for those of the roles.
var sampleDomains = []string{"example.com"}

// samplePlan plans one node with one service.
func samplePlan(cat *certs.Catalogue, p certs.Profile, ca certs.CAKind) certs.Plan {
	return cat.Plan(certs.Deployment{Domains: sampleDomains, Systems: []certs.System{{
		Product: p.Product(), Services: []string{p.Service()}, Nodes: []string{"node1.example.com"}, ClusterFQDN: "cluster.example.com", CA: ca}}}, time.Now())
}

func (x *examination) embeddedCA(name string, ca *embedded.CA) {
	block, _ := pem.Decode(ca.RootPEM())
	if block == nil {
		return
	}
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		x.told("issuer "+name, err, "")
		return
	}
	lives := time.Until(root.NotAfter) > 90*24*time.Hour
	key := map[bool]string{true: "cli.doctor.embedded_ca", false: "cli.doctor.ca_near"}[lives]
	x.say("issuer "+name, lives, x.c.say(key, "End", root.NotAfter.UTC().Format(time.DateOnly)))
}

// acme looks at the directory and at the means of proof. It orders nothing.
func (x *examination) acme(ctx context.Context, name string, i issuerConfig) {
	if err := acmeDirectory(ctx, i); err != nil {
		x.say("issuer "+name, false, x.c.say("cli.doctor.acme_away", "Directory", i.Directory, "Why", err.Error()))
	} else {
		x.say("issuer "+name, true, x.c.say("cli.doctor.acme", "Directory", i.Directory))
	}
	if i.DNS01 != "" {
		if _, err := exec.LookPath(i.DNS01); err != nil {
			x.say("issuer "+name+": dns-01", false, x.c.say("cli.doctor.acme_hook", "Program", i.DNS01))
		}
	}
	if i.HTTP01 != "" {
		l, err := net.Listen("tcp", i.HTTP01)
		if err != nil {
			x.say("issuer "+name+": http-01", false, x.c.say("cli.doctor.acme_port", "Address", i.HTTP01, "Why", err.Error()))
			return
		}
		_ = l.Close() // it was only a question
	}
}

func acmeDirectory(ctx context.Context, i issuerConfig) error {
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if i.CAFile != "" {
		raw, err := os.ReadFile(i.CAFile)
		if err != nil {
			return err
		}
		trust.RootCAs = x509.NewCertPool()
		trust.RootCAs.AppendCertsFromPEM(raw)
	}
	client := &http.Client{Timeout: patience / 2, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trust}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.Directory, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var directory struct {
		NewOrder string `json:"newOrder"` // RFC 8555 section 7.1.1
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&directory)
	if err != nil || directory.NewOrder == "" {
		return fmt.Errorf("%s without newOrder", resp.Status)
	}
	return nil
}
