package workflows

import "slices"

// State is where a request stands. Each says whose turn it is.
type State string

// The states of a request.
const (
	Submitted  State = "submitted"  // custody's turn until there is a CSR, then the approvers'
	OnHold     State = "on_hold"    // the approvers' turn, after somebody found something out
	Approved   State = "approved"   // our turn: hand it to the issuer
	Issuing    State = "issuing"    // the issuer's turn; for an outside CA that is a person
	Issued     State = "issued"     // the requester's turn: install
	Installed  State = "installed"  // nobody's turn until renewal
	Rejected   State = "rejected"   // ended
	Cancelled  State = "cancelled"  // ended by the requester
	Expired    State = "expired"    // ended: nobody decided in time
	Failed     State = "failed"     // the requester's turn: the reason tells what to change
	Superseded State = "superseded" // ended: a renewal is installed
	Revoked    State = "revoked"    // ended
)

// States are all of them, in the order of a request's life.
var States = []State{Submitted, OnHold, Approved, Issuing, Issued, Installed, Rejected, Cancelled, Expired, Failed, Superseded, Revoked}

// Verb is something that happens to a request.
type Verb string

// The verbs.
const (
	VerbCSR       Verb = "csr"     // the CSR is there
	VerbApprove   Verb = "approve" // the policy's last approval
	VerbReject    Verb = "reject"
	VerbHold      Verb = "hold"
	VerbResume    Verb = "resume"
	VerbCancel    Verb = "cancel"
	VerbExpire    Verb = "expire"
	VerbIssue     Verb = "issue"  // handed to the issuer
	VerbReopen    Verb = "reopen" // who approved it no longer counts
	VerbReturn    Verb = "return" // a certificate came back and answers what was approved
	VerbFail      Verb = "fail"   // it will not come
	VerbInstall   Verb = "install"
	VerbSupersede Verb = "supersede"
	VerbRevoke    Verb = "revoke"
)

// moves lists every legal step; a pair that is absent is illegal (design, section 3).
var moves = map[State]map[Verb]State{
	Submitted: {VerbCSR: Submitted, VerbApprove: Approved, VerbReject: Rejected, VerbHold: OnHold,
		VerbCancel: Cancelled, VerbExpire: Expired, VerbFail: Failed},
	OnHold: {VerbResume: Submitted, VerbReject: Rejected, VerbCancel: Cancelled, VerbExpire: Expired},
	// From here on a certificate may already exist: cancelling would hide it.
	Approved:  {VerbIssue: Issuing, VerbReopen: Submitted},
	Issuing:   {VerbReturn: Issued, VerbFail: Failed},
	Issued:    {VerbInstall: Installed, VerbSupersede: Superseded, VerbRevoke: Revoked},
	Installed: {VerbSupersede: Superseded, VerbRevoke: Revoked},
	// What was replaced is still valid: its key may yet be lost.
	Superseded: {VerbRevoke: Revoked},
}

// Next gives the state after verb, or false when the step is illegal.
func (s State) Next(v Verb) (State, bool) {
	to, ok := moves[s][v]
	return to, ok
}

// Can reports whether verb is legal in s. What may be rejected is before its approvers.
func (s State) Can(v Verb) bool {
	_, legal := s.Next(v)
	return legal
}

// StatesThat are those in which verb is legal.
func StatesThat(can Verb) []State {
	return slices.DeleteFunc(slices.Clone(States), func(s State) bool { return !s.Can(can) })
}

// Ended reports that nothing more happens by itself.
func (s State) Ended() bool {
	switch s {
	case Rejected, Cancelled, Expired, Failed, Superseded, Revoked:
		return true
	case Submitted, OnHold, Approved, Issuing, Issued, Installed:
		return false
	}
	return false
}
