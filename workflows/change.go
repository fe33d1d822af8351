package workflows

import (
	"encoding/json"
	"time"
)

// Change is everything that one step writes. A Store commits it whole or not at all.
type Change struct {
	Requests      []Request         // new when Version is 0, else replaced if the stored Version is the same
	Decisions     []Decision        // added; one person decides once on one hash
	Conversations []Conversation    // as Requests
	Deployments   []Remembered      // put
	Cards         []Card            // put by (Subject, Kind, Channel)
	Cases         []Case            // as Requests
	Taught        []Taught          // as Requests
	Audit         []Audit           // appended
	Effects       []Effect          // queued; an Effect whose Key exists is dropped
	Done          []int64           // effects that this change completes; one that is complete already is a Conflict
	People        []Profile         // put by user ID
	Settings      map[string]string // put: small facts of the process (sweep marks and the like)
}

// Audit is one line of the append-only record of who did what.
type Audit struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Actor   Person    `json:"actor"`
	Verb    string    `json:"verb"`             // approve, refuse:self-approval, key.release ...
	Subject string    `json:"subject"`          // request, conversation or case ID
	Detail  string    `json:"detail,omitempty"` // JSON; never pasted text, PEM or secrets
	MAC     string    `json:"mac"`              // chains this row to the one before; filled by the store
}

// Lane separates work that must not wait for each other.
type Lane string

// The lanes of the outbox.
const (
	Work   Lane = "work"   // custody, issuers
	Notify Lane = "notify" // messages to people
	Files  Lane = "files"  // files that people sent: fetched and read, which takes as long as they are large
)

// Effect is work to do after the commit. Effects of one Subject and Lane are done
// in the order of their IDs, one at a time.
type Effect struct {
	ID       int64
	Key      string // unique for ever: what makes redelivery harmless
	Lane     Lane
	Subject  string
	Kind     string
	Body     json.RawMessage // ids and small facts; never content that can be read from state
	Due      time.Time
	Attempts int // claims so far, this one included
}

// Card is a message that shows a request, a conversation or a case and is redrawn
// when that changes.
type Card struct {
	Subject string
	Kind    string // approval, requester, prompt, case ...
	Channel string
	Thread  string
	TS      string // the message's name in its channel
	Drawn   string // hash of what it shows now
	Updated time.Time
}

// Remembered is a deployment described once, to pre-fill the next request.
type Remembered struct {
	Team    string
	Name    string // unique in the team: cluster FQDN or first node
	Product string
	Answers Answers
	By      Person
	Request RequestID // the latest that was made of it; "" before it was kept
	Updated time.Time
}
