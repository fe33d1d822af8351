package workflows

import (
	"errors"

	"countersign/certs"
)

// Code is what went wrong, for machines.
type Code string

// The codes.
const (
	NotFound  Code = "not_found"
	Forbidden Code = "forbidden" // this person may not
	Illegal   Code = "illegal"   // not in this state
	Stale     Code = "stale"     // the card showed something else
	Invalid   Code = "invalid"   // the input is wrong; Field says where
	Conflict  Code = "conflict"  // somebody else was faster
	Unable    Code = "unable"    // something we need is not there now
)

// Error is what a person may be told: a text with the next step, and the cause for
// the log. Any other error is internal: people see a reference, not its text.
type Error struct {
	Code  Code
	Text  certs.Text
	Also  certs.Text // a second step; zero: there is none
	Field string     // of the form, for Invalid
	Err   error
}

// Error gives code and key: safe to log, without what the person wrote.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Text.Key
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Refuse makes an Error from a code, a catalogue key and argument pairs.
func Refuse(code Code, key string, pairs ...string) *Error {
	return &Error{Code: code, Text: certs.T(key, pairs...)}
}

// CodeOf gives the code of err, or "" for an internal error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// ErrSeen is returned by Store.Update for a receipt that was committed before: the
// delivery is a repetition and has changed nothing.
var ErrSeen = errors.New("workflows: receipt seen before")
