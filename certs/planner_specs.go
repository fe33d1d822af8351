package certs

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shareTomcat merges the tomcat certificate of IM and Presence nodes into the
// multi-server one of their CUCM cluster, whose nodes they are (Cisco 118731).
func (b *builder) shareTomcat() {
	for _, service := range []string{"tomcat", "tomcat-ecdsa"} {
		cucm, imp := -1, -1
		for i, j := range b.work {
			if j.s.topology != ClusterShared || j.profile.Service() != service {
				continue
			}
			switch j.profile.Product() {
			case "cucm":
				cucm = i
			case "imp":
				imp = i
			}
		}
		if cucm < 0 || imp < 0 {
			continue
		}
		into, from := &b.work[cucm], b.work[imp]
		merged := *into.system
		merged.Nodes = unique(append(slices.Clone(merged.Nodes), from.system.Nodes...))
		into.system = &merged
		into.s.system = &merged
		b.work = slices.Delete(b.work, imp, imp+1)
		b.find(Finding{Rule: "imp/tomcat-shared", Severity: Info, Field: "topology", Source: b.c.cite(Sources{"S004", "CUCM-SAN"}),
			Text: T("certs.plan.tomcat_shared", "Profile", from.profile.ID, "Into", into.profile.ID)})
	}
}

// certificates makes the specs of one profile on one system: one for each node, or
// one for all where it is shared or only one node carries it.
func (b *builder) certificates(j *job) {
	b.idx = slices.IndexFunc(b.d.Systems, func(s System) bool { return s.Product == j.system.Product })
	for i := range b.d.Systems {
		if &b.d.Systems[i] == j.system {
			b.idx = i
		}
	}
	for _, a := range j.profile.Asks {
		if a.Required && a.When.holds(j.s) && !j.s.answered(a.Field) {
			b.missing(b.field(a.Field))
		}
	}
	if len(j.system.Nodes) == 0 {
		return
	}
	switch {
	case j.s.topology == ClusterShared:
		b.spec(j, j.system.Nodes)
	case j.s.topology == Single && !slices.Contains(j.profile.Topologies, Cluster):
		b.spec(j, j.system.Nodes[:1])
	default:
		for _, n := range j.system.Nodes {
			b.spec(j, []string{n})
		}
	}
}

func (b *builder) spec(j *job, nodes []string) {
	p := j.profile
	s := Spec{Profile: p.ID, For: slices.Clone(nodes), Subject: b.d.Subject, Key: j.s.key, CA: j.s.ca,
		IsCA: p.IsCA, OwnCSR: j.s.ownCSR, KeyFile: !j.s.ownCSR, BuiltIn: j.s.builtIn}
	if p.Limits.NoLocality && s.OwnCSR {
		s.Subject.L = "" // the box's command takes none
	}
	f := &specBuilder{b: b, j: j, s: &s, node: nodes[0]}
	f.commonName()
	f.names()
	if s.CommonName == "" && len(s.Names) == 0 {
		return // what is needed for it is in Missing
	}
	f.usages()
	f.limits()
	f.days()
	f.notes()
	b.plan.Specs = append(b.plan.Specs, s)
	j.specs = append(j.specs, len(b.plan.Specs)-1)
}

type specBuilder struct {
	b    *builder
	j    *job
	s    *Spec
	node string
}

func (f *specBuilder) find(x Finding) {
	if !slices.ContainsFunc(f.s.Findings, func(o Finding) bool { return o.Rule == x.Rule && sameText(o.Text, x.Text) }) {
		f.s.Findings = append(f.s.Findings, x)
	}
}

