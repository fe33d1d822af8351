package language

import (
	"encoding/json"

	"countersign/certs"
)

// Intent is what the writer wants of the bot.
type Intent string

// The intents. Other is chat, other people's words, negations and orders that only
// a click may give ("approve 12"); everything else is then empty.
const (
	Request  Intent = "request"
	Renew    Intent = "renew"
	Diagnose Intent = "diagnose"
	Inspect  Intent = "inspect"
	Status   Intent = "status"
	Help     Intent = "help"
	Cancel   Intent = "cancel"
	Other    Intent = "other"
)

// PEMKind is the kind of a pasted block, named after its BEGIN line.
type PEMKind string

// The kinds of block that are told apart.
const (
	PEMCertificate PEMKind = "certificate"
	PEMRequest     PEMKind = "csr"
	PEMPrivateKey  PEMKind = "private-key"
	PEMOther       PEMKind = "other"
)

// Key is the key asked for. Size 0 means that only the type was said.
type Key struct {
	Type string `json:"type"` // rsa, ecdsa, ed25519
	Size int    `json:"size"` // bits
}

// MarshalJSON writes an unsaid size as null.
func (k Key) MarshalJSON() ([]byte, error) {
	out := struct {
		Type string `json:"type"`
		Size *int   `json:"size"`
	}{Type: k.Type}
	if k.Size != 0 {
		out.Size = &k.Size
	}
	return json.Marshal(out)
}

// Evidence is the place in the input that a value was taken from: bytes
// [Start, End) of the text given to Parse. Field is the JSON name of the field.
type Evidence struct {
	Field string
	Value string
	Start int
	End   int
}

// Understanding is what a text says. Its JSON is the format of `countersign
// understand --json`: lists are never null, single values are null when unsaid.
type Understanding struct {
	Intent      Intent          `json:"intent"`
	Product     *string         `json:"product"`
	Service     *string         `json:"service"`
	Topology    *certs.Topology `json:"topology"`
	FQDNs       []string        `json:"fqdns"`
	ClusterFQDN *string         `json:"cluster_fqdn"`
	Domains     []string        `json:"domains"`
	SANs        []string        `json:"sans"`
	Key         *Key            `json:"key"`
	CA          *certs.CAKind   `json:"ca"`
	Subject     certs.Subject   `json:"subject"`
	Environment *string         `json:"environment"`
	Features    []certs.Feature `json:"features"`
	ByoCSR      bool            `json:"byo_csr"`

	Versions  []string   `json:"-"` // software versions as written: X15.5, 14SU2, 12.5(1)SU3
	RequestID string     `json:"-"` // the request spoken of: REQ-88, 12
	Ordered   bool       `json:"-"` // the bot is ordered to decide, or to leave its rules
	PEM       []PEMKind  `json:"-"` // pasted blocks, in order
	Evidence  []Evidence `json:"-"` // in order of the fields above, then of the text
	Truncated bool       `json:"-"` // the text was longer than MaxText; its middle was not read
}
