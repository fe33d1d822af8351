package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"countersign/vault/hashicorp"
)

// custodyConfig is one place where private keys live. The tags say which type takes
// a field.
type custodyConfig struct {
	Type    string `yaml:"type"`
	KeyFile string `yaml:"key_file" for:"embedded"` // empty: custody/custody.key under data
}

// checkFields refuses fields of another type: they would be settings without effect.
func checkFields(p *problems, what, kind string, entry any) {
	v := reflect.ValueOf(entry)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		of := f.Tag.Get("for")
		p.need(of == "" || slices.Contains(strings.Fields(of), kind) || v.Field(i).IsZero(), "%s: %s is a setting of type %s, not of %s", what, f.Tag.Get("yaml"), of, kind)
	}
}

func checkVault(p *problems, v hashicorp.Config) {
	for setting, address := range map[string]string{"address": v.Address, "public": v.Public} {
		p.need(setting == "public" && address == "" || hashicorp.CheckAddress(address) == nil,
			"vault: %s is %q; it takes an address like https://vault.example.com:8200, http on this machine alone", setting, address)
	}
	all := v.Logins()
	for _, who := range slices.Sorted(maps.Keys(all)) {
		l := all[who]
		switch l.Method {
		case "":
			p.need((who == "recorder" || who == "revoker") && l == (hashicorp.LoginConfig{}), "vault: %s: method is missing: approle, kubernetes or token; deploy/vault/setup.sh makes the AppRoles", who)
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
