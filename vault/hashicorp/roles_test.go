package hashicorp_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	deploy "countersign/deploy/vault"
	"countersign/vault/hashicorp"
)

// planned gives the roles of the certificates that every service of the catalogue comes
// to in its variants, with the names that its profile permits, and one profile of each.
func planned(t *testing.T) map[string]string {
	t.Helper()
	catalogue, err := certs.Load()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{}
	for _, profile := range catalogue.Profiles() {
		product, _ := catalogue.Product(profile.Product())
		names := [][]string{nil, {"192.0.2.1"}}
		if profile.Wildcard.Allowed {
			names = append(names, []string{"*.example.com"}, []string{"192.0.2.1", "*.example.com"})
		}
		if profile.Service() != "tls-client" && profile.Service() != "dbclient" { // a client is one host
			names = append(names, []string{"example.com"})
		}
		for _, version := range []string{"", product.Version, product.Assume} {
			for _, ca := range []certs.CAKind{certs.PrivateCA, certs.PublicCA} {
				for _, features := range [][]certs.Feature{nil, {certs.MRA, certs.XMPPFederation, certs.MixedMode}} {
					for _, key := range profile.Keys {
						for _, further := range names {
							d := certs.Deployment{Domains: []string{"example.com"}, Features: features, Systems: []certs.System{{
								Product: profile.Product(), Version: version, Services: []string{profile.Service()}, CA: ca, Names: further,
								Nodes: []string{"a.example.com"}, Key: certs.Key{Type: key.Type, Size: key.Sizes[0]}}}}
							for _, spec := range catalogue.Plan(d, time.Now()).Specs {
								if !spec.IsCA && spec.Profile == profile.ID {
									used[hashicorp.RoleFor(spec, d.Domains)] = spec.Profile
								}
							}
						}
					}
				}
			}
		}
	}
	return used
}

// TestRolesForEveryProfile plans every service of the catalogue in its variants: for
// each certificate that comes of it, the role is in deploy/vault.
func TestRolesForEveryProfile(t *testing.T) {
	used := map[string]string{}
	for role, profile := range planned(t) {
		used[strings.TrimSuffix(role, suffixOf(role))] = profile
	}
	if len(used) < 5 {
		t.Fatalf("only %d roles for all profiles", len(used))
	}
	for role, profile := range used {
		if _, err := fs.Stat(deploy.Files, "roles/"+role+".json"); err != nil {
			t.Errorf("no role %s for %s", role, profile)
		}
	}
	files, err := fs.Glob(deploy.Files, "roles/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "roles/"), ".json")
		if used[name] == "" {
			t.Errorf("role %s is for nothing", name)
		}
		raw, err := deploy.Files.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var role map[string]any
		if err := json.Unmarshal(raw, &role); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for field, want := range map[string]bool{"use_csr_common_name": false, "use_csr_sans": false, "no_store": false,
			"allow_any_name": false, "enforce_hostnames": true, "allow_ip_sans": false, "allow_wildcard_certificates": false, "allow_bare_domains": false,
			"allow_glob_domains": false, "allow_localhost": false, "server_flag": strings.Contains(name, "-server"), "client_flag": strings.Contains(name, "-client")} {
			if got, ok := role[field].(bool); !ok || got != want {
				t.Errorf("%s: %s is %v, want %v", file, field, role[field], want)
			}
		}
	}
}
