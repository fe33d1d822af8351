package artefact

import (
	"net/netip"
	"slices"
	"time"
)

// What is held of one connection while packets arrive out of order or are lost. Only
// the beginning of a connection is of interest, so unlike a general reassembler this
// one stops as soon as both sides have said what can be read.
const (
	maxHeld      = 256 << 10
	maxHeldParts = 256
)

// flowKey is a connection, whichever side sends.
type flowKey struct{ a, b netip.AddrPort }

func keyOf(from, to netip.AddrPort) (k flowKey, first int) {
	if c := from.Compare(to); c <= 0 {
		return flowKey{from, to}, 0
	}
	return flowKey{to, from}, 1
}

// flow is one TCP connection being followed.
type flow struct {
	id      int
	ends    [2]netip.AddrPort
	half    [2]half // what ends[i] sends
	packet  int
	packets int
	at      time.Time
	last    time.Time
	opener  int // index of who sent the SYN; -1 unknown
	synAck  int // packet
	refused int // packet of a reset that answered the SYN
	icmp    string
	gaps    bool
	endedBy int // index of who closed first; -1
	end     int
}

// half is what one end sends.
type half struct {
	syn     int // packets with SYN from this end
	isn     uint32
	synced  bool
	next    uint32
	held    []segment
	heldLen int
	lost    bool // a hole was given up on: what follows is not read
	bytes   int64
	fin     int // packet
	rst     int // packet
	layer   recordLayer
}

type segment struct {
	seq    uint32
	data   []byte
	packet int
	at     time.Time
}

// silent: nothing more can be read of either side.
func (f *flow) silent() bool { return f.half[0].layer.done && f.half[1].layer.done }

// waiting is how many bytes are held until more of them come.
func (f *flow) waiting() int { return f.half[0].waiting() + f.half[1].waiting() }

func (h *half) waiting() int { return h.heldLen + len(h.layer.buf) + len(h.layer.msgs) }

// take adds a packet that end i sent.
func (f *flow) take(p *packet, i int) {
	f.packets++
	f.last = p.at
	h := &f.half[i]
	t := p.tcp
	if t.SYN {
		h.syn++
		h.isn, h.next, h.synced = t.Seq, t.Seq+1, true
		if t.ACK {
			f.synAck = p.number
			f.opener = 1 - i
		} else if f.opener < 0 {
			f.opener = i
		}
	}
	if t.RST {
		if h.rst == 0 {
			h.rst = p.number
		}
		if f.opener == 1-i && f.synAck == 0 && h.bytes == 0 && f.half[1-i].bytes == 0 {
			f.refused = p.number
		}
	} else if n := len(p.payload); n > 0 {
		h.bytes += int64(n)
		if !h.lost && !h.layer.done {
			f.data(h, p)
		}
	}
	if t.FIN && h.fin == 0 {
		h.fin = p.number
	}
	if (t.RST || t.FIN) && f.endedBy < 0 {
		f.endedBy, f.end = i, p.number
	}
}

// data brings the payload of p into order.
func (f *flow) data(h *half, p *packet) {
	seq := p.tcp.Seq
	if p.tcp.SYN {
		seq++ // TCP Fast Open: the data begins after the SYN
	}
	if !h.synced {
		h.next, h.synced = seq, true
	}
	if ahead := int32(seq - h.next); ahead > 0 {
		h.hold(p, seq)
		if h.heldLen > maxHeld || len(h.held) > maxHeldParts {
			f.giveUp(h)
		}
		return
	}
	f.feed(h, segment{seq, p.payload, p.number, p.at})
	if p.cut {
		f.giveUp(h)
		return
	}
	for len(h.held) > 0 && !h.layer.done && int32(h.held[0].seq-h.next) <= 0 {
		s := h.held[0]
		h.held = h.held[1:]
		h.heldLen -= len(s.data)
		f.feed(h, s)
	}
	if h.layer.done {
		h.held, h.heldLen = nil, 0
	}
}

// feed gives what is new in s to the reader of the conversation.
func (f *flow) feed(h *half, s segment) {
	old := int(int32(h.next - s.seq))
	if old < 0 || old >= len(s.data) {
		return // sent again, or half the sequence space away
	}
	fresh := s.data[old:]
	h.next += uint32(len(fresh))
	h.layer.feed(fresh, s.packet, s.at)
}

func (h *half) hold(p *packet, seq uint32) {
	i, _ := slices.BinarySearchFunc(h.held, seq, func(s segment, seq uint32) int { return int(int32(s.seq - seq)) })
	h.held = slices.Insert(h.held, i, segment{seq, slices.Clone(p.payload), p.number, p.at})
	h.heldLen += len(p.payload)
}

func (f *flow) giveUp(h *half) {
	f.gaps = true
	h.lost = true
	h.held, h.heldLen = nil, 0
	h.layer.stop()
}
