package artefact

import (
	"net/netip"
	"time"
)

// Said is what one side of a live connection sent, in the order of all that was said.
type Said struct {
	From Side
	Data []byte
}

// Live reads a connection that was recorded as it went, not captured: there are no
// packets, so places in it are the position in list, from 1. closed is who ended it,
// "" if it was still open; reset whether by a TCP reset.
func Live(client, server netip.AddrPort, list []Said, at time.Time, closed Side, reset bool) Stream {
	f := &flow{ends: [2]netip.AddrPort{client, server}, packet: 1, packets: len(list), at: at, last: at, opener: 0, synAck: 1, endedBy: -1}
	limit := Limits{}.orDefault().Handshake
	f.half[0].layer.limit, f.half[1].layer.limit = limit, limit
	f.half[0].syn, f.half[1].syn = 1, 1
	for i, s := range list {
		h := &f.half[0]
		if s.From == Server {
			h = &f.half[1]
		}
		h.bytes += int64(len(s.Data))
		h.layer.feed(s.Data, i+1, at)
	}
	if closed != "" {
		i := 0
		if closed == Server {
			i = 1
		}
		f.endedBy, f.end = i, len(list)
		if reset {
			f.half[i].rst = len(list)
		} else {
			f.half[i].fin = len(list)
		}
	}
	return f.stream(at.Add(2 * silence)) // nobody waits any more
}

// Observations says what one connection shows, without the numbers of packets.
func (s Stream) Observations(name string) []Observation {
	c := &Capture{Connections: 1, Outcomes: map[Outcome]int{s.Outcome: 1}, Streams: []Stream{s}}
	j := &judge{name: name, c: c, limit: Limits{}.orDefault().Findings, seen: map[string]int{}, live: true}
	j.stream(&c.Streams[0])
	return j.out
}
