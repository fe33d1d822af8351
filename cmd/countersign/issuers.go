package main

import (
	"cmp"
	"context"
	"crypto"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"countersign/vault"
	"countersign/vault/acme"
	"countersign/vault/embedded"
	"countersign/vault/hashicorp"
	"countersign/vault/manual"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// Another type of issuer is an adapter below vault, its settings and a line of
// issuerKinds here, its texts (locales/*/vault.yaml) and a paragraph of
// docs/operations.md. The doctor asks it by vault.Checker.

// issuerConfig is one authority that signs. The tags say which types take a field.
type issuerConfig struct {
	Type string `yaml:"type"`

	Mount string            `yaml:"mount" for:"vault"` // where it is not the one of vault.pki
	Roles map[string]string `yaml:"roles" for:"vault"` // by profile id, over those of vault.roles

	Name string `yaml:"name" for:"manual"` // as people know the CA
	Form string `yaml:"form" for:"manual"` // address of its form

	Directory  string   `yaml:"directory" for:"acme"`
	CAFile     string   `yaml:"ca_file" for:"acme"`
	Profile    string   `yaml:"profile" for:"acme"` // of the authority, not of Countersign
	Contact    string   `yaml:"contact" for:"acme"`
	EABKeyID   string   `yaml:"eab_key_id" for:"acme"`
	EABKeyFile string   `yaml:"eab_key_file" for:"acme"`
	AccountKey string   `yaml:"account_key" for:"acme"` // file, made when it is missing; empty: in Vault, without one acme/NAME.key under data
	HTTP01     string   `yaml:"http01" for:"acme"`      // host:port to answer at
	DNS01      string   `yaml:"dns01" for:"acme"`       // hook program
	DNS01Env   []string `yaml:"dns01_env" for:"acme"`   // names of variables that it is given
}

// issuerKind is one type of issuer.
type issuerKind struct {
	name  string
	check func(p *problems, what string, i issuerConfig) // beyond what is common; nil: nothing
	open  func(b *backends, name string, i issuerConfig) (workflows.Issuer, error)
}

var issuerKinds = []issuerKind{
	{name: typeEmbedded, open: func(b *backends, _ string, _ issuerConfig) (workflows.Issuer, error) {
		err := b.openEmbedded()
		return b.ca, err
	}},
	{name: typeVault, open: openPKI},
	{name: "acme", check: checkACME, open: openACME},
	{name: "manual", open: func(_ *backends, name string, i issuerConfig) (workflows.Issuer, error) {
		return &manual.Issuer{Name: cmp.Or(i.Name, name), Form: i.Form}, nil
	}},
}

// kind is the one that i is of, or an error that names those there are.
func (i issuerConfig) kind() (issuerKind, error) {
	var names []string
	for _, k := range issuerKinds {
		if k.name == i.Type {
			return k, nil
		}
		names = append(names, k.name)
	}
	last := len(names) - 1
	return issuerKind{}, fmt.Errorf("type %q is not %s or %s", i.Type, strings.Join(names[:last], ", "), names[last])
}

// What the workflows ask for by asking whether it is there.
var (
	_ issuance.Revoker = (*hashicorp.PKI)(nil)
	_ issuance.Revoker = (*embedded.CA)(nil)
	_ issuance.Revoker = (*acme.Issuer)(nil)
	_ issuance.Finder  = (*hashicorp.PKI)(nil)
	_ issuance.Finder  = (*embedded.CA)(nil)
	_ issuance.Finder  = (*acme.Issuer)(nil)
)

// openPKI gives the CA of the vault section, or another of the same server.
func openPKI(b *backends, _ string, i issuerConfig) (workflows.Issuer, error) {
	if err := b.openVault(); err != nil {
		return nil, err
	}
	if i.Mount == "" && len(i.Roles) == 0 {
		return b.vault.PKI, nil
	}
	other := &hashicorp.PKI{Signer: b.vault.PKI.Signer, Revoker: b.vault.PKI.Revoker, KV: b.settings.KV,
		Mount: cmp.Or(i.Mount, b.settings.PKI), Roles: map[string]string{}}
	maps.Copy(other.Roles, b.settings.Roles)
	maps.Copy(other.Roles, i.Roles)
	return other, nil
}

func checkACME(p *problems, what string, i issuerConfig) {
	p.need(strings.HasPrefix(i.Directory, "https://"), "%s: directory is %q; it takes the https address of the authority's directory", what, i.Directory)
	p.need(i.HTTP01 != "" || i.DNS01 != "", "%s: set http01 (host:port) or dns01 (a program) to prove names by", what)
	p.need((i.EABKeyID == "") == (i.EABKeyFile == ""), "%s: eab_key_id and eab_key_file go together", what)
}

// openACME gives an issuer whose account key and records are in Vault where there is one.
func openACME(b *backends, name string, i issuerConfig) (workflows.Issuer, error) {
	own := filepath.Join(b.data, "acme", name)
	o := acme.Options{Directory: i.Directory, CAFile: i.CAFile, Profile: i.Profile, Contact: i.Contact, EABKeyID: i.EABKeyID, EABKeyFile: i.EABKeyFile,
		AccountKey: func(ctx context.Context) (crypto.Signer, error) {
			if b.vault != nil && i.AccountKey == "" {
				return b.vault.Custody.AccountKey(ctx)
			}
			return acme.FileKey(cmp.Or(i.AccountKey, own+".key"))
		},
		Ledger: func() vault.Ledger {
			if b.vault != nil {
				return hashicorp.Ledger{Session: b.vault.Custody.Writer, KV: b.settings.KV}
			}
			return vault.FileLedger{Dir: own}
		}}
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
	return acme.New(o)
}
