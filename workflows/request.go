package workflows

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
)

// CanGiveUp reports that r waits for a certificate that may never come: something keeps
// its issuer from answering, a person elsewhere has it, or what came is not as approved.
// While an issuer is at it there is nothing to give up.
func (r Request) CanGiveUp() bool {
	return r.State == Issuing && (!r.Trouble.IsZero() || r.Pending || r.Mismatch != nil)
}

// CloseAsk gives r with its open ask closed, if there is one.
func (r Request) CloseAsk(why AskEnd, now time.Time) Request {
	n := r.OpenAsk()
	if n < 0 {
		return r
	}
	r.Asks = slices.Clone(r.Asks)
	r.Asks[n].By, r.Asks[n].Decided, r.Asks[n].Closed = Robot, now, why
	return r
}

// Stolen reports that somebody has raised the alarm over a hand-over of r's key.
func (r Request) Stolen() bool {
	return slices.ContainsFunc(r.Releases, func(h Release) bool { return h.Alarm != nil })
}

// OpenAsk gives the index of the ask that waits for a second person, or -1.
func (r Request) OpenAsk() int {
	if n := len(r.Asks) - 1; n >= 0 && r.Asks[n].Decided.IsZero() {
		return n
	}
	return -1
}

// WithRelease gives r with one hand-over changed, and its other ones shared.
func (r Request) WithRelease(i int, change func(*Release)) Request {
	r.Releases = slices.Clone(r.Releases)
	change(&r.Releases[i])
	return r
}

// Request is one certificate asked for. It is a value: a step takes one and
// returns the next; only a Store makes it last.
type Request struct {
	ID        RequestID `json:"id"`
	Version   int64     `json:"version"` // of the stored row; a writer with an older one loses
	State     State     `json:"state"`
	Requester Person    `json:"requester"`
	Place     Place     `json:"place"` // where it was asked for
	Lang      string    `json:"lang"`  // of the requester

	Batch      string           `json:"batch"`           // requests that came from one plan
	Group      string           `json:"group,omitempty"` // those of them that share a card, and are decided on together; "": it has its own
	Deployment certs.Deployment `json:"deployment"`      // as answered
	Spec       certs.Spec       `json:"spec"`            // what is to be certified
	Steps      []certs.Step     `json:"steps,omitempty"` // of the plan's runbook, for this certificate
	Trust      []certs.Trust    `json:"trust,omitempty"` // who must trust its CA
	Purpose    string           `json:"purpose"`         // the requester's words to the approvers
	Custody    string           `json:"custody"`         // name of a Custody, or "device"
	Issuer     string           `json:"issuer"`          // name of an Issuer
	Policy     string           `json:"policy"`          // name of the approval policy
	Replaces   *Replaced        `json:"replaces,omitempty"`
	Follows    *Followed        `json:"follows,omitempty"` // asked for again
	Twin       *Twin            `json:"twin,omitempty"`    // in use already when this was asked for
	Renews     RequestID        `json:"renews,omitempty"`  // what Replaces was before it was shown; of old requests only

	KeyName string   `json:"key_name,omitempty"` // of the key in its custody
	CSR     []byte   `json:"csr,omitempty"`      // DER
	SPKI    string   `json:"spki,omitempty"`     // SHA-256 of the public key, hex
	Cert    []byte   `json:"cert,omitempty"`     // DER, once issued
	Chain   [][]byte `json:"chain,omitempty"`    // DER, issuing CA first, without the leaf

	Decisions      []Decision      `json:"-"` // oldest first
	Questions      []Question      `json:"questions,omitempty"`
	Remarks        []Remark        `json:"remarks,omitempty"` // newest last
	Releases       []Release       `json:"releases,omitempty"`
	Asks           []KeyAsk        `json:"asks,omitempty"`            // for the key once more; only the last may be open
	Pending        bool            `json:"pending,omitempty"`         // its certificate comes from elsewhere, by a person
	RevocationAsks []RevocationAsk `json:"revocation_asks,omitempty"` // only the last may be open
	Mismatch       *Mismatch       `json:"held,omitempty"`            // what came back and differs, until somebody has settled it
	Unused         []Unused        `json:"strays,omitempty"`          // what came and nobody gets, oldest first
	Revoking       *Revocation     `json:"revoking,omitempty"`
	Ticked         []string        `json:"ticked,omitempty"`   // steps that its requester has done, by their marks
	Trouble        Trouble         `json:"trouble,omitzero"`   // why it does not go on, while it does not
	Findings       []certs.Finding `json:"findings,omitempty"` // of the issued certificate

	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
	Expires   time.Time `json:"expires,omitzero"` // of the wait for a decision
	NotAfter  time.Time `json:"not_after,omitzero"`
	EndedBy   Person    `json:"ended_by,omitzero"`
	EndReason string    `json:"end_reason,omitempty"`
}

