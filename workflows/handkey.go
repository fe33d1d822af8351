package workflows

import (
	"strconv"
	"time"

	"countersign/certs"
)

// Release is one hand-over of a private key to its requester.
type Release struct {
	To       Person    `json:"to"`
	By       Person    `json:"by,omitzero"`      // who countersigned, for a second one
	Accessor string    `json:"accessor"`         // names the release in the custody's own audit; empty until it is prepared
	At       time.Time `json:"at"`               // asked for
	Expires  time.Time `json:"expires"`          //
	Opened   time.Time `json:"opened,omitzero"`  // found to have been opened
	Again    time.Time `json:"again,omitzero"`   // somebody tried a second time
	Checked  time.Time `json:"checked,omitzero"` // the last look before its end found it unopened
	End      Ending    `json:"end,omitempty"`    // empty: it can still be opened, or may have been
	Doubted  time.Time `json:"doubted,omitzero"` // its receiver says that it does not open
	Alarm    *Alarm    `json:"alarm,omitempty"`  // the key counts as stolen
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
	Kind string    `json:"kind"` // one of the Report constants
}

// What a receiver may report of a hand-over.
const (
	ReportOpened  = "opened"   // it was opened before I came
	ReportNotMe   = "not_me"   // I am told that I opened it, and did not
	ReportNoWork  = "no_work"  // it does not open, I do not know why
	reportUnknown = "no_trace" // ReportNoWork, and its custody could not be asked in time
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

// closeAsk gives r with its open ask closed, if there is one.
func (r Request) closeAsk(why AskEnd, now time.Time) Request {
	n := r.OpenAsk()
	if n < 0 {
		return r
	}
	r.Asks = append([]KeyAsk(nil), r.Asks...)
	r.Asks[n].By, r.Asks[n].Decided, r.Asks[n].Closed = Robot, now, why
	return r
}

// Stolen reports that somebody has raised the alarm over a hand-over of r's key.
func (r Request) Stolen() bool {
	for _, h := range r.Releases {
		if h.Alarm != nil {
			return true
		}
	}
	return false
}

// OpenAsk gives the index of the ask that waits for a second person, or -1.
func (r Request) OpenAsk() int {
	if n := len(r.Asks) - 1; n >= 0 && r.Asks[n].Decided.IsZero() {
		return n
	}
	return -1
}

// handable is the rule that holds for every hand-over, the first and any later one.
func handable(r Request, by Person) *Error {
	switch {
	case by != r.Requester:
		return Refuse(Forbidden, "workflows.refuse.key_not_yours", "Request", string(r.ID))
	case r.State != Issued && r.State != Installed:
		return Refuse(Illegal, "workflows.refuse.key_not_now", "Request", string(r.ID))
	case r.KeyName == "" || r.Custody == CustodyDevice:
		return Refuse(Illegal, "workflows.refuse.key_on_device", "Request", string(r.ID))
	case !r.Spec.KeyFile:
		return Refuse(Illegal, "workflows.refuse.key_stays", "Request", string(r.ID))
	case r.Stolen():
		return Refuse(Illegal, "workflows.refuse.key_stolen", "Request", string(r.ID))
	case r.Revoking != nil:
		return Refuse(Illegal, "workflows.refuse.key_revoking", "Request", string(r.ID))
	}
	return nil
}

// mayRelease is the rule of the first hand-over. One that was prepared counts, opened
// or not: "already opened" must be noticed by a person before a second one.
func mayRelease(r Request, by Person) *Error {
	if no := handable(r, by); no != nil {
		return no
	}
	if len(r.Releases) > 0 {
		return Refuse(Conflict, "workflows.refuse.key_released", "Request", string(r.ID))
	}
	return nil
}

// CanGet reports whether r's requester could ask for the key now, and whether a second
// person would have to agree. It is for what cards offer; each step asks anew.
func (r Request) CanGet() (first, again bool) {
	if handable(r, r.Requester) != nil {
		return false, false
	}
	return len(r.Releases) == 0, mayAskForKey(r, r.Requester) == nil
}

// withRelease gives r with one hand-over changed, and its other ones shared.
func (r Request) withRelease(i int, change func(*Release)) Request {
	r.Releases = append([]Release(nil), r.Releases...)
	change(&r.Releases[i])
	return r
}

// releaseAt finds a hand-over of r that was prepared.
func releaseAt(r Request, i int) (Release, *Error) {
	if i < 0 || i >= len(r.Releases) || r.Releases[i].Accessor == "" {
		return Release{}, Refuse(NotFound, "workflows.refuse.no_handover", "Request", string(r.ID))
	}
	return r.Releases[i], nil
}

func number(i int) string { return strconv.Itoa(i + 1) }

// unreadable is a certificate that was kept and cannot be read: never expected.
func unreadable(err error) *Error {
	return &Error{Code: Invalid, Field: "certificate", Text: certs.T("workflows.problem.certificate_unreadable"), Err: err}
}