// values resolves where a name comes from.
func (f *specBuilder) values(r NameRule) []string {
	sys := f.j.system
	switch r.From {
	case "node":
		return []string{f.node}
	case "nodes":
		return sys.Nodes
	case "others":
		return slices.DeleteFunc(slices.Clone(sys.Nodes), func(n string) bool { return n == f.node })
	case "cluster_fqdn":
		if sys.ClusterFQDN == "" {
			return nil
		}
		return []string{sys.ClusterFQDN}
	case "domains":
		return f.domains()
	case "wildcard_domains":
		wild := f.domains()
		for i, d := range wild {
			wild[i] = "*." + d
		}
		return wild
	case "phone_profiles":
		return sys.PhoneProfiles
	case "chat_aliases":
		return sys.ChatAliases
	case "multi_server":
		host, domain, _ := strings.Cut(sys.Nodes[0], ".")
		return []string{strings.TrimSuffix(host+"-ms."+domain, ".")}
	case "value":
		v := f.filler().fill(r.Value)
		if v == "" {
			return nil
		}
		return []string{v}
	}
	return nil
}

// domains leaves out a domain that the further names already give in its
// collab-edge form, and one that no public CA may sign (only the edge domain is
// needed: Expressway X15.5 guide).
func (f *specBuilder) domains() []string {
	var out []string
	for _, d := range f.b.d.Domains {
		collab := slices.ContainsFunc(f.j.system.Names, func(n string) bool {
			return strings.EqualFold(strings.TrimSpace(n), "collab-edge."+d)
		})
		switch {
		case collab:
			f.find(Finding{Rule: "expressway/collab-edge", Severity: Info, Field: "domains", Source: f.b.c.cite(Sources{"S000", "S001"}),
				Text: T("certs.plan.collab_edge", "Domain", d)})
		case f.s.CA == PublicCA && internal(Name{Type: DNS, Value: d}):
			f.find(Finding{Rule: "expressway/private-domain", Severity: Warning, Field: "domains", Source: f.b.c.cite(Sources{"EWY-155-MNG"}),
				Text: T("certs.plan.private_domain", "Domain", d)})
		default:
			out = append(out, d)
		}
	}
	return out
}

func (f *specBuilder) commonName() {
	for _, r := range f.j.profile.CommonName {
		if !r.When.holds(f.j.s) {
			continue
		}
		values := f.values(r)
		if len(values) == 0 {
			continue
		}
		f.s.CommonName = values[0]
		break
	}
	if n := utf8.RuneCountInString(f.s.CommonName); n > 64 { // RFC 5280 appendix A.1, ub-common-name
		if f.j.profile.CNOptional {
			f.find(Finding{Rule: "subject/cn-left-out", Severity: Warning, Field: "nodes", Source: "RFC 5280 appendix A.1 (ub-common-name)",
				Text: T("certs.subject.cn_left_out", "Name", clip(f.s.CommonName), "Length", strconv.Itoa(n))})
			f.s.CommonName = ""
			return
		}
		f.find(Finding{Rule: "subject/cn-64", Severity: Error, Field: f.b.field(f.cnField()), Source: "RFC 5280 appendix A.1 (ub-common-name)",
			Text: T("certs.subject.cn_64", "Name", clip(f.s.CommonName), "Length", strconv.Itoa(n))})
	}
}

func (f *specBuilder) cnField() string {
	if f.s.CommonName == f.j.system.ClusterFQDN {
		return "cluster_fqdn"
	}
	return "nodes"
}

// names gathers what the rules ask for and then what the engineer wants besides.
func (f *specBuilder) names() {
	for _, r := range f.j.profile.Names {
		if !r.When.holds(f.j.s) {
			continue
		}
		for _, v := range f.values(r) {
			f.name(v, r.From, r.Optional, r.Reason, f.b.c.cite(r.Source))
		}
	}
	if len(f.j.profile.Names) == 0 || f.j.profile.NamesAlone && f.b.planned(f.j.system) > 1 {
		return // such as CN:postgres; or the names are meant for another service of the system
	}
	for _, v := range f.j.system.Names {
		f.name(v, "names", false, T("certs.reason.wanted"), "")
	}
}

