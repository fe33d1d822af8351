package artefact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Capture is what a pcap or pcapng file shows.
type Capture struct {
	Packets     int             `json:"packets"`
	NotTCP      int             `json:"not_tcp"`
	First       time.Time       `json:"first"`
	Last        time.Time       `json:"last"`
	Connections int             `json:"connections"`
	Outcomes    map[Outcome]int `json:"outcomes"` // of all connections, also those not in Streams
	Streams     []Stream        `json:"streams"`  // failed ones first, then by number
	Unfollowed  int             `json:"unfollowed,omitempty"`
	// Ends says that the file ends in the middle of a packet, Cut that packets were
	// cut by the snapshot length.
	Ends bool `json:"ends,omitempty"`
	Cut  bool `json:"cut,omitempty"`
	// Keys says that the file carries keys of TLS sessions. They are not used or shown.
	Keys bool `json:"keys,omitempty"`
}

// ReadCapture reads a pcap or pcapng file to its end: the TLS handshakes on any port,
// and how each TCP connection went. It fails when r is no capture, or cannot be read
// from, or ctx ends; a file that is damaged further on gives what came before.
func ReadCapture(ctx context.Context, r io.Reader, limits Limits) (*Capture, error) {
	in, err := newPackets(&endingReader{ctx, r})
	if err != nil {
		return nil, err
	}
	b := &builder{limits: limits.orDefault(), flows: map[flowKey]*flow{}, c: &Capture{Outcomes: map[Outcome]int{}}}
	var p packet
	for {
		err := in.next(&p)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("read capture: %w", ctx.Err())
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.c.Ends = true
			break
		}
		if p.tcp == nil {
			b.icmp(&p)
		} else {
			b.take(&p)
		}
	}
	b.c.Keys = in.keys
	b.c.Packets, b.c.NotTCP, b.c.First, b.c.Last = in.number, in.notTCP, in.first, in.last
	return b.finish(), nil
}

// builder follows the connections of one capture.
type builder struct {
	limits Limits
	flows  map[flowKey]*flow
	quiet  []flowKey // followed connections of which nothing more can be read, in turn
	held   int       // bytes that wait for what is missing
	done   []Stream  // connections whose addresses were used again, or that were put away
	c      *Capture
}

func (b *builder) take(p *packet) {
	key, i := keyOf(p.from, p.to)
	f := b.flows[key]
	if f != nil && p.tcp.SYN && !p.tcp.ACK && f.half[i].syn > 0 && f.half[i].isn != p.tcp.Seq {
		b.held -= f.waiting()
		b.close(f) // the same ports, another connection
		delete(b.flows, key)
		f = nil
	}
	if f == nil {
		if len(b.flows) >= b.limits.Flows && !b.makeRoom() {
			b.c.Unfollowed++
			return
		}
		b.c.Connections++
		f = &flow{id: b.c.Connections - 1, packet: p.number, at: p.at, opener: -1, endedBy: -1}
		f.ends[i], f.ends[1-i] = p.from, p.to
		f.half[0].layer.limit, f.half[1].layer.limit = b.limits.Handshake, b.limits.Handshake
		b.flows[key] = f
	}
	b.c.Cut = b.c.Cut || p.cut && !f.half[i].layer.done && len(p.payload) > 0
	was, waited := f.silent(), f.waiting()
	f.take(p, i)
	if b.held += f.waiting() - waited; b.held > b.limits.Waiting {
		b.held -= f.waiting()
		f.giveUp(&f.half[0])
		f.giveUp(&f.half[1])
	}
	if !was && f.silent() {
		b.quiet = append(b.quiet, key)
	}
}

// icmp notes an error that came back for a connection.
func (b *builder) icmp(p *packet) {
	key, _ := keyOf(p.from, p.to)
	if f := b.flows[key]; f != nil && f.synAck == 0 && f.icmp == "" {
		f.icmp, f.end = p.icmp, p.number
	}
}

// makeRoom puts away one connection that went well, if there is one. Each connection is
// looked at once for it, when nothing more can be read of it: what a capture costs stays
// linear.
func (b *builder) makeRoom() bool {
	for len(b.quiet) > 0 {
		key := b.quiet[0]
		b.quiet = b.quiet[1:]
		f := b.flows[key]
		if f == nil || !f.silent() {
			continue // another connection with the same ports
		}
		if s := f.stream(b.c.Last); s.Outcome == Completed {
			b.add(s)
			delete(b.flows, key)
			return true
		}
	}
	return false
}

// close counts a flow that will get no more packets, and keeps its stream.
func (b *builder) close(f *flow) { b.add(f.stream(b.c.Last)) }

func (b *builder) add(s Stream) {
	b.c.Outcomes[s.Outcome]++
	if len(b.done) < 4*b.limits.Streams || s.Outcome.bad() && len(b.done) < 8*b.limits.Streams {
		b.done = append(b.done, s)
	}
}

func (b *builder) finish() *Capture {
	for _, f := range slices.SortedFunc(maps.Values(b.flows), func(x, y *flow) int { return x.id - y.id }) {
		b.close(f)
	}
	rank := func(s Stream) int {
		switch {
		case s.Outcome == Failed || s.Outcome == Reset:
			return 0
		case s.Outcome.bad():
			return 1
		case s.Hello != nil || s.Answer != nil:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(b.done, func(x, y Stream) int { return cmp.Or(rank(x)-rank(y), x.ID-y.ID) })
	b.c.Streams = b.done[:min(len(b.done), b.limits.Streams)]
	return b.c
}

// bad: somebody would call it a failure.
func (o Outcome) bad() bool {
	return slices.Contains([]Outcome{Failed, Reset, Refused, Unreachable, NoAnswer, Unanswered, Plain}, o)
}
