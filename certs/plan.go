package certs

import "slices"

// Severity grades a finding. An Error stops a request from being submitted, a
// Warning is shown to the requester and on the approval card.
type Severity string

// The severities.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// NameType is the kind of a general name (RFC 5280 section 4.2.1.6).
type NameType string

// The name types that Countersign writes into a request.
const (
	DNS   NameType = "dns"
	IP    NameType = "ip"
	Email NameType = "email"
	URI   NameType = "uri"
	SRV   NameType = "srv" // RFC 4985 SRVName
)

// Name is one subject alternative name with the reason why it is there.
// DNS values are lower-case A-labels without a trailing dot.
// Unicode is how a person writes it where that differs.
type Name struct {
	Type     NameType `json:"type"`
	Value    string   `json:"value"`
	Unicode  string   `json:"unicode,omitempty"`
	Optional bool     `json:"optional,omitempty"` // the box may leave it out of its request: see Adopt
	Reason   Text     `json:"reason,omitzero"`
	Source   string   `json:"source,omitempty"` // document or section that asks for it
}

// Usage is one key usage or extended key usage. ID is the field's own spelling:
// serverAuth, clientAuth, ipsecEndSystem, digitalSignature, keyEncipherment,
// dataEncipherment, keyCertSign, keyAgreement.
// An Optional one is asked for, but a certificate without it does its work too.
type Usage struct {
	ID       string `json:"id"`
	Optional bool   `json:"optional,omitempty"`
	Reason   Text   `json:"reason,omitzero"`
	Source   string `json:"source,omitempty"`
}

// Finding is something to know before going on, with the rule it comes from.
type Finding struct {
	Rule     string   `json:"rule"` // stable id: "expressway/san-999"
	Severity Severity `json:"severity"`
	Field    string   `json:"field,omitempty"` // the answer it is about: nodes, domains, names, key, subject.C ...
	Text     Text     `json:"text"`
	Source   string   `json:"source,omitempty"`
	Offers   []string `json:"offers,omitempty"` // answers that would do instead, the likeliest first
}

// Spec is one certificate to be made: everything that an approver approves and
// a CA is asked for. It is a value: compare and hash it freely.
type Spec struct {
	Profile    string    `json:"profile"`            // "expressway-e/server"
	Also       []string  `json:"also,omitempty"`     // further profiles that the same certificate serves
	For        []string  `json:"for"`                // the nodes that will carry it
	CommonName string    `json:"common_name"`        //
	Subject    Subject   `json:"subject,omitzero"`   //
	Names      []Name    `json:"names"`              // in the order of the request
	EKU        []Usage   `json:"eku"`                //
	KU         []Usage   `json:"ku"`                 //
	Key        Key       `json:"key"`                //
	CA         CAKind    `json:"ca"`                 //
	IsCA       bool      `json:"is_ca,omitempty"`    // CAPF, CMS dbca
	Days       int       `json:"days"`               // wanted lifetime, already within the rules of today
	OwnCSR     bool      `json:"own_csr,omitempty"`  // key and CSR are made on the box
	KeyFile    bool      `json:"key_file,omitempty"` // the target needs the key as a file, so it must be releasable
	BuiltIn    bool      `json:"built_in,omitempty"` // made and signed on the box by its own CA: nothing to approve here
	MayEKU     []string  `json:"may_eku,omitempty"`  // usages that may come back unasked
	MayKU      []string  `json:"may_ku,omitempty"`   //
	Findings   []Finding `json:"findings,omitempty"` //
}

// Step is one thing for a person to do, in order.
type Step struct {
	Phase    Phase    `json:"phase,omitempty"`
	Profile  string   `json:"profile,omitempty"` // empty: about the whole deployment
	Where    string   `json:"where,omitempty"`   // node, nodes or product
	Text     Text     `json:"text"`
	Commands []string `json:"commands,omitempty"` // exact commands, or menu paths in English
	Source   string   `json:"source,omitempty"`
}

// Trust says that one system's CA must be in a trust store of another.
type Trust struct {
	Of     string   `json:"of"`              // whose certificate's CA: profile id
	By     string   `json:"by"`              // who must trust it: product
	Nodes  []string `json:"nodes,omitempty"` // where to upload: one node where the store replicates. Empty: that system was not described
	Store  string   `json:"store"`           // the vendor's name of the store
	Path   string   `json:"path,omitempty"`  // menu path or command
	Reason Text     `json:"reason"`
	Then   []Step   `json:"then,omitempty"` // replication traps, restarts
	Source string   `json:"source,omitempty"`
}

// Plan is what a deployment needs.
type Plan struct {
	Specs    []Spec    `json:"certificates"`
	Trust    []Trust   `json:"trust,omitempty"`
	Runbook  []Step    `json:"runbook,omitempty"`
	Missing  []string  `json:"missing,omitempty"` // answers still needed, by field name
	Findings []Finding `json:"findings,omitempty"`
}

// Errors gives the findings of severity Error, of the plan and of its certificates.
func (p Plan) Errors() []Finding {
	all := slices.Clone(p.Findings)
	for _, s := range p.Specs {
		all = append(all, s.Findings...)
	}
	return slices.DeleteFunc(all, func(f Finding) bool { return f.Severity != Error })
}

// Ready reports whether requests may be made from the plan: nothing is missing and
// nothing is wrong.
func (p Plan) Ready() bool { return len(p.Missing) == 0 && len(p.Errors()) == 0 && len(p.Specs) > 0 }

// Phase orders the steps of a runbook.
type Phase string

// The phases, in the order in which a runbook goes through them.
const (
	Prepare    Phase = "prepare"
	Request    Phase = "request"
	Check      Phase = "check"
	TrustPhase Phase = "trust" // made from trusted_by and the stores
	Install    Phase = "install"
	Restart    Phase = "restart"
	Verify     Phase = "verify"
)
