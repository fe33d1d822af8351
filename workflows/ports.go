package workflows

import (
	"context"
	"time"

	"countersign/certs"
)

// Reader reads state inside one transaction or one snapshot. Absent things are an
// Error with code NotFound.
type Reader interface {
	Request(ctx context.Context, id RequestID) (Request, error)
	// RequestBySPKI finds the request whose CSR has this public key (SHA-256, hex). Of several it
	// is one that waits for its certificate, else one that has its, else one that may get it,
	// else one that ended without; the newest of those.
	RequestBySPKI(ctx context.Context, spki string) (Request, error)
	Requests(ctx context.Context, q RequestQuery) ([]Request, error)
	// InUse gives requests whose certificates for a profile are in use at now (issued or
	// installed, and not run out) and have all of the names, newest first, at most 20.
	InUse(ctx context.Context, profile string, names []string, now time.Time) ([]Request, error)
	// Count is how many q selects, whatever its Limit; most, where there are more.
	Count(ctx context.Context, q RequestQuery, most int) (int, error)
	Conversation(ctx context.Context, id string) (Conversation, error)
	// ConversationAt finds the open (Asking, Reviewing) conversation of p at a place, newest change first.
	// With an empty place: the newest open one of p anywhere.
	ConversationAt(ctx context.Context, p Person, at Place) (Conversation, error)
	Remembered(ctx context.Context, team, name string) (Remembered, error)
	// RememberedList gives the newest deployments of a team, at most limit.
	RememberedList(ctx context.Context, team string, limit int) ([]Remembered, error)
	Cards(ctx context.Context, subject string) ([]Card, error)
	// CardAt finds the card that a message is; NotFound for other messages.
	CardAt(ctx context.Context, channel, ts string) (Card, error)
	Case(ctx context.Context, id string) (Case, error)
	CaseAt(ctx context.Context, at Place) (Case, error)
	Taught(ctx context.Context, id string) (Taught, error)
	// TaughtList gives the taught causes of a team ("" of all) in a state, the oldest change first.
	TaughtList(ctx context.Context, team string, state TaughtState, limit int) ([]Taught, error)
	// Audit gives rows with an ID above after, oldest first, at most limit; of one subject unless "".
	Audit(ctx context.Context, subject string, after int64, limit int) ([]Audit, error)
	// People gives the profiles of all who have come so far.
	People(ctx context.Context) ([]Profile, error)
	Setting(ctx context.Context, key string) (string, error)
	// NextRequest gives the number of the next request. Inside Update only.
	NextRequest(ctx context.Context) (int64, error)
}

// RequestQuery selects requests, newest change first; by Ends, the soonest end first. Zero fields
// do not restrict.
type RequestQuery struct {
	Team          string
	Requester     Person
	NotBy         Person // not those of this requester
	States        []State
	Policies      []string // submitted under one of these
	Awaits        []Await  // that wait for one of these
	Batch         string
	RevocationDue bool      // only those for which Request.Owed holds
	DueBefore     time.Time // Expires set and before this
	Todo          Todo      // that wait for their requester to do this
	Ends          Span      // whose certificate is in use and ends then
	RenewalDue    time.Time // with Ends: those to be renewed by then (RenewWithin) for which nobody has asked again
	Text          string    // part of a name, ID or product; at most 100 characters
	Before        time.Time // Updated before this: the next page
	BeforeID      RequestID // with Before: the last request of the page before, so that none of the same moment is lost
	Limit         int       // at most 200; 0 is 50
}

// Span is a time from one moment to before another.
type Span struct{ From, Before time.Time }

// StoreIdentity is the Setting that names the database. A copy that is restored gets
// another one, so that nothing of the original is taken for its own.
const StoreIdentity = "store.identity"

// Receipt is the business key of one delivery: what a redelivery has in common
// with the first. Empty means: not deduplicated.
type Receipt string

// Store keeps state. It is safe for concurrent use.
type Store interface {
	// View reads a consistent snapshot.
	View(ctx context.Context, read func(Reader) error) error
	// Update runs step inside one write transaction and commits receipt, change, audit and
	// effects together, or nothing. step must be pure apart from the Reader: it may run again.
	// A receipt seen before changes nothing and returns ErrSeen. A lost race on a version
	// returns an Error with code Conflict. An error of step is returned as it is.
	Update(ctx context.Context, receipt Receipt, step func(Reader) (Change, error)) error
}

