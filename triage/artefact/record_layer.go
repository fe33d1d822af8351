package artefact

import (
	"time"
)

// recordLayer reads what one side says: perhaps words in clear, then TLS records up to where
// they are encrypted.
type recordLayer struct {
	limit   int    // bytes of one handshake message
	clear   []byte // the first bytes in clear, at most maxClear
	cleared bool   // something in clear was said
	inTLS   bool
	done    bool // nothing more can be read
	broken  bool // no TLS record where one had to be
	started int  // packet of the first record

	buf  []byte // incomplete record, or a beginning that may become one
	msgs []byte // handshake messages in the making
	skip int    // bytes of an encrypted record still to come

	hello     *Hello
	answer    *Answer
	presented *Presented
	asked     *Asked
	alerts    []Alert // Side is set later
	tls13     bool    // this side's ServerHello chose TLS 1.3
	keyed     bool    // ChangeCipherSpec: what follows is encrypted
	sealed    []sealed

	packet int
	at     time.Time
}

// sealed is an encrypted record: only its kind and length show.
type sealed struct {
	kind   byte
	length int
	packet int
}

// The bounds of what is kept of one side.
const (
	maxClear  = 4 << 10
	maxSealed = 6
	maxAlerts = 4
	maxRecord = 1<<14 + 2048 // RFC 5246, section 6.2.3
)

// The record types.
const (
	typeChange    = 20
	typeAlert     = 21
	typeHandshake = 22
	typeData      = 23
	typeHeartbeat = 24
)

func (t *recordLayer) stop() {
	t.done = true
	t.buf, t.msgs = nil, nil
}
