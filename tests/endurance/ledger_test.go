package endurance

import (
	"sync"
)

// deed is one interaction of a person that must not get lost once it is acknowledged.
type deed struct {
	kind    string // send, approve, hold, resume, reject, ask, answer, key, install
	person  string // user ID
	request string // request's ID, or the host name for send
	text    string // what was typed, unique
	acked   bool
}

// ledger is what the people know that they did. Safe for concurrent use.
type ledger struct {
	mu   sync.Mutex
	list []deed
}

func (l *ledger) add(d deed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, d)
}

func (l *ledger) all() []deed {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]deed(nil), l.list...)
}
