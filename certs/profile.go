package certs

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Product is one product of the catalogue: an appliance, a cluster, a server.
type Product struct {
	ID        string    `yaml:"id" json:"id"`
	Name      Text      `yaml:"name" json:"name"`
	Family    string    `yaml:"family" json:"family,omitempty"`       // what it is called where its role is not told; empty: its own id
	Platform  Platform  `yaml:"platform" json:"platform,omitempty"`   // whose way of handling certificates it has; empty: its own
	Order     int       `yaml:"order" json:"order,omitempty"`         // its place in lists; 0: 50
	Service   string    `yaml:"service" json:"service,omitempty"`     // the one that is meant when a form has no word about it; empty: it asks
	Features  []Feature `yaml:"features" json:"features,omitempty"`   // those that matter to it
	Addresses bool      `yaml:"addresses" json:"addresses,omitempty"` // a node may be known by its IP address alone
	Assume    string    `yaml:"assume" json:"assume,omitempty"`       // the version that rules go by when none is given
	Version   string    `yaml:"version" json:"version,omitempty"`     // an example of how the product prints its version
	Whole     bool      `yaml:"whole" json:"whole,omitempty"`         // a restart is one of the whole box: several certificates need it once
	Stores    []Store   `yaml:"stores" json:"stores,omitempty"`
}

// Platform is what a product runs on, as far as certificates are handled in its way: its
// pages, its trust stores, what it refuses.
type Platform string

// The platforms that several products share, or that checks know.
const (
	ExpresswayOS Platform = "expressway"
	UnifiedOS    Platform = "unified-os" // Cisco Unified Operating System: CUCM, IM and Presence, Unity Connection
)

// Family is what logs and people call one product or several, where nothing tells their
// roles apart, such as Expressway-C and Expressway-E.
type Family struct {
	ID   string `yaml:"id" json:"id"`
	Name string `yaml:"name" json:"name"`
	// Marks are wordings by which texts about it are told. A star at either end lifts
	// the demand for a word boundary.
	Marks []string `yaml:"marks" json:"marks,omitempty"`
}

// Store is a place of a product where CA certificates are trusted.
type Store struct {
	ID         string     `yaml:"id" json:"id"`
	Name       string     `yaml:"name" json:"name"`             // the vendor's own name
	Path       string     `yaml:"path" json:"path"`             // menu path or command
	Replicates bool       `yaml:"replicates" json:"replicates"` // one upload reaches every node of the cluster
	Note       Text       `yaml:"note" json:"note,omitzero"`
	Then       []StepRule `yaml:"then" json:"then,omitempty"`
	Source     Sources    `yaml:"source" json:"source"`
}

// Procedure is work on a product that is about certificates but asks for none:
// finding out why an upload fails, reading a capture, monitoring, revocation.
type Procedure struct {
	ID     string     `yaml:"id" json:"id"` // product/what
	Title  Text       `yaml:"title" json:"title"`
	When   Text       `yaml:"when" json:"when"` // what it is for, or what is seen
	AsOf   string     `yaml:"as_of" json:"as_of"`
	Steps  []StepRule `yaml:"steps" json:"steps"`
	Notes  []Note     `yaml:"notes" json:"notes,omitempty"`
	Source Sources    `yaml:"source" json:"source"`
}

