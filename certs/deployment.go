package certs

// Topology says how the nodes of one system share certificates.
type Topology string

// The topologies. ClusterShared is one certificate and key for all nodes: what
// CUCM, IM&P and Unity Connection call multi-server SAN, and what Expressway
// allows but does not recommend.
const (
	Single        Topology = "single"
	Cluster       Topology = "cluster"
	ClusterShared Topology = "cluster-shared"
)

// CAKind is the kind of authority that is to sign: it decides lifetimes, allowed
// usages and who trusts the result without further work.
type CAKind string

// The kinds of CA.
const (
	PublicCA  CAKind = "public"
	PrivateCA CAKind = "private"
)

// Feature is something that is used on a deployment and asks for names or usages.
type Feature string

// The features that profiles know.
const (
	MRA                   Feature = "mra"
	XMPPFederation        Feature = "xmpp-federation"
	PhoneSecurityProfiles Feature = "phone-security-profiles"
	MixedMode             Feature = "mixed-mode"
)

// Key is the kind of key pair wanted. The zero value means: the profile's default.
type Key struct {
	Type string `json:"type,omitempty" yaml:"type"` // "rsa" or "ecdsa"
	Size int    `json:"size,omitempty" yaml:"size"` // bits: 2048, 3072, 4096; 256, 384, 521
}

// Subject is the distinguished name apart from the CN, which the profile derives.
// C is two letters (RFC 5280 appendix A.1, X520countryName).
type Subject struct {
	O  string `json:"O,omitempty" yaml:"O"`
	OU string `json:"OU,omitempty" yaml:"OU"`
	L  string `json:"L,omitempty" yaml:"L"`
	ST string `json:"ST,omitempty" yaml:"ST"`
	C  string `json:"C,omitempty" yaml:"C"`
}

// Deployment is what the engineer runs. It is the input of a plan and the format
// of `countersign plan --answers FILE` (JSON or YAML).
type Deployment struct {
	Name        string    `json:"name,omitempty" yaml:"name"`
	Environment string    `json:"environment,omitempty" yaml:"environment"` // production, lab, staging
	Domains     []string  `json:"domains,omitempty" yaml:"domains"`         // registration, presence, federation domains
	Features    []Feature `json:"features,omitempty" yaml:"features"`
	Subject     Subject   `json:"subject,omitzero" yaml:"subject"`
	Systems     []System  `json:"systems" yaml:"systems"`
}

// System is one product of the deployment with its nodes: an Expressway-C cluster,
// a CUCM cluster, one web server.
type System struct {
	Product        string            `json:"product" yaml:"product"`                         // expressway-c, expressway-e, cucm, imp, cms, unity-connection, generic
	Version        string            `json:"version,omitempty" yaml:"version"`               // as the product prints it: X15.5, 14SU2, 3.9
	Services       []string          `json:"services,omitempty" yaml:"services"`             // last parts of profile ids; empty: those the product always needs
	Topology       Topology          `json:"topology,omitempty" yaml:"topology"`             // empty: single for one node, else cluster
	Nodes          []string          `json:"nodes" yaml:"nodes"`                             // FQDNs; CUCM: publisher first
	ClusterFQDN    string            `json:"cluster_fqdn,omitempty" yaml:"cluster_fqdn"`     //
	Names          []string          `json:"names,omitempty" yaml:"names"`                   // further SANs wanted: DNS, IP, e-mail, URI
	PhoneProfiles  []string          `json:"phone_profiles,omitempty" yaml:"phone_profiles"` // phone security profile names, FQDN-shaped
	ChatAliases    []string          `json:"chat_aliases,omitempty" yaml:"chat_aliases"`     // IM&P chat node aliases
	CA             CAKind            `json:"ca,omitempty" yaml:"ca"`
	CAFor          map[string]CAKind `json:"ca_for,omitempty" yaml:"ca_for"` // by service, where it differs from CA
	Key            Key               `json:"key,omitzero" yaml:"key"`
	OwnCSR         bool              `json:"own_csr,omitempty" yaml:"own_csr"`                 // the box makes its own key and CSR
	OneCertificate bool              `json:"one_certificate,omitempty" yaml:"one_certificate"` // one certificate for all services that can share it, on each node
	Days           int               `json:"days,omitempty" yaml:"days"`                       // wanted lifetime; 0: what the profile and the public rules advise
}
