package certs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The profile ids that scripts rely on.
var profileIDs = strings.Fields(`
	expressway-c/server expressway-c/client expressway-e/server expressway-e/client
	cucm/tomcat cucm/tomcat-ecdsa cucm/callmanager cucm/callmanager-ecdsa cucm/capf cucm/ipsec cucm/tvs
	imp/tomcat imp/tomcat-ecdsa imp/cup imp/cup-ecdsa imp/cup-xmpp imp/cup-xmpp-ecdsa imp/cup-xmpp-s2s imp/cup-xmpp-s2s-ecdsa imp/ipsec
	cms/webadmin cms/webbridge cms/webbridge3 cms/callbridge cms/turn cms/loadbalancer cms/xmpp cms/dbserver cms/dbclient cms/dbca
	unity-connection/tomcat
	generic/tls-server generic/tls-client generic/mutual-tls`)

func TestCatalogueHasEveryProfile(t *testing.T) {
	c := load(t)
	for _, id := range profileIDs {
		p, ok := c.Profile(id)
		if !ok {
			t.Errorf("no profile %s", id)
			continue
		}
		if p.Product()+"/"+p.Service() != id {
			t.Errorf("%s: product %q, service %q", id, p.Product(), p.Service())
		}
		if !slices.ContainsFunc(p.Asks, func(a Ask) bool { return a.Field == "nodes" && a.Required }) {
			t.Errorf("%s does not ask for nodes", id)
		}
	}
	if len(c.Profiles()) != len(profileIDs) {
		t.Errorf("%d profiles, %d are promised", len(c.Profiles()), len(profileIDs))
	}
}

// Every profile plans something for a plain system of its product, and asks only
// for what Missing can name.
func TestEveryProfilePlans(t *testing.T) {
	c := load(t)
	for _, p := range c.Profiles() {
		d := one(p.Product(), services(p.Service()), two, cluster("x.example.com"), ca("")).domains("example.com")
		for _, top := range []Topology{Single, Cluster, ClusterShared} {
			d.Systems[0].Topology = top
			d.Systems[0].Nodes = []string{"a1.example.com", "a2.example.com"}
			if top == Single {
				d.Systems[0].Nodes = d.Systems[0].Nodes[:1]
			}
			plan := c.Plan(d, today)
			if len(plan.Missing) > 0 || !slices.ContainsFunc(plan.Specs, func(s Spec) bool { return s.Profile == p.ID }) {
				t.Errorf("%s, %s: missing %v, specs %d", p.ID, top, plan.Missing, len(plan.Specs))
			}
			checkPlan(t, c, plan)
		}
	}
}

// Sources of embedded profiles are documents that are listed, or standards.
func TestSourcesAreKnown(t *testing.T) {
	c := load(t)
	seen := map[string]bool{}
	check := func(where string, s Sources) {
		if len(s) == 0 {
			t.Errorf("%s has no source", where)
		}
		for _, tag := range s {
			seen[tag] = true
			if _, ok := c.sources[tag]; !ok && !strings.HasPrefix(tag, "RFC ") {
				t.Errorf("%s: source %q is not listed", where, tag)
			}
		}
	}
	for _, p := range c.Profiles() {
		check(p.ID, p.Source)
		for _, r := range append(slices.Clone(p.CommonName), p.Names...) {
			check(p.ID+" names", r.Source)
		}
		for _, u := range append(slices.Clone(p.EKU), p.KU...) {
			check(p.ID+" "+u.ID, u.Source)
		}
		for _, s := range p.Steps {
			check(p.ID+" step", s.Source)
		}
		for _, n := range append(slices.Clone(p.Notes), p.Dangers...) {
			check(p.ID+" "+n.Rule, n.Source)
		}
		for _, r := range p.TrustedBy {
			check(p.ID+" trust", r.Source)
		}
		check(p.ID+" CA", p.CA.Source)
		check(p.ID+" upload", p.Upload.Source)
		check(p.ID+" wildcard", p.Wildcard.Source)
	}
	for _, tag := range []string{"S000", "S001", "S002", "S003", "S004"} {
		if !seen[tag] {
			t.Errorf("no rule comes from %s", tag)
		}
	}
}