// planned counts the services of a system that certificates are planned for.
func (b *builder) planned(s *System) int {
	n := 0
	for _, j := range b.work {
		if j.system == s {
			n++
		}
	}
	return n
}

func (f *specBuilder) name(given, from string, optional bool, reason Text, source string) {
	field := from
	switch from {
	case "wildcard_domains":
		field = "domains"
	case "node", "others", "multi_server", "value":
		field = "nodes"
	}
	field = f.b.field(field)
	if from == "phone_profiles" && !f.phoneProfile(given, field) {
		return
	}
	r := f.b.read(given, field)
	for _, x := range r.findings {
		if from == "names" || x.Severity == Error {
			f.find(x)
		}
	}
	if !r.ok {
		return
	}
	n := r.name
	n.Optional, n.Reason, n.Source = optional, reason, source
	if i := slices.IndexFunc(f.s.Names, func(o Name) bool { return o.Type == n.Type && o.Value == n.Value }); i >= 0 {
		if f.s.Names[i].Optional && !optional {
			f.s.Names[i] = n // a rule that insists gives the better reason
		}
		if from == "names" {
			f.find(Finding{Rule: "names/duplicate", Severity: Info, Field: field, Text: T("certs.name.duplicate", "Name", n.Value)})
		}
		return
	}
	f.suit(n, field)
	f.s.Names = append(f.s.Names, n)
}

// suit checks a sound name against the profile and the kind of CA.
func (f *specBuilder) suit(n Name, field string) {
	p := f.j.profile
	if strings.HasPrefix(n.Value, "*.") && n.Type == DNS && !p.Wildcard.Allowed {
		f.find(Finding{Rule: "names/wildcard", Severity: Error, Field: field, Source: f.b.c.cite(p.Wildcard.Source),
			Text: T("certs.name.wildcard", "Name", n.Value, "Profile", p.ID)})
	}
	if n.Type == DNS && !strings.Contains(n.Value, ".") {
		f.find(Finding{Rule: "names/single-label", Severity: Warning, Field: field, Text: T("certs.name.single_label", "Name", n.Value)})
	}
	if f.s.CA != PublicCA || f.s.BuiltIn {
		return
	}
	if internal(n) {
		f.find(Finding{Rule: "names/internal-public", Severity: Error, Field: field, Source: "CA/B Forum BR 4.2.2, 7.1.2.7.12",
			Text: T("certs.name.internal_public", "Name", n.Value)})
	}
	if n.Type != DNS && n.Type != IP {
		f.find(Finding{Rule: "names/type-public", Severity: Warning, Field: field, Source: "CA/B Forum BR 7.1.2.7.12",
			Text: T("certs.name.type_public", "Name", n.Value, "Type", string(n.Type))})
	}
}

// phoneProfile holds a phone security profile name against the FQDN form that
// Expressway demands since X12.6.
func (f *specBuilder) phoneProfile(given, field string) bool {
	s := strings.TrimSpace(given)
	labels := strings.Split(s, ".")
	last := labels[len(labels)-1]
	ok := len(labels) > 1 && last != "" && (last[0] >= 'a' && last[0] <= 'z' || last[0] >= 'A' && last[0] <= 'Z')
	for _, l := range labels {
		ok = ok && badLabel(l) == ""
	}
	if !ok {
		f.find(Finding{Rule: "expressway/phone-profile-fqdn", Severity: Error, Field: field, Source: f.b.c.cite(Sources{"EWY-155-MNG", "S000"}),
			Text: T("certs.plan.phone_profile", "Name", clip(given))})
	}
	return ok
}

func (f *specBuilder) usages() {
	f.s.EKU, f.s.MayEKU = f.usage(f.j.profile.EKU)
	f.s.KU, f.s.MayKU = f.usage(f.j.profile.KU)
}

