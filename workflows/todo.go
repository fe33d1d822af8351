package workflows

import "time"

// Todo is what a request waits for its requester to do.
type Todo string

// What requesters do.
const (
	TodoAnswer      Todo = "answer"      // a question of the approvers
	TodoCSR         Todo = "csr"         // of the box that makes its own
	TodoCertificate Todo = "certificate" // from the CA that a person talks to
	TodoInstall     Todo = "install"     // what was issued; where it needs its key as a file, with that
)

// Todo says what r waits for its requester to do; "": nothing. Stores find requests by it.
func (r Request) Todo() Todo {
	switch {
	case r.Asked():
		return TodoAnswer
	case r.Awaits() == AwaitCSR:
		return TodoCSR
	case r.State == Issuing && r.Pending && r.Mismatch == nil:
		return TodoCertificate
	case r.Installable():
		return TodoInstall
	}
	return ""
}

// Installable reports that the next step is to install it, and nobody is taking it away.
func (r Request) Installable() bool {
	return r.State == Issued && r.Revoking == nil && !r.Stolen()
}

// RenewWithin is how long before its end a certificate is to be renewed, at most; of one that
// lives shorter the last third of its life is enough (as Let's Encrypt advises for 90 days,
// letsencrypt.org/docs/integration-guide).
const RenewWithin = 60 * 24 * time.Hour

// StillMissed is how long after its end a certificate that nobody has renewed is listed with
// those that end: it may be in use, and failing.
const StillMissed = 30 * 24 * time.Hour