// Texts are exact in each language: no Chinese in English, no untranslated sentence.
func TestTextsOfProfiles(t *testing.T) {
	c := load(t)
	han := regexp.MustCompile(`\p{Han}`)
	check := func(where string, text Text) {
		if text.Zero() {
			return
		}
		if han.MatchString(text.In["en"]) {
			t.Errorf("%s: Chinese in the English text", where)
		}
		if len(text.In["en"]) < 40 {
			return // names of products
		}
		for _, lang := range []string{"zh-Hans", "zh-Hant"} {
			if !han.MatchString(text.In[lang]) {
				t.Errorf("%s: %s is not translated: %q", where, lang, text.In[lang])
			}
			want, got := placeholders(text.In["en"]), placeholders(text.In[lang])
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s has placeholders %v, English has %v", where, lang, got, want)
			}
		}
	}
	for _, p := range c.Profiles() {
		check(p.ID, p.Purpose)
		for _, s := range p.Steps {
			check(p.ID+" step", s.Text)
		}
		for _, n := range append(slices.Clone(p.Notes), p.Dangers...) {
			check(n.Rule, n.Text)
		}
		for _, r := range p.Names {
			check(p.ID+" name", r.Reason)
		}
	}
}

func placeholders(s string) []string {
	found := slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`\{[a-z]+\}`).FindAllString(s, -1))))
	return found
}

const ownProfile = `
products:
  - id: acme-sbc
    name: Acme SBC
profiles:
  - id: acme-sbc/sip
    title: Acme SBC, SIP
    purpose: SIP trunks
    as_of: 2026-11-21
    default: [{}]
    topologies: [single, cluster]
    asks: [{field: nodes, required: true}]
    common_name: [{from: node, reason: own name, source: our wiki}]
    names: [{from: node, reason: own name, source: our wiki}]
    eku: [{id: serverAuth, need: required, reason: answers, source: our wiki}]
    ku: [{id: digitalSignature, need: required, reason: signs, source: our wiki}]
    keys: [{type: rsa, sizes: [2048], source: our wiki}]
    wildcard: {allowed: false, reason: no, source: our wiki}
    ca: {default: private, reason: ours, source: our wiki}
    upload: {accepts: [pem], extension: .pem, note: leaf, source: our wiki}
    source: our wiki
`

func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "acme.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestProfilesOfTheOperator(t *testing.T) {
	c, err := Load(write(t, ownProfile))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Plan(one("acme-sbc"), today)
	if len(p.Specs) != 1 || p.Specs[0].Key.String() != "RSA 2048" || p.Specs[0].Names[0].Source != "our wiki" {
		t.Fatalf("plan: %+v", p)
	}
	replaced := strings.Replace(ownProfile, "acme-sbc/sip", "cms/turn", 1)
	c, err = Load(write(t, replaced))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := c.Profile("cms/turn"); got.Title.In["en"] != "Acme SBC, SIP" || len(c.Profiles()) != len(profileIDs) {
		t.Errorf("the operator's cms/turn did not replace the embedded one: %q", got.Title.In["en"])
	}
}

// One family stands for several products, a product without one for itself, and either
// says whose platform it has.
func TestFamilies(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"expressway-c": "expressway", "expressway-e": "expressway", "expressway": "expressway", "cucm": "cucm",
		"unity-connection": "unity", "unity": "unity", "generic": "generic", "nobody": "", "": ""} {
		if got := c.FamilyOf(id); got != want {
			t.Errorf("FamilyOf(%q) = %q, want %q", id, got, want)
		}
	}
	for id, want := range map[string]Platform{"expressway-e": ExpresswayOS, "expressway": ExpresswayOS, "cucm": UnifiedOS, "imp": UnifiedOS, "unity": UnifiedOS, "cms": "", "nobody": "", "": ""} {
		if got := c.PlatformOf(id); got != want {
			t.Errorf("PlatformOf(%q) = %q, want %q", id, got, want)
		}
	}
	var ids []string
	for _, f := range c.Families() {
		ids = append(ids, f.ID)
	}
	if got := strings.Join(ids, " "); got != "expressway cucm imp cms unity" {
		t.Errorf("families %s", got)
	}
}

