package storage

import (
	"crypto/hmac"
	"crypto/sha256"
)

// The things that are authenticated never have the same bytes.
const (
	rowLabel  = "countersign audit row 1"
	linkLabel = "countersign audit row 2" // with what it says of a request
	workLabel = "countersign effect 1"
)

// The label of the head says what is bound to the key beside the record: nothing at
// first, then every request, now every effect in the queue too. Nobody without the key
// can make a database look like one of then.
var (
	headLabel    = []byte("countersign audit head 1")
	requestLabel = []byte("countersign audit head 2")
	boundLabel   = []byte("countersign audit head 3")
)

// rowMAC is HMAC-SHA256(key, mac of the row before || row), the row as its fields in
// order, each with its length before it, so that no two rows have the same bytes.
func rowMAC(key, before []byte, a linked) []byte {
	h := hmac.New(sha256.New, key)
	if a.link == nil {
		field(h, []byte(rowLabel))
	} else {
		field(h, []byte(linkLabel))
		number(h, a.link.version)
		for _, b := range [][]byte{[]byte(a.link.state), a.link.request, a.link.decisions} {
			field(h, b)
		}
	}
	field(h, before)
	number(h, a.ID)
	number(h, a.At.UnixMilli())
	for _, s := range []string{a.Actor.Team, a.Actor.ID, a.Verb, a.Subject, a.Detail} {
		field(h, []byte(s))
	}
	return h.Sum(nil)
}

// sealMAC keeps somebody who can write to the file, but has no key, from presenting
// an earlier row as the last.
func sealMAC(key, label []byte, id int64, mac []byte) []byte {
	h := hmac.New(sha256.New, key)
	field(h, label)
	number(h, id)
	field(h, mac)
	return h.Sum(nil)
}