// Profile is what a certificate for one service must look like and what has to be
// done with it. Profiles are data; see profiles/*.yaml.
type Profile struct {
	ID         string      `yaml:"id" json:"id"`
	Label      string      `yaml:"label" json:"label,omitempty"`     // the vendor's own name of the service: CallManager-ECDSA
	Aliases    []string    `yaml:"aliases" json:"aliases,omitempty"` // other names that people give the service
	Title      Text        `yaml:"title" json:"title"`
	Purpose    Text        `yaml:"purpose" json:"purpose"`
	AsOf       string      `yaml:"as_of" json:"as_of"`                       // the day the sources were read, YYYY-MM-DD
	Default    []Condition `yaml:"default" json:"default,omitempty"`         // planned unasked when any of these holds
	Needs      []string    `yaml:"needs" json:"needs,omitempty"`             // services without which this one is of no use
	Topologies []Topology  `yaml:"topologies" json:"topologies"`             // only single: the first node carries it
	Asks       []Ask       `yaml:"asks" json:"asks"`                         //
	CommonName []NameRule  `yaml:"common_name" json:"common_name"`           // the first that holds
	CNOptional bool        `yaml:"cn_optional" json:"cn_optional"`           // an over-long CN may be left out
	Names      []NameRule  `yaml:"names" json:"names,omitempty"`             // all that hold, in order
	Together   bool        `yaml:"together" json:"together,omitempty"`       // may share one certificate with the product's other services that say so
	NamesAlone bool        `yaml:"names_alone" json:"names_alone,omitempty"` // further names are taken only where no other service is planned
	EKU        []UsageRule `yaml:"eku" json:"eku"`                           // the first that holds for each id
	KU         []UsageRule `yaml:"ku" json:"ku"`                             //
	Keys       []KeyRule   `yaml:"keys" json:"keys"`                         // the first is the default
	Wildcard   Wildcard    `yaml:"wildcard" json:"wildcard"`                 //
	Limits     Limits      `yaml:"limits" json:"limits,omitzero"`            //
	CA         CARule      `yaml:"ca" json:"ca"`                             //
	Device     bool        `yaml:"device" json:"device,omitempty"`           // the product takes no key from outside
	IsCA       bool        `yaml:"is_ca" json:"is_ca,omitempty"`             //
	BuiltIn    bool        `yaml:"built_in" json:"built_in,omitempty"`       // signed by the product's own CA unless another is named
	Conflicts  []string    `yaml:"conflicts" json:"conflicts,omitempty"`     // profile ids never to be renewed together with this one
	Upload     Upload      `yaml:"upload" json:"upload"`                     //
	TrustedBy  []TrustRule `yaml:"trusted_by" json:"trusted_by,omitempty"`   //
	Steps      []StepRule  `yaml:"steps" json:"steps,omitempty"`             // by phase, in order
	Notes      []Note      `yaml:"notes" json:"notes,omitempty"`             // what to know, when it applies
	Dangers    []Note      `yaml:"dangers" json:"dangers,omitempty"`         // what breaks things
	Source     Sources     `yaml:"source" json:"source"`                     //
}

// Product is the first part of the profile's id, Service the last.
func (p Profile) Product() string { product, _, _ := strings.Cut(p.ID, "/"); return product }

// Service is the last part of the profile's id: "server", "cup-xmpp".
func (p Profile) Service() string { _, service, _ := strings.Cut(p.ID, "/"); return service }

// Sources names the documents that a rule comes from: tags of sources.yaml or free
// text. In YAML it is one string or a list.
type Sources []string

// UnmarshalYAML reads one string or a list of them.
func (s *Sources) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*s = Sources{n.Value}
		return nil
	}
	return n.Decode((*[]string)(s))
}

// Ask is one answer that a profile needs or can use. Field is the name used in
// Deployment and System: nodes, cluster_fqdn, domains, version, ca, phone_profiles,
// chat_aliases, names, topology, features.
type Ask struct {
	Field    string    `yaml:"field" json:"field"`
	Required bool      `yaml:"required" json:"required"`
	When     Condition `yaml:"when" json:"when,omitzero"`
	Text     Text      `yaml:"text" json:"text,omitzero"` // hint for the person who is asked
}

// NameRule says where a name comes from. From is one of node, nodes, others,
// cluster_fqdn, domains, wildcard_domains (*. before each), phone_profiles,
// chat_aliases, multi_server (publisher with -ms), or value, which takes Value as it
// stands with its {placeholders}.
type NameRule struct {
	From     string    `yaml:"from" json:"from"`
	Value    string    `yaml:"value" json:"value,omitempty"`
	Optional bool      `yaml:"optional" json:"optional,omitempty"` // the box may leave it out of its request
	When     Condition `yaml:"when" json:"when,omitzero"`
	Reason   Text      `yaml:"reason" json:"reason"`
	Source   Sources   `yaml:"source" json:"source"`
}

// Need says how much a usage is needed.
type Need string

// The needs. A wanted usage is asked for but may be absent from what comes back; an
// allowed one is not asked for but may come back.
const (
	Required  Need = "required"
	Wanted    Need = "wanted"
	Allowed   Need = "allowed"
	Forbidden Need = "forbidden"
)

// UsageRule is one key usage or extended key usage of a profile.
type UsageRule struct {
	ID     string    `yaml:"id" json:"id"`
	Need   Need      `yaml:"need" json:"need"`
	When   Condition `yaml:"when" json:"when,omitzero"`
	Reason Text      `yaml:"reason" json:"reason"`
	Source Sources   `yaml:"source" json:"source"`
}

