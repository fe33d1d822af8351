package workflows

import "time"

// OriginKind says where an answer of a conversation comes from.
type OriginKind string

// The origins of answers. One that its person gave to the question itself has none.
const (
	FromText      OriginKind = "text"      // said in their message
	FromReading   OriginKind = "reading"   // not said in it, but concluded from it
	FromRequest   OriginKind = "request"   // of an earlier request
	FromCSR       OriginKind = "csr"       // of the CSR that they gave
	FromCase      OriginKind = "case"      // of a triage case
	FromModel     OriginKind = "model"     // proposed by the model, and taken
	FromInference OriginKind = "inference" // follows from the other answers, and is found anew when they change
)

// Origin is where an answer comes from, as it is shown beside it.
type Origin struct {
	Kind    OriginKind `json:"kind"`
	Request RequestID  `json:"request,omitempty"`
	By      Person     `json:"by,omitzero"` // whose it was first, where that is a person
	At      time.Time  `json:"at,omitzero"`
}

// OriginOf is the origin of answers that are taken from r.
func OriginOf(r Request) Origin {
	return Origin{Kind: FromRequest, Request: r.ID, By: r.Requester, At: r.Created}
}
