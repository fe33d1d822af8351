package artefact

import (
	"bytes"
	"time"
)

// feed reads the next bytes in order.
func (t *recordLayer) feed(data []byte, packet int, at time.Time) {
	if t.done || len(data) == 0 {
		return
	}
	t.packet, t.at = packet, at
	if !t.inTLS {
		t.opening(data)
		return
	}
	t.records(data)
}

// opening looks for the first record. In clear text it may only stand at the start of
// a segment, for both sides wait for each other before TLS begins.
func (t *recordLayer) opening(data []byte) {
	if len(t.buf) > 0 {
		data = append(t.buf, data...)
		t.buf = nil
	}
	switch {
	case beginsTLS(data):
		t.inTLS = true
		t.started = t.packet
		t.records(data)
	case len(data) < 6 && mayBeginTLS(data):
		t.buf = bytes.Clone(data)
	default:
		t.cleared = true
		if room := maxClear - len(t.clear); room > 0 {
			t.clear = append(t.clear, data[:min(room, len(data))]...)
		}
	}
}

// beginsTLS: a handshake record with a hello, or an alert of two bytes.
func beginsTLS(d []byte) bool {
	if len(d) < 6 || d[1] != 3 || d[2] > 4 {
		return false
	}
	n := int(d[3])<<8 | int(d[4])
	switch d[0] {
	case typeHandshake:
		return (d[5] == helloClient || d[5] == helloServer) && n >= 4 && n <= maxRecord
	case typeAlert:
		return n == 2 && (d[5] == 1 || d[5] == 2)
	}
	return false
}

func mayBeginTLS(d []byte) bool {
	return (d[0] == typeHandshake || d[0] == typeAlert) && (len(d) < 2 || d[1] == 3) && (len(d) < 3 || d[2] <= 4)
}

// records reads TLS records (RFC 8446, section 5.1).
func (t *recordLayer) records(data []byte) {
	if t.skip > 0 {
		n := min(t.skip, len(data))
		t.skip -= n
		data = data[n:]
	}
	begun := len(t.buf) > 0
	if begun {
		t.buf = append(t.buf, data...)
		data = t.buf
	}
	rest := t.whole(data)
	switch {
	case t.done || len(rest) == 0:
		t.buf = nil
	case !begun:
		t.buf = bytes.Clone(rest)
	case len(rest) < len(t.buf): // otherwise it waits as it is: it may come byte by byte
		t.buf = t.buf[:copy(t.buf, rest)]
	}
}

// whole reads the records that are there as a whole, and gives what is left.
func (t *recordLayer) whole(data []byte) (rest []byte) {
	for len(data) >= 5 && !t.done {
		kind, n := data[0], int(data[3])<<8|int(data[4])
		if kind < typeChange || kind > typeHeartbeat || data[1] != 3 || n > maxRecord {
			t.broken = true
			t.stop()
			return nil
		}
		if t.keyed && kind == typeHandshake && n > 38 && len(data) < 9 {
			return data
		}
		if kind == typeData || t.keyed && kind != typeChange && !inClear(kind, n, data) {
			t.seal(kind, n)
			if have := len(data) - 5; have < n {
				t.skip = n - have
				return nil
			}
			data = data[5+n:]
			continue
		}
		if len(data) < 5+n {
			return data
		}
		t.record(kind, data[5:5+n])
		data = data[5+n:]
	}
	return data
}

// inClear tells the records that come in clear after a ChangeCipherSpec: the second
// hello of either side in TLS 1.3 (RFC 8446, appendix D.4), and alerts, which no
// cipher makes two bytes long.
func inClear(kind byte, n int, data []byte) bool {
	switch kind {
	case typeAlert:
		return n == 2
	case typeHandshake:
		return n > 38 && (data[5] == helloClient || data[5] == helloServer) &&
			int(data[6])<<16|int(data[7])<<8|int(data[8]) == n-4
	}
	return false
}

// seal notes an encrypted record. Once data flows both ways nothing more is learnt.
func (t *recordLayer) seal(kind byte, n int) {
	if len(t.sealed) < maxSealed {
		t.sealed = append(t.sealed, sealed{kind, n, t.packet})
	}
	if len(t.sealed) == maxSealed {
		t.stop()
	}
}

func (t *recordLayer) record(kind byte, body []byte) {
	switch kind {
	case typeChange:
		t.keyed = true // in TLS 1.3 it means nothing, but what follows is encrypted as well
	case typeAlert:
		if len(body) == 2 && len(t.alerts) < maxAlerts {
			t.alerts = append(t.alerts, Alert{Packet: t.packet, Fatal: body[0] == 2, Code: body[1]})
		}
	case typeHandshake:
		if len(t.msgs)+len(body) > t.limit+maxRecord {
			t.broken = true
			t.stop()
			return
		}
		t.msgs = append(t.msgs, body...)
		for len(t.msgs) >= 4 {
			n := int(t.msgs[1])<<16 | int(t.msgs[2])<<8 | int(t.msgs[3])
			if n > t.limit {
				t.broken = true
				t.stop()
				return
			}
			if len(t.msgs) < 4+n {
				return
			}
			t.message(t.msgs[0], t.msgs[4:4+n])
			t.msgs = t.msgs[4+n:]
		}
		if len(t.msgs) == 0 {
			t.msgs = nil
		}
	}
}
