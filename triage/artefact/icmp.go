package artefact

import (
	"encoding/binary"
	"net/netip"

	"github.com/gopacket/gopacket/layers"
)

// unreachable reads an ICMP error about a TCP connection: it quotes the IP header and
// the first eight bytes of what it is about (RFC 792, RFC 4443).
func (p *packets) unreachable(out *packet) bool {
	var quoted []byte
	reason := ""
	switch {
	case p.has(layers.LayerTypeICMPv4) && p.icmp4.TypeCode.Type() == layers.ICMPv4TypeDestinationUnreachable:
		quoted = p.icmp4.Payload
		reason = map[uint8]string{0: "network unreachable", 1: "host unreachable", 3: "port unreachable", 9: "network administratively prohibited",
			10: "host administratively prohibited", 13: "communication administratively prohibited"}[p.icmp4.TypeCode.Code()]
	case p.has(layers.LayerTypeICMPv6) && p.icmp6.TypeCode.Type() == layers.ICMPv6TypeDestinationUnreachable && len(p.icmp6.Payload) > 4:
		quoted = p.icmp6.Payload[4:]
		reason = map[uint8]string{0: "no route to destination", 1: "communication administratively prohibited", 3: "address unreachable", 4: "port unreachable",
			5: "source address failed policy", 6: "reject route to destination"}[p.icmp6.TypeCode.Code()]
	}
	if reason == "" || len(quoted) < 28 {
		return false
	}
	var from, to netip.Addr
	switch header := int(quoted[0]&15) * 4; {
	case quoted[0]>>4 == 4 && quoted[9] == 6 && header >= 20 && len(quoted) >= header+4:
		from, to = netip.AddrFrom4([4]byte(quoted[12:16])), netip.AddrFrom4([4]byte(quoted[16:20]))
		quoted = quoted[header:]
	case quoted[0]>>4 == 6 && quoted[6] == 6 && len(quoted) >= 44:
		from, to = netip.AddrFrom16([16]byte(quoted[8:24])), netip.AddrFrom16([16]byte(quoted[24:40]))
		quoted = quoted[40:]
	default:
		return false
	}
	*out = packet{icmp: reason, from: netip.AddrPortFrom(from, binary.BigEndian.Uint16(quoted)), to: netip.AddrPortFrom(to, binary.BigEndian.Uint16(quoted[2:]))}
	return true
}
