package workflows

import (
	"time"
)

// Release is one hand-over of a private key to its requester.
type Release struct {
	To          Person    `json:"to"`
	By          Person    `json:"by,omitzero"`      // who countersigned, for a second one
	Accessor    string    `json:"accessor"`         // names the release in the custody's own audit; empty until it is prepared
	At          time.Time `json:"at"`               // asked for
	Expires     time.Time `json:"expires"`          //
	Opened      time.Time `json:"opened,omitzero"`  // found to have been opened
	OpenedAgain time.Time `json:"again,omitzero"`   // somebody came a second time, and got nothing
	Checked     time.Time `json:"checked,omitzero"` // the last look before its end found it unopened
	End         Ending    `json:"end,omitempty"`    // empty: it can still be opened, or may have been
	Doubted     time.Time `json:"doubted,omitzero"` // its receiver says that it does not open
	Alarm       *Alarm    `json:"alarm,omitempty"`  // the key counts as stolen
}

// Ending is how a hand-over ended.
type Ending string

// The endings.
const (
	EndOpened    Ending = "opened"
	EndUnopened  Ending = "unopened"
	EndUnknown   Ending = "unknown" // its custody could not be asked in time
	EndTakenBack Ending = "taken_back"
)

// Live reports that it can still be opened, for all that is known at now.
func (r Release) Live(now time.Time) bool {
	return r.Accessor != "" && r.End == "" && r.Opened.IsZero() && now.Before(r.Expires)
}

// Alarm is the report that somebody else has a key.
type Alarm struct {
	By   Person    `json:"by"`
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // one of the Report constants; ReportNoWork of earlier versions only
}

// What a receiver may report of a hand-over.
const (
	ReportOpened  = "opened"   // it was opened before I came
	ReportNotMe   = "not_me"   // I am told that I opened it, and did not
	ReportNoWork  = "no_work"  // it does not open, I do not know why
	ReportUnknown = "no_trace" // ReportNoWork, and its custody could not be asked in time
)

// KeyAsk is the wish of a requester to get a key once more, with what a second person
// said to it.
type KeyAsk struct {
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`     // nobody decides after that
	By      Person    `json:"by,omitzero"` // who decided; Robot: nobody, and Closed says why
	Decided time.Time `json:"decided,omitzero"`
	Allowed bool      `json:"allowed,omitempty"`
	Closed  AskEnd    `json:"closed,omitempty"`
}

// AskEnd is why an ask was closed that nobody decided on.
type AskEnd string

// The ends of an ask without a decision.
const (
	AskExpired AskEnd = "expired" // nobody decided in time
	AskStolen  AskEnd = "stolen"  // the key counts as stolen
	AskOver    AskEnd = "over"    // its certificate is revoked or was replaced
)