func (f *specBuilder) usage(rules []UsageRule) (asked []Usage, may []string) {
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.ID] || !r.When.holds(f.j.s) {
			continue
		}
		seen[r.ID] = true
		switch r.Need {
		case Required, Wanted:
			asked = append(asked, Usage{ID: r.ID, Optional: r.Need == Wanted, Reason: r.Reason, Source: f.b.c.cite(r.Source)})
		case Allowed:
			may = append(may, r.ID)
		}
	}
	return asked, may
}

// limits holds the whole against what the product and the CA take.
func (f *specBuilder) limits() {
	f.keyLimit()
	plain, shown := 0, 0
	for i, n := range f.s.Names {
		if i > 0 {
			plain, shown = plain+1, shown+2 // "," in the form field; ", " in the decoded view
		}
		plain += len(n.Value)
		shown += len(n.Value) + len(namePrefix(n.Type))
	}
	if limit := f.j.profile.Limits.SANCharacters; limit > 0 && shown > limit {
		severity := Warning
		if plain > limit {
			severity = Error
		}
		f.find(Finding{Rule: "expressway/san-999", Severity: severity, Field: f.b.field("names"), Source: f.b.c.cite(f.j.profile.Limits.Source),
			Text: T("certs.plan.san_characters", "Length", strconv.Itoa(plain), "Shown", strconv.Itoa(shown), "Limit", strconv.Itoa(limit))})
	}
	if rules := PublicRules(f.b.now); f.s.CA == PublicCA && len(f.s.Names) > rules.NamesLimit {
		f.find(Finding{Rule: "names/public-limit", Severity: Warning, Field: f.b.field("names"), Source: rules.NamesSource,
			Text: T("certs.plan.public_names", "Count", strconv.Itoa(len(f.s.Names)), "Limit", strconv.Itoa(rules.NamesLimit))})
	}
}

func namePrefix(t NameType) string {
	switch t {
	case DNS:
		return "DNS:"
	case IP:
		return "IP Address:"
	case Email:
		return "email:"
	case URI:
		return "URI:"
	}
	return "othername:"
}

func (f *specBuilder) keyLimit() {
	p := f.j.profile
	fits := slices.ContainsFunc(p.Keys, func(k KeyRule) bool { return k.Type == f.s.Key.Type && slices.Contains(k.Sizes, f.s.Key.Size) })
	if fits {
		return
	}
	takes := make([]string, 0, len(p.Keys))
	for _, k := range p.Keys {
		for _, size := range k.Sizes {
			takes = append(takes, Key{Type: k.Type, Size: size}.String())
		}
	}
	wish := f.s.Key
	otherType := !slices.ContainsFunc(p.Keys, func(k KeyRule) bool { return k.Type == wish.Type })
	severity := Error
	if otherType && knownKey(wish) && len(f.j.system.Services) != 1 {
		// a wish for the whole system cannot be meant for a service of the other kind
		severity = Info
		f.s.Key = Key{Type: p.Keys[0].Type, Size: p.Keys[0].Sizes[0]}
	}
	f.find(Finding{Rule: "key/not-taken", Severity: severity, Field: f.b.field("key"), Source: f.b.c.cite(p.Keys[0].Source),
		Text: T("certs.plan.key", "Key", strings.TrimSpace(clip(wish.String())), "Profile", p.ID, "Takes", strings.Join(takes, ", "))})
}