// KeyRule is one kind of key that a profile takes; the first size is its default.
type KeyRule struct {
	Type   string  `yaml:"type" json:"type"`
	Sizes  []int   `yaml:"sizes" json:"sizes"`
	Source Sources `yaml:"source" json:"source"`
}

// Wildcard says whether names such as *.example.com are taken.
type Wildcard struct {
	Allowed bool    `yaml:"allowed" json:"allowed"`
	Reason  Text    `yaml:"reason" json:"reason"`
	Source  Sources `yaml:"source" json:"source"`
}

// Limits are hard limits of the product; zero means none known.
type Limits struct {
	SANCharacters int     `yaml:"san_characters" json:"san_characters,omitempty"` // of the comma-separated list
	KeyBits       int     `yaml:"key_bits" json:"key_bits,omitempty"`
	NoSharedIP    bool    `yaml:"no_shared_ip" json:"no_shared_ip,omitempty"` // a certificate for several nodes takes no IP addresses
	NoLocality    bool    `yaml:"no_locality" json:"no_locality,omitempty"`   // the box's own request has no L
	Source        Sources `yaml:"source" json:"source,omitempty"`
}

// CARule says which kind of CA signs when nothing is said, and whether the answer
// for the whole system counts for this service.
type CARule struct {
	Default CAKind  `yaml:"default" json:"default"`
	Own     bool    `yaml:"own" json:"own,omitempty"` // only an answer for this very service (ca_for) changes the default
	Days    int     `yaml:"days" json:"days,omitempty"`
	Reason  Text    `yaml:"reason" json:"reason"`
	Source  Sources `yaml:"source" json:"source"`
}

// Upload is what the product takes, and in which form.
type Upload struct {
	Chain      bool     `yaml:"chain" json:"chain"`             // the certificate file holds leaf, then intermediates
	Root       bool     `yaml:"root" json:"root"`               // ... and then the root
	Bundle     bool     `yaml:"bundle" json:"bundle"`           // CAs go into a file of their own
	BundleRoot bool     `yaml:"bundle_root" json:"bundle_root"` // ... root included
	EachCA     bool     `yaml:"each_ca" json:"each_ca"`         // CAs are uploaded one file each, root first
	OneNewline bool     `yaml:"one_newline" json:"one_newline"` // the file ends with exactly one line break
	Accepts    []string `yaml:"accepts" json:"accepts"`         // pem, der, p7b, p12; the first is written
	Extension  string   `yaml:"extension" json:"extension"`     // of the certificate file, with the dot
	Note       Text     `yaml:"note" json:"note"`
	Source     Sources  `yaml:"source" json:"source"`
}

// TrustRule says that a product must trust the CA of this certificate.
type TrustRule struct {
	By     string     `yaml:"by" json:"by"`       // product id
	Store  string     `yaml:"store" json:"store"` // store id of that product
	When   Condition  `yaml:"when" json:"when,omitzero"`
	Alone  *Condition `yaml:"alone" json:"alone,omitempty"` // holds also, under this condition, where only one of the two sides was described
	Reason Text       `yaml:"reason" json:"reason"`
	Source Sources    `yaml:"source" json:"source"`
}

// StepRule is one step of a profile's runbook. On is once, each, first or others:
// the nodes that it is repeated for; all names every node in one step.
type StepRule struct {
	Phase    Phase     `yaml:"phase" json:"phase,omitempty"`
	On       string    `yaml:"on" json:"on,omitempty"`
	When     Condition `yaml:"when" json:"when,omitzero"`
	Text     Text      `yaml:"text" json:"text"`
	Commands []string  `yaml:"commands" json:"commands,omitempty"`
	Source   Sources   `yaml:"source" json:"source"`
}

// Note is something to know about a profile. A note without severity is said in the
// profile only, not in plans.
type Note struct {
	Rule     string    `yaml:"rule" json:"rule"`
	Severity Severity  `yaml:"severity" json:"severity,omitempty"`
	Field    string    `yaml:"field" json:"field,omitempty"`
	When     Condition `yaml:"when" json:"when,omitzero"`
	Text     Text      `yaml:"text" json:"text"`
	Source   Sources   `yaml:"source" json:"source"`
}

// profileFile is one YAML file of the catalogue. Shared holds anchors that the rest of the
// file refers to.
type profileFile struct {
	Shared     any         `yaml:"shared"`
	Families   []Family    `yaml:"families"`
	Products   []Product   `yaml:"products"`
	Profiles   []Profile   `yaml:"profiles"`
	Procedures []Procedure `yaml:"procedures"`
}
