package main

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
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

// vaultConfig says which Vault server to use and how each identity logs in.
type vaultConfig struct {
	Address    string                 `yaml:"address"`     // https://vault.example.com:8200
	Public     string                 `yaml:"public"`      // the same as people reach it; empty: address
	Namespace  string                 `yaml:"namespace"`   // Enterprise and HCP
	CAFile     string                 `yaml:"ca_file"`     // PEM of the CA of Vault's own certificate
	ServerName string                 `yaml:"server_name"` // name in that certificate, where address has another
	Timeout    time.Duration          `yaml:"timeout"`     // of one call; 0: 10 s
	Login      map[string]loginConfig `yaml:"login"`       // writer, releaser, janitor, revoker
}

// loginConfig is one of the ways in.
type loginConfig struct {
	TokenFile  string            `yaml:"token_file"`
	TokenEnv   string            `yaml:"token_env"` // name of an environment variable
	AppRole    *appRoleConfig    `yaml:"approle"`
	Kubernetes *kubernetesConfig `yaml:"kubernetes"`
}

type appRoleConfig struct {
	Mount        string `yaml:"mount"` // empty: approle
	Role         string `yaml:"role"`  // empty: countersign-IDENTITY
	RoleID       string `yaml:"role_id"`
	SecretIDFile string `yaml:"secret_id_file"`
	Wrapped      bool   `yaml:"wrapped"` // the file holds a wrapping token for the secret-id
}

type kubernetesConfig struct {
	Mount   string `yaml:"mount"` // empty: kubernetes
	Role    string `yaml:"role"`  // empty: countersign-IDENTITY
	JWTFile string `yaml:"jwt_file"`
}

// custodyConfig is one place where private keys live. The tags say which type takes
// a field.
type custodyConfig struct {
	Type    string `yaml:"type"`
	KeyFile string `yaml:"key_file" for:"embedded"` // empty: custody/custody.key under data
	Transit string `yaml:"transit" for:"vault"`     // mount; empty: countersign-transit
	KV      string `yaml:"kv" for:"vault"`          // mount; empty: countersign-kv
}

// issuerConfig is one authority that signs.
type issuerConfig struct {
	Type string `yaml:"type"`

	Mount string            `yaml:"mount" for:"vault"` // empty: countersign-pki
	KV    string            `yaml:"kv" for:"vault"`    // empty: countersign-kv
	Roles map[string]string `yaml:"roles" for:"vault"` // by profile id; otherwise by usages

	Name string `yaml:"name" for:"manual"` // as people know the CA
	Form string `yaml:"form" for:"manual"` // address of its form

	Directory  string   `yaml:"directory" for:"acme"`
	CAFile     string   `yaml:"ca_file" for:"acme"`
	Profile    string   `yaml:"profile" for:"acme"` // of the authority, not of Countersign
	Contact    string   `yaml:"contact" for:"acme"`
	EABKeyID   string   `yaml:"eab_key_id" for:"acme"`
	EABKeyFile string   `yaml:"eab_key_file" for:"acme"`
	AccountKey string   `yaml:"account_key" for:"acme"` // file, made when it is missing; empty: acme/NAME.key under data
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
	needs := map[string]bool{} // identities of Vault
	for _, name := range sortedKeys(c.Custody) {
		k, _ := c.custody(name)
		p.need(name != "device", "custody device: this name stands for keys that a system made itself")
		p.need(k.Type == typeVault || k.Type == typeEmbedded, "custody %s: type %q is not embedded or vault", name, k.Type)
		p.need((k.Type == typeEmbedded) == (name == typeEmbedded), "custody %s: the embedded custody, and no other, is called embedded", name)
		checkFields(p, "custody "+name, k.Type, k)
		if k.Type == typeVault {
			needs["writer"], needs["releaser"], needs["janitor"] = true, true, true
		}
	}
	for _, name := range sortedKeys(c.Issuers) {
		i, _ := c.issuer(name)
		c.checkIssuer(p, name, i)
		if i.Type == typeVault {
			needs["writer"] = true
		}
	}
	_, ok := c.custody(c.auditKeeper())
	p.need(ok, "audit_key: custody %q is not one of %s", c.AuditKey, known(c.Custody))
	p.need(!c.embeddedKeys() || c.Listen != "", "the embedded custody hands keys over on a page: it needs listen, and public for browsers elsewhere")
	if len(needs) > 0 || c.Vault.Address != "" {
		c.Vault.check(p, needs)
	}
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

// identities are those that Vault knows (deploy/vault).
var identities = []string{"writer", "releaser", "janitor", "revoker"}

func (v vaultConfig) check(p *problems, needs map[string]bool) {
	u, err := url.Parse(v.Address)
	p.need(err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http"), "vault: address is %q; it takes an address like https://vault.example.com:8200", v.Address)
	for _, who := range identities {
		_, ok := v.Login[who]
		p.need(ok || !needs[who], "vault: login: %s is missing; deploy/vault/setup.sh makes its AppRole", who)
	}
	for _, who := range sortedKeys(v.Login) {
		p.need(slices.Contains(identities, who), "vault: login: %q is not one of %s", who, strings.Join(identities, ", "))
		l := v.Login[who]
		ways := 0
		for _, set := range []bool{l.TokenFile != "", l.TokenEnv != "", l.AppRole != nil, l.Kubernetes != nil} {
			if set {
				ways++
			}
		}
		p.need(ways == 1, "vault: login: %s: set exactly one of token_file, token_env, approle, kubernetes", who)
		p.need(l.AppRole == nil || l.AppRole.RoleID != "" && l.AppRole.SecretIDFile != "", "vault: login: %s: approle needs role_id and secret_id_file", who)
	}
}