// Question is one asked by an approver of the requester, with its answer.
type Question struct {
	By     Person    `json:"by"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
	Answer string    `json:"answer,omitempty"`
}

// Remark is what somebody said in the thread of a request's card before it was decided.
type Remark struct {
	By   Person    `json:"by"`
	Text string    `json:"text"` // at most MaxReason runes, without secrets
	At   time.Time `json:"at"`
}

// MaxRemarks is how many remarks are kept with a request, the newest.
const MaxRemarks = 20

// Asked reports that the latest question of its approvers waits for the requester's answer.
func (r Request) Asked() bool {
	n := len(r.Questions)
	return n > 0 && r.Questions[n-1].Answer == "" && r.State.Can(VerbReject)
}

// Trouble is a failure that keeps a request waiting, as people are told it.
type Trouble struct {
	Text  certs.Text `json:"text"`
	Since time.Time  `json:"since"`
	Tries int        `json:"tries"`
}

// IsZero reports that there is none.
func (t Trouble) IsZero() bool { return t.Text.Key == "" && len(t.Text.In) == 0 }

// channelTrouble begins the keys of texts that say why the card of a request is not where
// its approvers decide.
const channelTrouble = "workflows.trouble.channel."

// OfChannel says that it is not the request that waits, but its card.
func (t Trouble) OfChannel() bool { return strings.HasPrefix(t.Text.Key, channelTrouble) }

// CardSubject is what r's cards are of: its group, or itself.
func (r Request) CardSubject() string { return cmp.Or(r.Group, string(r.ID)) }

// Hash is the SHA-256 (hex) of everything an approver is shown and a CA is asked
// for. A decision counts only for the hash it was made on.
func (r Request) Hash() string {
	shown := struct {
		ID                      RequestID
		Requester               Person
		Deployment              certs.Deployment
		Spec                    certs.Spec
		Purpose                 string
		Custody, Issuer, Policy string
		CSR                     []byte
		Replaces                *Replaced `json:",omitempty"` // absent, it leaves the hashes of earlier versions as they were
	}{r.ID, r.Requester, r.Deployment, r.Spec, r.Purpose, r.Custody, r.Issuer, r.Policy, r.CSR, r.Replaces}
	// Marshal of plain structs, with map keys sorted, cannot fail and is canonical.
	raw, err := json.Marshal(shown)
	if err != nil {
		return "" // matches no decision
	}
	return Fingerprint(raw)
}

// Fingerprint is the SHA-256 of what is to be told from others, hex.
func Fingerprint(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Verdict is what one person decided.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "approve"
	Reject  Verdict = "reject"
	Hold    Verdict = "hold"
	Resume  Verdict = "resume"
)

// Decision is one person's verdict on one hash of one request.
type Decision struct {
	Request RequestID `json:"request"`
	By      Person    `json:"by"`
	Verdict Verdict   `json:"verdict"`
	Hash    string    `json:"hash"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// The nouns of certs that doors show.
type (
	// Spec is one certificate to be made.
	Spec = certs.Spec
	// Key is a kind of key pair.
	Key = certs.Key
	// Usage is one key usage or extended key usage.
	Usage = certs.Usage
	// Finding is something to know before going on.
	Finding = certs.Finding
	// Severity grades a finding.
	Severity = certs.Severity
	// Step is one thing for a person to do.
	Step = certs.Step
	// Plan is what a deployment needs.
	Plan = certs.Plan
)

// Await is what a request cannot go on without, where that is for a person to give.
type Await string

// What is waited for.
const (
	AwaitDecision Await = "decision" // of the approvers
	AwaitSettling Await = "settling" // of the approvers, on a certificate that is held
	AwaitChain    Await = "chain"    // the same, or the CA's own certificates that are missing
	AwaitCSR      Await = "csr"      // of the box that makes its own

	AwaitRevocation Await = "revocation" // of the approvers, who were asked for it
)

// Awaits says what r waits for; "": nothing that a person gives.
func (r Request) Awaits() Await {
	switch {
	case r.State.Can(VerbReject) && len(r.CSR) > 0:
		return AwaitDecision
	case r.State == Submitted && r.Spec.OwnCSR:
		return AwaitCSR
	case r.State == Issuing && r.Mismatch != nil && r.Mismatch.LeafOnly():
		return AwaitChain
	case r.State == Issuing && r.Mismatch != nil:
		return AwaitSettling
	case r.OpenRevocationAsk() >= 0:
		return AwaitRevocation
	}
	return ""
}

// forApprovers are what approvers have to give.
var forApprovers = []Await{AwaitDecision, AwaitSettling, AwaitChain, AwaitRevocation}

// awaitsApprovers says that r does not go on without its approvers.
func (r Request) awaitsApprovers() bool {
	return slices.Contains(forApprovers, r.Awaits()) || slices.ContainsFunc(r.Asks, func(a KeyAsk) bool { return a.Decided.IsZero() })
}

// NeedsApprovers reports that r does not go on, or is not over, without a click of its approvers:
// a decision, what came and differs, what waits for a CA, a revocation.
func (r Request) NeedsApprovers() bool {
	return slices.Contains(forApprovers, r.Awaits()) || r.CanGiveUp() && !r.Pending || r.RevocationDue() ||
		slices.ContainsFunc(r.Unused, Unused.Open)
}

// RevocationDue reports that a certificate of r, the one it got or one that nobody gets, waits for
// a person to revoke it at its CA.
func (r Request) RevocationDue() bool {
	return r.Revoking != nil && r.Revoking.Due() || slices.ContainsFunc(r.Unused, func(s Unused) bool { return s.Due() })
}

// Serial is the serial number of r's certificate as CAs write it, hex; "" without one.
func (r Request) Serial() string { return SerialOf(r.Cert) }

// RequestID names a request for people and machines: "REQ-17".
type RequestID string

// NewRequestID makes the ID of the n-th request.
func NewRequestID(n int64) RequestID { return RequestID("REQ-" + strconv.FormatInt(n, 10)) }
