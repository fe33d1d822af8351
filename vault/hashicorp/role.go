package hashicorp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// Role is what a role of Vault's PKI engine lets a certificate look like. In that
// engine, usages and all of the subject but the CN come from the role, not from the
// request: a role that does not fit the spec signs something else without a word.
type Role struct {
	EKU       []string
	KU        []string
	Subject   certs.Subject
	Most      time.Duration // 0: the mount decides
	Backdate  time.Duration
	CSRNames  bool // takes CN or names from the request: never
	Unstored  bool // keeps no copy: a certificate that got lost on its way could not be found again
	Domains   []string
	Bare      bool // signs the domains themselves, not only names below them
	Wildcards bool
	IPs       bool // any
	AnyName   bool // signs names that are in no domain of it, or no host names
	KeyType   string
	fetchedAt time.Time
}

// Vault's words for usages, where they are not the field's own in another case.
var vaultUsage = map[string]string{"keycertsign": "certsign"}

func usageWord(id string) string {
	id = strings.ToLower(id)
	return cmp.Or(vaultUsage[id], id)
}

// short names of usages, for RoleName, in its order.
var shortUsage = []struct{ id, short string }{
	{"serverAuth", "server"}, {"clientAuth", "client"}, {"ipsecEndSystem", "ipsec"},
	{"codeSigning", "code"}, {"emailProtection", "email"}, {"timeStamping", "time"}, {"OCSPSigning", "ocsp"}, {"anyExtendedKeyUsage", "any"},
	{"digitalSignature", "ds"}, {"contentCommitment", "cc"}, {"keyEncipherment", "ke"}, {"dataEncipherment", "de"}, {"keyAgreement", "ka"},
}

// RoleName is the role for spec when the configuration names none: its usages, as in
// countersign-server-client-ds-ke. deploy/vault/roles has one file for each that the
// catalogue's profiles come to.
func RoleName(spec certs.Spec) string {
	name := "countersign"
	for _, u := range shortUsage {
		has := func(v certs.Usage) bool { return v.ID == u.id }
		if slices.ContainsFunc(spec.EKU, has) || slices.ContainsFunc(spec.KU, has) {
			name += "-" + u.short
		}
	}
	return name
}

// RoleFor is RoleName with the kinds of names that spec has besides host names below
// the domains of the role: -bare for a domain itself, -wildcard for a wildcard also
// beside a bare domain, -ip for addresses, -wildcard-ip for addresses beside either.
// Whoever can sign with the one role for host names can so sign nothing else.
func RoleFor(spec certs.Spec, domains []string) string {
	var bare, wildcard, ip bool
	for _, n := range append(slices.Clone(spec.Names), certs.Name{Type: certs.DNS, Value: spec.CommonName}) {
		name := n.Value
		if n.Type == certs.Email {
			name = name[strings.LastIndex(name, "@")+1:]
		}
		ip = ip || n.Type == certs.IP
		wildcard = wildcard || strings.Contains(name, "*")
		bare = bare || slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, name) })
	}
	switch name := RoleName(spec); {
	case ip && (bare || wildcard):
		return name + "-wildcard-ip"
	case ip:
		return name + "-ip"
	case wildcard:
		return name + "-wildcard"
	case bare:
		return name + "-bare"
	default:
		return name
	}
}

// wide refuses a role, called as RoleFor does, that signs more than its name says.
func (r Role) wide(whole string) error {
	name, ip := strings.CutSuffix(whole, "-ip")
	wildcard, bare := strings.HasSuffix(name, "-wildcard"), strings.HasSuffix(name, "-bare")
	if r.AnyName || r.IPs && !ip || r.Wildcards && !wildcard || r.Bare && !bare && !wildcard {
		return vault.Wait(nil, "vault.role.wide", "Role", whole)
	}
	return nil
}

// refuses compares the role called name with what is to be signed, before it is.
func (r Role) refuses(name string, spec certs.Spec) error {
	words := func(list []certs.Usage) []string {
		var all []string
		for _, u := range list {
			all = append(all, usageWord(u.ID))
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	want := append(words(spec.EKU), words(spec.KU)...)
	have := append(slices.Clone(r.EKU), r.KU...)
	switch {
	case r.CSRNames:
		return vault.Refuse(nil, "vault.role.names", "Role", name)
	case r.Unstored:
		return vault.Refuse(nil, "vault.role.unstored", "Role", name)
	case !slices.Equal(words(spec.EKU), r.EKU) || !slices.Equal(words(spec.KU), r.KU):
		return vault.Refuse(nil, "vault.role.usages", "Role", name, "Have", strings.Join(have, ", "), "Want", strings.Join(want, ", "))
	case spec.Subject != r.Subject:
		return vault.Refuse(nil, "vault.role.subject", "Role", name, "Have", subjectLine(r.Subject), "Want", subjectLine(spec.Subject))
	case r.Most > 0 && time.Duration(spec.Days)*24*time.Hour > r.Most+24*time.Hour:
		return vault.Refuse(nil, "vault.role.days", "Role", name, "Have", fmt.Sprint(int(r.Most.Hours()/24)), "Want", fmt.Sprint(spec.Days))
	}
	return nil
}

func subjectLine(s certs.Subject) string {
	var parts []string
	for _, p := range [][2]string{{"C", s.C}, {"ST", s.ST}, {"L", s.L}, {"O", s.O}, {"OU", s.OU}} {
		if p[1] != "" {
			parts = append(parts, p[0]+"="+p[1])
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

func readRole(data map[string]any) Role {
	all := func(key string) string { return strings.Join(texts(data[key]), " + ") } // two of one fit no spec
	seconds := func(key string) time.Duration { return time.Duration(number(data[key])) * time.Second }
	is := func(key string) bool { b, _ := data[key].(bool); return b }
	keyType, _ := data["key_type"].(string)
	r := Role{
		Subject: certs.Subject{C: all("country"), ST: all("province"), L: all("locality"), O: all("organization"), OU: all("ou")},
		Most:    seconds("max_ttl"), Backdate: seconds("not_before_duration"),
		CSRNames: is("use_csr_common_name") || is("use_csr_sans"), Unstored: is("no_store"),
		Domains: texts(data["allowed_domains"]), Bare: is("allow_bare_domains"), Wildcards: is("allow_wildcard_certificates"), IPs: is("allow_ip_sans"),
		AnyName: is("allow_any_name") || is("allow_glob_domains") || is("allow_localhost") || !is("enforce_hostnames") ||
			len(texts(data["allowed_uri_sans"]))+len(texts(data["allowed_other_sans"])) > 0,
		KeyType: keyType, fetchedAt: time.Now(),
	}
	for flag, usage := range map[string]string{"server_flag": "serverauth", "client_flag": "clientauth",
		"code_signing_flag": "codesigning", "email_protection_flag": "emailprotection"} {
		if is(flag) {
			r.EKU = append(r.EKU, usage)
		}
	}
	for _, u := range texts(data["ext_key_usage"]) {
		r.EKU = append(r.EKU, strings.ToLower(strings.TrimPrefix(u, "ExtKeyUsage")))
	}
	r.EKU = append(r.EKU, texts(data["ext_key_usage_oids"])...) // as they stand: they fit no spec, and so are refused
	for _, u := range texts(data["key_usage"]) {
		r.KU = append(r.KU, strings.ToLower(strings.TrimPrefix(u, "KeyUsage")))
	}
	slices.Sort(r.EKU)
	r.EKU = slices.Compact(r.EKU)
	slices.Sort(r.KU)
	return r
}
