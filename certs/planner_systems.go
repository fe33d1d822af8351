package certs

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// hosts keeps the sound host names of an answer, without duplicates, and says what
// is wrong with the others.
func (b *builder) hosts(given []string, field string) []string { return b.named(given, field, DNS) }

func (b *builder) named(given []string, field string, types ...NameType) []string {
	var sound []string
	for _, s := range given {
		r := b.read(s, field)
		for _, f := range r.findings {
			b.find(f)
		}
		switch {
		case !r.ok:
		case !slices.Contains(types, r.name.Type):
			b.find(Finding{Rule: "names/not-host", Severity: Error, Field: field, Source: b.c.cite(Sources{"S001", "S000"}),
				Text: T("certs.name.not_host", "Name", clip(s))})
		case slices.Contains(sound, r.name.Value):
			b.find(Finding{Rule: "names/duplicate", Severity: Info, Field: field, Text: T("certs.name.duplicate", "Name", r.name.Value)})
		default:
			sound = append(sound, r.name.Value)
		}
	}
	return sound
}

// prepare checks one system and lists the profiles that it needs.
func (b *builder) prepare(s *System) {
	product, ok := b.c.products[s.Product]
	if !ok {
		b.noProduct(s)
		return
	}
	s.Nodes = b.nodes(s)
	s.ClusterFQDN = strings.Join(b.hosts(oneUnlessEmpty(s.ClusterFQDN), b.field("cluster_fqdn")), "")
	s.ChatAliases = b.hosts(s.ChatAliases, b.field("chat_aliases"))
	if s.Version != "" && !readableVersion(s.Version) {
		b.find(Finding{Rule: "plan/version", Severity: Error, Field: b.field("version"),
			Text: T("certs.plan.version", "Version", clip(s.Version), "Example", product.Version)})
	}
	switch s.Topology {
	case Single, Cluster, ClusterShared:
	case "":
		s.Topology = Single
		if len(s.Nodes) > 1 {
			s.Topology = Cluster
		}
	default:
		b.find(Finding{Rule: "plan/topology", Severity: Error, Field: b.field("topology"),
			Text: T("certs.plan.topology", "Topology", clip(string(s.Topology)))})
		s.Topology = Cluster
	}
	if s.Topology == Single && len(s.Nodes) > 1 {
		b.find(Finding{Rule: "plan/single-nodes", Severity: Error, Field: b.field("topology"),
			Text: T("certs.plan.single_nodes", "Count", strconv.Itoa(len(s.Nodes)))})
	}
	if s.CA != "" && s.CA != PublicCA && s.CA != PrivateCA {
		b.find(Finding{Rule: "plan/ca", Severity: Error, Field: b.field("ca"), Text: T("certs.plan.ca", "CA", clip(string(s.CA)))})
		s.CA = ""
	}
	for _, service := range slices.Sorted(maps.Keys(s.CAFor)) {
		if _, ok := b.c.profiles[s.Product+"/"+service]; !ok {
			b.unknownService(s, service, "ca_for")
		}
		if kind := s.CAFor[service]; kind != PublicCA && kind != PrivateCA {
			b.find(Finding{Rule: "plan/ca", Severity: Error, Field: b.field("ca_for"), Text: T("certs.plan.ca", "CA", clip(string(kind)))})
		}
	}
	if len(s.Nodes) == 0 {
		b.missing(b.field("nodes"))
		for _, name := range s.Names { // no certificate will say it
			for _, f := range b.read(name, b.field("names")).findings {
				b.find(f)
			}
		}
	}
	chosen := b.services(s)
	services := make([]string, len(chosen))
	for i, p := range chosen {
		services[i] = p.Service()
	}
	for _, p := range chosen {
		at := b.situation(p, s)
		at.services = services
		b.work = append(b.work, job{profile: p, system: s, s: at})
	}
}

func (b *builder) noProduct(s *System) {
	if s.Product == "" {
		b.missing(b.field("product"))
		return
	}
	ids := make([]string, 0, len(b.c.products))
	for _, p := range b.c.Products() {
		ids = append(ids, p.ID)
	}
	b.find(Finding{Rule: "plan/unknown-product", Severity: Error, Field: b.field("product"),
		Text: T("certs.plan.unknown_product", "Product", clip(s.Product), "Known", strings.Join(ids, ", "))})
}

// nodes are host names; of some products also addresses.
func (b *builder) nodes(s *System) []string {
	field := b.field("nodes")
	if b.c.products[s.Product].Addresses {
		return b.named(s.Nodes, field, DNS, IP)
	}
	sound := b.hosts(s.Nodes, field)
	for _, n := range sound {
		if !strings.Contains(n, ".") {
			b.find(Finding{Rule: "names/not-fqdn", Severity: Error, Field: field, Source: b.c.cite(Sources{"S000", "S001"}),
				Text: T("certs.name.not_fqdn", "Name", n)})
		}
	}
	return sound
}

