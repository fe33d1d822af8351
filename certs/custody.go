package certs

import "time"

// Handover tells its receiver, and only that person, how to get a private key,
// once. It is here, and not beside the port that returns it, so that custodies
// need to know no more of Countersign than this package.
type Handover struct {
	Accessor string // safe to record: names the hand-over in the custody's own audit, opens nothing
	Secret   string // token or URL: goes to the receiver's direct message, nowhere else
	Command  string // exact command, if there is one; carries Secret
	Expires  time.Time
}

// String keeps the secret out of logs.
func (h Handover) String() string { return "handover " + h.Accessor }

// GoString keeps the secret out of %#v.
func (h Handover) GoString() string { return h.String() }

// Opening is what has become of a hand-over. Zero times mean: not that anybody
// knows of.
type Opening struct {
	Opened time.Time
	Again  time.Time // somebody came a second time, who may have been the receiver both times
	Final  bool      // there is nothing more to learn: this is how it ended
}

// Issued is what an issuer returned, DER.
type Issued struct {
	Leaf  []byte
	Chain [][]byte // issuing CA first, root last if known
}

// Fault is what custodies and issuers return when they know why something did not
// work. Find it with errors.As; an error that is none is internal and final.
type Fault interface {
	error
	// Temporary reports that the same call can succeed later without anybody changing
	// the request: sealed, unreachable, overloaded, access being repaired.
	Temporary() bool
	// Text says to a person what is wrong and what to do next. It holds no secret.
	Text() Text
}
