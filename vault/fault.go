package vault

import (
	"strings"

	"countersign/certs"
)

// Fault is a failure whose reason is known: it says whether the same call can
// succeed later, and to people what to do. It implements certs.Fault.
type Fault struct {
	text      certs.Text
	temporary bool
	err       error
}

// Refuse makes a Fault that stays until somebody changes something. cause is for
// the log, may be nil, and must hold no secret. key and pairs are as in certs.T.
func Refuse(cause error, key string, pairs ...string) *Fault {
	return &Fault{text: certs.T(key, pairs...), err: cause}
}

// Wait makes a Fault that can pass by itself; otherwise as Refuse.
func Wait(cause error, key string, pairs ...string) *Fault {
	return &Fault{text: certs.T(key, pairs...), temporary: true, err: cause}
}

// Error gives the catalogue key and the cause.
func (f *Fault) Error() string {
	if f.err == nil {
		return f.text.Key
	}
	return f.text.Key + ": " + f.err.Error()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.err }

// Temporary reports that the same call can succeed later.
func (f *Fault) Temporary() bool { return f.temporary }

// Text is for people.
func (f *Fault) Text() certs.Text { return f.text }

var _ certs.Fault = (*Fault)(nil)

// Clip keeps what an authority says short and on one line.
func Clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