func unique(all []string) []string {
	var once []string
	for _, s := range all {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}

// services lists the profiles asked for and those that they cannot be without, in
// the order of the catalogue; without a wish, those that the product always needs.
func (b *builder) services(s *System) []Profile {
	wanted := map[string]bool{}
	for _, name := range s.Services {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, service, ok := strings.Cut(name, "/"); ok {
			name = service
		}
		name = b.c.serviceOf(s.Product, name)
		if _, ok := b.c.profiles[s.Product+"/"+name]; !ok {
			b.unknownService(s, name, "services")
			continue
		}
		wanted[name] = true
	}
	for _, p := range b.c.all {
		if p.Product() != s.Product || wanted[p.Service()] {
			continue
		}
		if _, named := s.CAFor[p.Service()]; named && len(s.Services) == 0 {
			wanted[p.Service()] = true
		}
		at := b.situation(p, s)
		only := len(p.Default) == 0 && len(b.c.Services(s.Product)) == 1 // nothing else could be meant
		if len(s.Services) == 0 && (only || slices.ContainsFunc(p.Default, func(c Condition) bool { return c.holds(at) })) {
			wanted[p.Service()] = true
		}
	}
	for _, p := range b.c.all {
		if p.Product() == s.Product && wanted[p.Service()] && !b.outside(s, p) {
			for _, need := range p.Needs {
				wanted[need] = true
			}
		}
	}
	var chosen []Profile
	for i := range b.c.all {
		if p := &b.c.all[i]; p.Product() == s.Product && wanted[p.Service()] {
			chosen = append(chosen, *p)
		}
	}
	return chosen
}

// outside reports whether a certificate that the product would sign itself goes to
// a CA by the engineer's wish.
func (b *builder) outside(s *System, p Profile) bool {
	_, named := s.CAFor[p.Service()]
	return p.BuiltIn && named && !p.IsCA
}

func (b *builder) unknownService(s *System, name, field string) {
	b.find(Finding{Rule: "plan/unknown-service", Severity: Error, Field: b.field(field),
		Text: T("certs.plan.unknown_service", "Service", clip(name), "Known", strings.Join(b.c.Services(s.Product), ", "))})
}

func (b *builder) situation(p Profile, s *System) situation {
	shown := s.Version
	if shown == "" || !readableVersion(shown) {
		shown = b.c.products[s.Product].Assume
	}
	own := s.OwnCSR || p.Device || p.BuiltIn
	return situation{topology: effective(p, s.Topology), features: b.features(s), ca: b.ca(p, s), version: parseVersion(shown),
		ownCSR: own, builtIn: p.BuiltIn && !b.outside(s, p), key: chooseKey(p, s.Key), deployment: &b.d, system: s}
}

// features are those said, and those that an answer shows to be in use.
func (b *builder) features(s *System) []Feature {
	all := slices.Clone(b.d.Features)
	if len(s.PhoneProfiles) > 0 {
		all = append(all, PhoneSecurityProfiles)
	}
	if len(s.ChatAliases) > 0 {
		all = append(all, XMPPFederation)
	}
	return all
}

// ca is the answer for this service, else for the system, else the profile's advice.
func (b *builder) ca(p Profile, s *System) CAKind {
	if ca, ok := s.CAFor[p.Service()]; ok && (ca == PublicCA || ca == PrivateCA) {
		return ca
	}
	if s.CA != "" && !p.CA.Own {
		return s.CA
	}
	return p.CA.Default
}

// effective is the topology as far as one certificate goes: what cannot be shared
// is made for each node, what only one node carries is made once.
func effective(p Profile, t Topology) Topology {
	switch {
	case slices.Contains(p.Topologies, t):
		return t
	case t == ClusterShared && slices.Contains(p.Topologies, Cluster):
		return Cluster
	case slices.Contains(p.Topologies, Single):
		return Single
	}
	return p.Topologies[0]
}

func chooseKey(p Profile, wish Key) Key {
	if wish.Type == "" && wish.Size == 0 {
		return Key{Type: p.Keys[0].Type, Size: p.Keys[0].Sizes[0]}
	}
	for _, rule := range p.Keys {
		if wish.Type == "" && slices.Contains(rule.Sizes, wish.Size) || wish.Type == rule.Type && wish.Size == 0 {
			if wish.Size == 0 {
				wish.Size = rule.Sizes[0]
			}
			return Key{Type: rule.Type, Size: wish.Size}
		}
	}
	return wish
}