// Read reads one thing of a snapshot.
func Read[T any](ctx context.Context, s Store, of func(Reader) (T, error)) (v T, err error) {
	err = s.View(ctx, func(rd Reader) (err error) { v, err = of(rd); return err })
	return v, err
}

// Commit commits a change that nothing has to be read for.
func Commit(ctx context.Context, s Store, c Change) error {
	return s.Update(ctx, "", func(Reader) (Change, error) { return c, nil })
}

// Outbox hands out effects. It is safe for concurrent use, also by several processes.
type Outbox interface {
	// Claim takes the next due effect of a lane whose Subject has no earlier pending one, for the
	// time of lease, leaving those of the kinds except where they are. In the lane of Files
	// subjects take turns: what comes behind another of its Subject is as old as the end of that
	// one. ok is false when nothing is due.
	Claim(ctx context.Context, lane Lane, lease time.Duration, except ...string) (e Effect, ok bool, err error)
	// Retry puts e back until due, with the reason for operators.
	Retry(ctx context.Context, e Effect, due time.Time, reason string) error
	// Wake makes due what was put back in lane for reason.
	Wake(ctx context.Context, lane Lane, reason string) error
	// Bury ends e without success and, in the same transaction, commits what tells a person.
	Bury(ctx context.Context, e Effect, reason string, tell Change) error
	// Wait returns when an effect of lane, of another kind than except, may have become due, after
	// at most max, or when ctx ends. It misses nothing that became due after the caller's last
	// empty Claim of that lane.
	Wait(ctx context.Context, lane Lane, max time.Duration, except ...string)
}

// Custody makes and keeps private keys. No method returns one. It may be a Keeper too.
// An error that is a certs.Fault says whether it passes by itself, and what to tell
// people; any other is final.
type Custody interface {
	// CreateCSR makes the key called name if it does not exist and gives a CSR (DER) for spec
	// signed by it. Calling it again with the same name and spec is harmless.
	CreateCSR(ctx context.Context, name string, spec certs.Spec) ([]byte, error)
	// Release prepares a one-time, short-lived hand-over of the key to one person.
	Release(ctx context.Context, name string) (Handover, error)
	// Opening says what has become of a hand-over, by the accessor that Release gave.
	Opening(ctx context.Context, accessor string) (certs.Opening, error)
	// Revoke takes a hand-over back. One that was opened or has ended is no error, and
	// what was opened stays known.
	Revoke(ctx context.Context, accessor string) error
	// Destroy removes the key. A key that is not there is no error.
	Destroy(ctx context.Context, name string) error
}

// Keeper is a Custody that wants a key's certificate when there is one, so that it can
// be found with its key. Keeping the same again is harmless.
type Keeper interface {
	Keep(ctx context.Context, name string, cert Certificate) error
}

// Handover tells its receiver, and only that person, how to get a key, once.
type Handover = certs.Handover

// Issuer signs. Its errors are as those of Custody.
type Issuer interface {
	// Issue has csr signed as spec says. key makes it idempotent: asked again with the same key
	// it gives the same certificate. pending means a person or CA elsewhere signs: the
	// certificate comes back another way.
	Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (cert Certificate, pending bool, err error)
}

// Certificate is what an issuer returned, DER.
type Certificate = certs.Issued

// Directory says who people are and who is in which group, from what it already
// knows: it never waits for the network, its Membership apart.
type Directory interface {
	// Profile gives false for a person of whom the workspace has said nothing yet.
	Profile(p Person) (Profile, bool)
	// Members gives the people of a group (user IDs and user groups of the configuration).
	// false, with nil: the group is unknown or has not been read lately; then nobody is in it.
	Members(group string) ([]Person, bool)
	Membership
}

// Membership asks the workspace anew, which may take a while: it is for work that runs
// after the commit.
type Membership interface {
	// Fresh gives those of who that are in a group as the workspace has it now, without whoever
	// is deactivated, a guest or a bot. An error means that it could not be read, and says
	// nothing about anybody.
	Fresh(ctx context.Context, group string, who []Person) ([]Person, error)
}
