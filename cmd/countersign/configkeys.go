package main

import (
	"reflect"
	"slices"
	"strings"

	"countersign/vault"
)

// The types of custodies and issuers. The type of an entry is its name unless it says
// another. Embedded needs no entry: it is made only when a policy names it or the
// audit record has its key there.
const (
	typeEmbedded = "embedded"
	typeVault    = "vault"
	typeACME     = "acme"
	typeManual   = "manual"
)

// custodyConfig is one place where private keys live. The tags say which type takes
// a field.
type custodyConfig struct {
	Type    string `yaml:"type"`
	KeyFile string `yaml:"key_file" for:"embedded"` // empty: custody/custody.key under data
}

// issuerConfig is one authority that signs.
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

func (c config) custody(name string) (custodyConfig, bool) {
	k, ok := c.Custody[name]
	if k.Type == "" {
		k.Type = name
	}
	return k, ok || name == typeEmbedded
}

func (c config) issuer(name string) (issuerConfig, bool) {
	i, ok := c.Issuers[name]
	if i.Type == "" {
		i.Type = name
	}
	return i, ok || name == typeEmbedded
}

// auditKeeper is the custody with the key of the audit record: what the configuration
// says, else the first in Vault, else the embedded one.
func (c config) auditKeeper() string {
	if c.AuditKey != "" {
		return c.AuditKey
	}
	for _, name := range sortedKeys(c.Custody) {
		if k, _ := c.custody(name); k.Type == typeVault {
			return name
		}
	}
	return typeEmbedded
}

// uses tells which custodies and issuers the policies name, and with them the audit
// record.
func (c config) uses() (custodies, issuers []string) {
	custodies = []string{c.auditKeeper()}
	for _, p := range c.Policies {
		custodies, issuers = append(custodies, p.Custody), append(issuers, p.Issuer)
	}
	slices.Sort(custodies)
	slices.Sort(issuers)
	return slices.Compact(custodies), slices.Compact(issuers)
}

func (c config) checkKeys(p *problems) {
	used := c.Vault.Address != ""
	for _, name := range sortedKeys(c.Custody) {
		k, _ := c.custody(name)
		p.need(name != "device", "custody device: this name stands for keys that a system made itself")
		p.need(k.Type == typeVault || k.Type == typeEmbedded, "custody %s: type %q is not embedded or vault", name, k.Type)
		p.need((k.Type == typeEmbedded) == (name == typeEmbedded), "custody %s: the embedded custody, and no other, is called embedded", name)
		checkFields(p, "custody "+name, k.Type, k)
		used = used || k.Type == typeVault
	}
	for _, name := range sortedKeys(c.Issuers) {
		i, _ := c.issuer(name)
		c.checkIssuer(p, name, i)
		used = used || i.Type == typeVault
	}
	keeper, ok := c.custody(c.auditKeeper())
	p.need(ok, "audit_key: custody %q is not one of %s", c.AuditKey, known(c.Custody))
	p.need(!c.embeddedKeys() || c.Listen != "", "the embedded custody hands keys over on a page: it needs listen, and public for browsers elsewhere")
	if used {
		checkVault(p, c.Vault)
	}
	p.need(keeper.Type != typeVault || c.Vault.Recorder != (vault.LoginConfig{}), "vault: recorder is missing: it alone may use the key of the audit record; "+
		"run deploy/vault/setup.sh of this version, make a secret-id for the AppRole countersign-recorder, and add it (docs/vault.md, section 3)")
}

// embeddedKeys reports whether a policy keeps private keys in the embedded custody.
func (c config) embeddedKeys() bool {
	return slices.ContainsFunc(c.Policies, func(p policyConfig) bool { return p.Custody == typeEmbedded })
}

func (c config) checkIssuer(p *problems, name string, i issuerConfig) {
	what := "issuers: " + name
	checkFields(p, what, i.Type, i)
	p.need((i.Type == typeEmbedded) == (name == typeEmbedded), "%s: the embedded CA, and no other, is called embedded", what)
	switch i.Type {
	case typeEmbedded, typeVault, typeManual:
	case typeACME:
		p.need(strings.HasPrefix(i.Directory, "https://"), "%s: directory is %q; it takes the https address of the authority's directory", what, i.Directory)
		p.need(i.HTTP01 != "" || i.DNS01 != "", "%s: set http01 (host:port) or dns01 (a program) to prove names by", what)
		p.need((i.EABKeyID == "") == (i.EABKeyFile == ""), "%s: eab_key_id and eab_key_file go together", what)
	default:
		p.need(false, "%s: type %q is not embedded, vault, acme or manual", what, i.Type)
	}
}

// checkFields refuses fields of another type: they would be settings without effect.
func checkFields(p *problems, what, kind string, entry any) {
	v := reflect.ValueOf(entry)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		of := f.Tag.Get("for")
		p.need(of == "" || of == kind || v.Field(i).IsZero(), "%s: %s is a setting of type %s, not of %s", what, f.Tag.Get("yaml"), of, kind)
	}
}

// identities of Vault (deploy/vault), with how each logs in.
func identities(v vault.Config) map[string]vault.LoginConfig {
	return map[string]vault.LoginConfig{"writer": v.Writer, "releaser": v.Releaser, "janitor": v.Janitor,
		"recorder": v.Recorder, "revoker": v.Revoker}
}

func checkVault(p *problems, v vault.Config) {
	for setting, address := range map[string]string{"address": v.Address, "public": v.Public} {
		p.need(setting == "public" && address == "" || vault.CheckAddress(address) == nil,
			"vault: %s is %q; it takes an address like https://vault.example.com:8200, http on this machine alone", setting, address)
	}
	all := identities(v)
	for _, who := range sortedKeys(all) {
		l := all[who]
		switch l.Method {
		case "":
			p.need((who == "recorder" || who == "revoker") && l == (vault.LoginConfig{}), "vault: %s: method is missing: approle, kubernetes or token; deploy/vault/setup.sh makes the AppRoles", who)
		case "approle":
			p.need(l.RoleID != "" && l.File != "", "vault: %s: approle needs role_id, and file with the secret-id", who)
		case "token":
			p.need(l.File != "", "vault: %s: token needs file", who)
		case "kubernetes":
		default:
			p.need(false, "vault: %s: method %q is not approle, kubernetes or token", who, l.Method)
		}
	}
}
