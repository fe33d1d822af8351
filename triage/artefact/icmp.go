package artefact

import (
	"encoding/binary"
	"net/netip"

	"github.com/gopacket/gopacket/layers"
)

// unreachable reads an ICMP error about a TCP connection: it quotes the IP header and
// the first eight bytes of what it is about (RFC 792, RFC 4443). The reason is empty where there
// is none.
func unreachable(v4 *layers.ICMPv4, v6 *layers.ICMPv6) (reason string, from, to netip.AddrPort) {
	var quoted []byte
	switch {
	case v4 != nil && v4.TypeCode.Type() == layers.ICMPv4TypeDestinationUnreachable:
		quoted = v4.Payload
		reason = map[uint8]string{0: "network unreachable", 1: "host unreachable", 3: "port unreachable", 9: "network administratively prohibited",
			10: "host administratively prohibited", 13: "communication administratively prohibited"}[v4.TypeCode.Code()]
	case v6 != nil && v6.TypeCode.Type() == layers.ICMPv6TypeDestinationUnreachable && len(v6.Payload) > 4:
		quoted = v6.Payload[4:]
		reason = map[uint8]string{0: "no route to destination", 1: "communication administratively prohibited", 3: "address unreachable", 4: "port unreachable",
			5: "source address failed policy", 6: "reject route to destination"}[v6.TypeCode.Code()]
	}
	if reason == "" || len(quoted) < 28 {
		return "", from, to
	}
	var source, target netip.Addr
	switch header := int(quoted[0]&15) * 4; {
	case quoted[0]>>4 == 4 && quoted[9] == 6 && header >= 20 && len(quoted) >= header+4:
		source, target = netip.AddrFrom4([4]byte(quoted[12:16])), netip.AddrFrom4([4]byte(quoted[16:20]))
		quoted = quoted[header:]
	case quoted[0]>>4 == 6 && quoted[6] == 6 && len(quoted) >= 44:
		source, target = netip.AddrFrom16([16]byte(quoted[8:24])), netip.AddrFrom16([16]byte(quoted[24:40]))
		quoted = quoted[40:]
	default:
		return "", from, to
	}
	return reason, netip.AddrPortFrom(source, binary.BigEndian.Uint16(quoted)), netip.AddrPortFrom(target, binary.BigEndian.Uint16(quoted[2:]))
}
