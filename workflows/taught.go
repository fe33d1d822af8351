package workflows

import (
	"time"
)

// TaughtState is where a cause that somebody taught stands.
type TaughtState string

// The states of a taught cause.
const (
	Proposed TaughtState = "proposed" // a second member's turn
	Live     TaughtState = "approved" // known to everybody
	Refused  TaughtState = "rejected" // ended
)

// Taught is a cause that a member of the support group taught from a case.
type Taught struct {
	ID      string      `json:"id"`
	Version int64       `json:"version"`
	Team    string      `json:"team"`
	State   TaughtState `json:"state"`
	By      Person      `json:"by"`
	Case    string      `json:"case"`
	Lesson
	Cause    string    `json:"cause"` // id in the knowledge base
	Lang     string    `json:"lang"`
	Reviewer Person    `json:"reviewer,omitzero"`
	Reason   string    `json:"reason,omitempty"`  // why not, when refused
	Changes  []string  `json:"changes,omitempty"` // built-in examples that it would take over: "cause: text"
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
}

// Lesson is what the form asks. Every text is redacted before it gets here.
type Lesson struct {
	Title    string   `json:"title"`
	Wordings []string `json:"wordings"`            // literal pieces, any of which identifies it
	Product  string   `json:"product,omitempty"`   // the fix is for this one; "" any
	Fix      []string `json:"fix"`                 // steps in order
	NearMiss []string `json:"near_miss,omitempty"` // texts that look alike and are something else
	NewCert  bool     `json:"new_cert,omitempty"`
}
