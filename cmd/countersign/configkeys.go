package main

import (
	"maps"
	"reflect"
	"slices"

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
	for _, who := range slices.Sorted(maps.Keys(all)) {
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
