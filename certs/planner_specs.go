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
	if !f.commonName() {
		return // what it is made from is in Missing
	}
	f.names()
	f.usages()
	f.limits()
	f.days()
	f.notes()
	b.plan.Specs = append(b.plan.Specs, s)
	j.specs = append(j.specs, len(b.plan.Specs)-1)
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
		return oneUnlessEmpty(sys.ClusterFQDN)
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
		return oneUnlessEmpty(f.filler().fill(r.Value))
	}
	return nil
}

func oneUnlessEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
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

// commonName reports whether there is anything to name the certificate by.
func (f *specBuilder) commonName() bool {
	for _, r := range f.j.profile.CommonName {
		if !r.When.holds(f.j.s) {
			continue
		}
		if values := f.values(r); len(values) > 0 {
			f.s.CommonName = values[0]
			break
		}
	}
	if f.s.CommonName == "" {
		return false
	}
	if n := utf8.RuneCountInString(f.s.CommonName); n > maxCommonName {
		if f.j.profile.CNOptional {
			f.find(Finding{Rule: "subject/cn-left-out", Severity: Warning, Field: "nodes", Source: "RFC 5280 appendix A.1 (ub-common-name)",
				Text: T("certs.subject.cn_left_out", "Name", clip(f.s.CommonName), "Length", strconv.Itoa(n))})
			f.s.CommonName = ""
			return true
		}
		f.find(Finding{Rule: "subject/cn-64", Severity: Error, Field: f.b.field(f.cnField()), Source: "RFC 5280 appendix A.1 (ub-common-name)",
			Text: T("certs.subject.cn_64", "Name", clip(f.s.CommonName), "Length", strconv.Itoa(n))})
	}
	return true
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
	if len(f.j.profile.Names) == 0 || f.j.profile.NamesAlone && f.b.planned(f.j.system) > 1 && !f.j.system.OneCertificate {
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
	if n.Type == IP && p.Limits.NoSharedIP && len(f.s.For) > 1 {
		f.find(Finding{Rule: "names/shared-ip", Severity: Warning, Field: field, Source: f.b.c.cite(p.Limits.Source),
			Text: T("certs.name.shared_ip", "Name", n.Value)})
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

func (f *specBuilder) filler() filler { return fillerFor(f.j.system, f.s, f.node, f.b.now) }