func TestBadProfilesAreNamed(t *testing.T) {
	for _, r := range []struct{ change, into, want string }{
		{"topologies: [single, cluster]", "topologies: [ring]", "line 11: profiles.0.topologies: \"ring\" is not one of"},
		{"need: required, reason: answers", "need: maybe, reason: answers", "line 15: profiles.0.eku.0.need: \"maybe\" is not one of"},
		{"id: serverAuth", "id: serverauth", "line 15: profiles.0.eku.0.id: \"serverauth\" is not a usage"},
		{"sizes: [2048]", "sizes: [1024]", "profiles.0.keys.0.sizes: 1024 is not a size of rsa keys"},
		{"from: node, reason: own name", "from: nowhere, reason: own name", "profiles.0.common_name.0.from: \"nowhere\""},
		{"purpose: SIP trunks", "porpoise: SIP trunks", "line 8: field porpoise not found"},
		{"purpose: SIP trunks", "purpose: {en: only English}", "line 8: the text has no zh-Hans wording"},
		{"as_of: 2026-11-21", "as_of: last week", "line 9: profiles.0.as_of: \"last week\" is not a day"},
		{"name: Acme SBC", "name: Acme SBC\n    family: acme", "family \"acme\" is not declared"},
		{"name: Acme SBC", "name: Acme SBC\n    platform: acme", "products.0.platform: \"acme\" is not one of"},
		{"products:", "families: [{id: acme, name: Acme, marks: [ab]}]\nproducts:", "families.0.marks: \"ab\" is too short"},
		{"id: acme-sbc/sip", "id: acme", "profiles.0.id: \"acme\" is not product/service"},
		{"acme-sbc/sip", "other/sip", "no product \"other\""},
		{"default: [{}]", "default: [{since: soon}]", "profiles.0.default.0: \"soon\" is not a version"},
		{"default: [{}]", "needs: [other]", "needs \"other\""},
		{"asks: [{field: nodes, required: true}]", "asks: [{field: colour}]", "profiles.0.asks.0.field: \"colour\""},
	} {
		text := strings.Replace(ownProfile, r.change, r.into, 1)
		if text == ownProfile {
			t.Fatalf("%s: changes nothing", r.change)
		}
		_, err := Load(write(t, text))
		if err == nil || !strings.Contains(err.Error(), r.want) || !strings.Contains(err.Error(), "acme") {
			t.Errorf("%s: %v, want %q", r.into, err, r.want)
		}
	}
	for name, text := range map[string]string{"empty": "", "no YAML": "\t{", "two documents": ownProfile + "\n---\n" + ownProfile,
		"huge": "# " + strings.Repeat("x", maxProfileFile), "alias bomb": "shared: &a [1,1,1,1,1,1,1,1,1,1]\nproducts: [*a]"} {
		if _, err := Load(write(t, text)); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a directory that does not exist was loaded")
	}
}

// Every key that the code says stands in all languages, with the same arguments, and
// no language has keys that nobody says.
func TestCatalogueKeys(t *testing.T) {
	said := saidKeys(t)
	arg := regexp.MustCompile(`\{\{\.[A-Za-z]+\}\}`)
	var english map[string]string
	for _, lang := range Languages {
		raw, err := os.ReadFile(filepath.Join("..", "locales", lang, "certs.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := yaml.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		if english == nil {
			english = texts
		}
		for key := range said {
			if texts[key] == "" {
				t.Errorf("%s has no %s", lang, key)
			}
		}
		for key, text := range texts {
			if !said[key] {
				t.Errorf("%s: nobody says %s", lang, key)
			}
			a := slices.Compact(slices.Sorted(slices.Values(arg.FindAllString(english[key], -1))))
			b := slices.Compact(slices.Sorted(slices.Values(arg.FindAllString(text, -1))))
			if lang != "en" && key != "certs.certificate.names_missing" && !slices.Equal(a, b) {
				t.Errorf("%s: %s has arguments %v, English has %v", lang, key, b, a)
			}
		}
	}
}

// saidKeys collects the catalogue keys of the source, composed ones spelled out.
func saidKeys(t *testing.T) map[string]bool {
	t.Helper()
	said := map[string]bool{}
	for issue := range nameSources {
		said["certs.name."+strings.ReplaceAll(issue, "-", "_")] = true
	}
	for _, w := range []string{"small", "huge", "modulus", "exponent", "fermat", "curve", "kind"} {
		said["certs.key."+w] = true
	}
	for _, kind := range []string{"eku", "ku"} {
		for _, end := range []string{"_missing", "_added"} {
			said["certs.csr."+kind+end], said["certs.certificate."+kind+end] = true, true
		}
		said["certs.csr.no_"+kind], said["certs.certificate."+kind+"_left_out"] = true, true
	}
	for _, where := range []string{"csr", "certificate"} {
		for _, end := range []string{"subject", "subject_added", "subject_missing", "names_missing", "names_added"} {
			said["certs."+where+"."+end] = true
		}
	}
	said["certs.step.sign_public"], said["certs.step.sign_private"] = true, true
	files, _ := filepath.Glob("*.go")
	literal := regexp.MustCompile(`"(certs\.[a-z]+\.[a-z0-9_]+)"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(raw), -1) {
			if !strings.HasSuffix(m[1], "_") {
				said[m[1]] = true
			}
		}
	}
	return said
}