// days stays within the public rules of today where a public CA signs.
func (f *specBuilder) days() {
	days := f.j.system.Days
	if days == 0 {
		days = f.j.profile.CA.Days
	}
	if days == 0 {
		days = 365
	}
	if days < 1 || days > 7300 {
		f.find(Finding{Rule: "plan/days", Severity: Error, Field: f.b.field("days"), Text: T("certs.plan.days", "Days", strconv.Itoa(days))})
		days = 365
	}
	rules := PublicRules(f.b.now)
	if f.s.CA == PublicCA && !f.s.BuiltIn {
		if f.j.system.Days > rules.MaxDays {
			f.find(Finding{Rule: "public/days", Severity: Warning, Field: f.b.field("days"), Source: rules.Source,
				Text: T("certs.plan.public_days", "Days", strconv.Itoa(days), "Max", strconv.Itoa(rules.MaxDays), "From", string(rules.From))})
		}
		if f.j.system.Days == 0 || days > rules.MaxDays {
			days = rules.ShouldDays
		}
		if rules.Next != nil {
			f.find(Finding{Rule: "public/days-next", Severity: Info, Source: rules.Source,
				Text: T("certs.plan.public_days_next", "Max", strconv.Itoa(rules.MaxDays), "From", string(rules.Next.From), "Next", strconv.Itoa(rules.Next.MaxDays))})
		}
	}
	f.s.Days = days
}

// notes says what the profile knows about this situation, and what today's public
// CAs make of clientAuth.
func (f *specBuilder) notes() {
	p := f.j.profile
	for _, n := range append(slices.Clone(p.Notes), p.Dangers...) {
		if n.Severity == "" || !n.When.holds(f.j.s) {
			continue
		}
		f.find(Finding{Rule: n.Rule, Severity: n.Severity, Field: n.Field, Text: n.Text.fill(f.filler()), Source: f.b.c.cite(n.Source)})
	}
	if f.j.system.CA == "" && len(f.j.system.CAFor) == 0 && !f.s.BuiltIn {
		f.find(Finding{Rule: "plan/ca-assumed", Severity: Info, Field: f.b.field("ca"), Text: p.CA.Reason, Source: f.b.c.cite(p.CA.Source)})
	}
	if f.s.CA == PublicCA && !f.s.BuiltIn && slices.ContainsFunc(f.s.EKU, func(u Usage) bool { return u.ID == "clientAuth" }) {
		f.clientAuth()
	}
	if f.s.CA == PublicCA && !f.s.BuiltIn {
		f.publicUsages()
	}
	if f.s.Key.Type == "ecdsa" && p.Device && f.s.CA == PublicCA {
		f.find(Finding{Rule: "key/ecdsa-encipherment", Severity: Warning, Source: "RFC 8813 3; " + f.b.c.cite(Sources{"S004"}),
			Text: T("certs.plan.ecdsa_encipherment")})
	}
}

// publicUsages names usages that the Baseline Requirements advise CAs against.
func (f *specBuilder) publicUsages() {
	var odd []string
	for _, id := range append(usageIDs(f.s.EKU), usageIDs(f.s.KU)...) {
		switch id {
		case "serverAuth", "clientAuth", "digitalSignature", "keyEncipherment":
		default:
			odd = append(odd, id)
		}
	}
	if len(odd) > 0 {
		f.find(Finding{Rule: "public/usages", Severity: Warning, Field: f.b.field("ca"), Source: "CA/B Forum BR 7.1.2.7.10, 7.1.2.7.11",
			Text: T("certs.plan.public_usages", "Usages", strings.Join(odd, ", "))})
	}
}

func (f *specBuilder) clientAuth() {
	rules := PublicRules(f.b.now)
	var still, gone, sources []string
	for _, c := range rules.ClientAuth {
		if c.Given(f.b.now) {
			still = append(still, c.Who+" ("+string(c.LastDay)+")")
		} else {
			gone = append(gone, c.Who+" ("+string(c.LastDay)+")")
		}
		sources = append(sources, c.Source)
	}
	f.find(Finding{Rule: "public/client-auth", Severity: Warning, Field: f.b.field("ca"), Source: strings.Join(sources, "; "),
		Text: T("certs.plan.public_client_auth", "Still", orDash(still), "Gone", orDash(gone),
			"Roots", strings.Join(rules.ClientRoots, "; "), "AsOf", string(rules.AsOf))})
}

func orDash(all []string) string {
	if len(all) == 0 {
		return "-"
	}
	return strings.Join(all, ", ")
}
