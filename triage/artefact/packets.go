package artefact

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// packet is one TCP segment as the capture has it. payload is valid until the next one.
type packet struct {
	number   int
	at       time.Time
	from, to netip.AddrPort
	tcp      *layers.TCP
	payload  []byte
	cut      bool // the snapshot length cut the payload
	// icmp is the error that a packet reports about the connection from -> to; tcp is
	// nil then.
	icmp string
}

// packets reads the TCP segments of a pcap or pcapng file in turn.
type packets struct {
	read   func() ([]byte, gopacket.CaptureInfo, error)
	link   func(gopacket.CaptureInfo) layers.LinkType
	keys   bool // the file carries keys of TLS sessions
	number int  // packets read, of any kind
	notTCP int
	first  time.Time
	last   time.Time

	eth    layers.Ethernet
	vlan   layers.Dot1Q
	ip4    layers.IPv4
	ip6    layers.IPv6
	ext    layers.IPv6ExtensionSkipper
	tcp    layers.TCP
	icmp4  layers.ICMPv4
	icmp6  layers.ICMPv6
	ofLink [3]*gopacket.DecodingLayerParser // ethernet, IPv4, IPv6
	seen   []gopacket.LayerType
}

// captureMagic reports whether data begins like a pcap or pcapng file.
func captureMagic(data []byte) bool {
	return len(data) >= 4 &&
		slices.Contains([]uint32{0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a}, binary.BigEndian.Uint32(data))
}

// headBytes is where blocks about the whole file are looked for.
const headBytes = 64 << 10

// carriesKeys finds a Decryption Secrets Block among the first blocks of a pcapng file
// (draft-ietf-opsawg-pcapng, section 4.7): with it, anybody can read what was
// encrypted.
func carriesKeys(head []byte) bool {
	if len(head) < 12 || binary.BigEndian.Uint32(head) != 0x0a0d0d0a {
		return false
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if binary.BigEndian.Uint32(head[8:]) == 0x1a2b3c4d {
		order = binary.BigEndian
	}
	for len(head) >= 8 {
		kind, size := order.Uint32(head), order.Uint32(head[4:])
		if kind == 10 {
			return true
		}
		if size < 12 || uint64(size) > uint64(len(head)) {
			return false
		}
		head = head[size:]
	}
	return false
}

func newPackets(r io.Reader) (*packets, error) {
	br := bufio.NewReaderSize(r, 256<<10)
	magic, err := br.Peek(4)
	if err != nil {
		return nil, fmt.Errorf("read capture: %w", err)
	}
	p := &packets{}
	if head, _ := br.Peek(headBytes); carriesKeys(head) {
		p.keys = true
	}
	if binary.BigEndian.Uint32(magic) == 0x0a0d0d0a {
		ng, err := pcapgo.NewNgReader(br, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
		if err != nil {
			return nil, fmt.Errorf("read capture: %w", err)
		}
		p.read = ng.ZeroCopyReadPacketData
		p.link = func(ci gopacket.CaptureInfo) layers.LinkType {
			if len(ci.AncillaryData) > 0 {
				if l, ok := ci.AncillaryData[0].(layers.LinkType); ok {
					return l
				}
			}
			return ng.LinkType()
		}
	} else {
		old, err := pcapgo.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("read capture: %w", err)
		}
		p.read = old.ZeroCopyReadPacketData
		p.link = func(gopacket.CaptureInfo) layers.LinkType { return old.LinkType() }
	}
	for i, first := range []gopacket.LayerType{layers.LayerTypeEthernet, layers.LayerTypeIPv4, layers.LayerTypeIPv6} {
		p.ofLink[i] = gopacket.NewDecodingLayerParser(first, &p.eth, &p.vlan, &p.ip4, &p.ip6, &p.ext, &p.tcp, &p.icmp4, &p.icmp6)
		p.ofLink[i].IgnoreUnsupported = true
	}
	return p, nil
}

// next gives the next TCP segment, or ICMP error about one; io.EOF at the end. A file that ends in the middle
// of a packet, as one does that is still being written, gives io.ErrUnexpectedEOF.
func (p *packets) next(out *packet) error {
	for {
		data, ci, err := p.read()
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
			return fmt.Errorf("read capture after packet %d: %w", p.number, err)
		}
		p.number++
		if y := ci.Timestamp.Year(); y < 1980 || y > 9000 {
			ci.Timestamp = time.Time{} // made up: nothing is judged by it
		}
		p.last = ci.Timestamp
		if p.number == 1 {
			p.first = ci.Timestamp
		}
		data, parser := p.network(data, p.link(ci))
		if parser == nil || !p.decode(parser, data) {
			p.notTCP++
			if parser != nil {
				if reason, from, to := unreachable(p.icmp()); reason != "" {
					*out = packet{number: p.number, at: ci.Timestamp, from: from, to: to, icmp: reason}
					return nil
				}
			}
			continue
		}
		ip4 := p.has(layers.LayerTypeIPv4)
		var src, dst netip.Addr
		switch {
		case ip4 && p.ip4.FragOffset == 0 && p.ip4.Flags&layers.IPv4MoreFragments == 0:
			src, _ = netip.AddrFromSlice(p.ip4.SrcIP)
			dst, _ = netip.AddrFromSlice(p.ip4.DstIP)
		case !ip4 && p.has(layers.LayerTypeIPv6):
			src, _ = netip.AddrFromSlice(p.ip6.SrcIP)
			dst, _ = netip.AddrFromSlice(p.ip6.DstIP)
		default:
			p.notTCP++
			continue
		}
		*out = packet{number: p.number, at: ci.Timestamp, tcp: &p.tcp, payload: p.tcp.Payload, cut: ci.CaptureLength < ci.Length,
			from: netip.AddrPortFrom(src, uint16(p.tcp.SrcPort)), to: netip.AddrPortFrom(dst, uint16(p.tcp.DstPort))}
		return nil
	}
}

func (p *packets) decode(parser *gopacket.DecodingLayerParser, data []byte) bool {
	return parser.DecodeLayers(data, &p.seen) == nil && p.has(layers.LayerTypeTCP)
}

func (p *packets) has(t gopacket.LayerType) bool { return slices.Contains(p.seen, t) }

// icmp gives the ICMP layers that were decoded; nil is what was not there.
func (p *packets) icmp() (v4 *layers.ICMPv4, v6 *layers.ICMPv6) {
	if p.has(layers.LayerTypeICMPv4) {
		v4 = &p.icmp4
	}
	if p.has(layers.LayerTypeICMPv6) {
		v6 = &p.icmp6
	}
	return v4, v6
}

// network strips a link layer that is no Ethernet and chooses the parser.
func (p *packets) network(data []byte, link layers.LinkType) ([]byte, *gopacket.DecodingLayerParser) {
	skip := 0
	switch link {
	case layers.LinkTypeEthernet:
		return data, p.ofLink[0]
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		skip = 4
	case layers.LinkTypeLinuxSLL: // tcpdump -i any, as Expressway and CMS write it
		skip = 16
	case layers.LinkTypeLinuxSLL2:
		skip = 20
	case layers.LinkTypeRaw, layers.LinkTypeIPv4, layers.LinkTypeIPv6, 12, 14: // raw IP on BSD systems
	default:
		return nil, nil
	}
	if len(data) <= skip {
		return nil, nil
	}
	switch data = data[skip:]; data[0] >> 4 {
	case 4:
		return data, p.ofLink[1]
	case 6:
		return data, p.ofLink[2]
	}
	return nil, nil
}
