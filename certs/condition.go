package certs

import "slices"

// Condition narrows a rule to the deployments it is true for. Every part that is
// given must hold; a zero Condition always holds.
type Condition struct {
	Topology  []Topology `yaml:"topology" json:"topology,omitempty"` // any of these
	Feature   []Feature  `yaml:"feature" json:"feature,omitempty"`   // any of these
	Without   []Feature  `yaml:"without" json:"without,omitempty"`   // none of these
	CA        CAKind     `yaml:"ca" json:"ca,omitempty"`
	Since     string     `yaml:"since" json:"since,omitempty"`     // this version or later
	Before    string     `yaml:"before" json:"before,omitempty"`   // an earlier version
	OwnCSR    *bool      `yaml:"own_csr" json:"own_csr,omitempty"` // the box makes its own key
	Key       string     `yaml:"key" json:"key,omitempty"`         // rsa, ecdsa
	KeyBits   int        `yaml:"key_bits" json:"key_bits,omitempty"`
	BuiltIn   *bool      `yaml:"built_in" json:"built_in,omitempty"`     // signed by the product's own CA
	Cluster   bool       `yaml:"cluster" json:"cluster,omitempty"`       // the system has several nodes, however its certificates are shared
	Service   []string   `yaml:"service" json:"service,omitempty"`       // any of these services of the system is planned
	NoService []string   `yaml:"no_service" json:"no_service,omitempty"` // none of them is
	With      []string   `yaml:"with" json:"with,omitempty"`             // any of these products is in the deployment
	Has       []string   `yaml:"has" json:"has,omitempty"`               // every one of these fields is answered
	Lacks     []string   `yaml:"lacks" json:"lacks,omitempty"`
}

// Zero reports whether the condition always holds.
func (c Condition) Zero() bool {
	return len(c.Topology) == 0 && len(c.Feature) == 0 && len(c.Without) == 0 && c.CA == "" &&
		c.Since == "" && c.Before == "" && c.OwnCSR == nil && c.Key == "" && c.KeyBits == 0 &&
		c.BuiltIn == nil && !c.Cluster && len(c.Service) == 0 && len(c.NoService) == 0 && len(c.With) == 0 && len(c.Has) == 0 && len(c.Lacks) == 0
}

// situation is what conditions are held against: one profile on one system.
type situation struct {
	topology   Topology
	features   []Feature
	ca         CAKind
	version    version
	ownCSR     bool
	builtIn    bool
	services   []string // planned for the system; empty while they are being chosen
	key        Key
	deployment *Deployment
	system     *System
}

func (c Condition) holds(s situation) bool {
	if len(c.Topology) > 0 && !slices.Contains(c.Topology, s.topology) {
		return false
	}
	if len(c.Feature) > 0 && !slices.ContainsFunc(c.Feature, s.has) {
		return false
	}
	if slices.ContainsFunc(c.Without, s.has) {
		return false
	}
	if c.CA != "" && c.CA != s.ca {
		return false
	}
	if c.Since != "" && s.version.before(parseVersion(c.Since)) {
		return false
	}
	if c.Before != "" && !s.version.before(parseVersion(c.Before)) {
		return false
	}
	if c.OwnCSR != nil && *c.OwnCSR != s.ownCSR {
		return false
	}
	if c.BuiltIn != nil && *c.BuiltIn != s.builtIn || c.Cluster && len(s.system.Nodes) < 2 {
		return false
	}
	if c.Key != "" && c.Key != s.key.Type || c.KeyBits > s.key.Size {
		return false
	}
	if len(c.Service) > 0 && !slices.ContainsFunc(c.Service, s.plans) || slices.ContainsFunc(c.NoService, s.plans) {
		return false
	}
	if len(c.With) > 0 && !slices.ContainsFunc(c.With, s.with) {
		return false
	}
	lacks := func(field string) bool { return !s.answered(field) }
	return !slices.ContainsFunc(c.Has, lacks) && !slices.ContainsFunc(c.Lacks, s.answered)
}

func (s situation) has(f Feature) bool { return slices.Contains(s.features, f) }

func (s situation) plans(service string) bool { return slices.Contains(s.services, service) }

func (s situation) with(product string) bool {
	return slices.ContainsFunc(s.deployment.Systems, func(o System) bool { return o.Product == product })
}

// answered reports whether the person has said anything for the field.
func (s situation) answered(field string) bool {
	sys, d := s.system, s.deployment
	switch field {
	case "nodes":
		return len(sys.Nodes) > 0
	case "names":
		return len(sys.Names) > 0
	case "services":
		return len(sys.Services) > 0
	case "phone_profiles":
		return len(sys.PhoneProfiles) > 0
	case "chat_aliases":
		return len(sys.ChatAliases) > 0
	case "cluster_fqdn":
		return sys.ClusterFQDN != ""
	case "version":
		return sys.Version != ""
	case "ca":
		return sys.CA != ""
	case "topology":
		return sys.Topology != ""
	case "key":
		return sys.Key != Key{}
	case "domains":
		return len(d.Domains) > 0
	case "features":
		return len(d.Features) > 0
	case "environment":
		return d.Environment != ""
	case "subject.O":
		return d.Subject.O != ""
	case "subject.C":
		return d.Subject.C != ""
	}
	return false
}
