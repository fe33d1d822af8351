package probe

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Policy says where probes may go and how long they may take. The zero value allows
// nothing.
type Policy struct {
	Allow []Rule
	// Timeout bounds a whole probe; default 10 s, at most 60 s.
	Timeout time.Duration
	// Bytes bounds what is read from the server; default 512 KiB.
	Bytes int64
	// Resolver looks up names; nil is the system's. It is asked once a probe.
	Resolver interface {
		LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	}
}

func (p Policy) orDefault() Policy {
	if p.Timeout <= 0 {
		p.Timeout = 10 * time.Second
	}
	p.Timeout = min(p.Timeout, time.Minute)
	if p.Bytes <= 0 {
		p.Bytes = 512 << 10
	}
	if p.Resolver == nil {
		p.Resolver = net.DefaultResolver
	}
	return p
}

// Rule allows one name, all names below a domain, or a network, on some ports.
type Rule struct {
	Name   string       // exact, lower case; "" when the rule is about others
	Below  string       // ".example.com": every name below it, not itself
	Prefix netip.Prefix // addresses
	Ports  []Ports      // empty: TLSPorts
}

// Ports is a range of ports, both ends included.
type Ports struct{ From, To uint16 }

// TLSPorts are allowed by a rule that names none: HTTPS, SMTP, LDAP, XMPP, SIP, and
// those of Expressway, CUCM and Meeting Server.
var TLSPorts = []uint16{25, 389, 443, 465, 587, 636, 2443, 2748, 2749, 3269, 5061, 5062, 5063, 5222, 5223, 5269, 6971, 6972, 7001, 8443, 9443}

// ParseRule reads "host.example.com", "*.example.com", "192.0.2.0/24" or an address,
// each optionally with ports: "host.example.com:443,5061,7001-7010". An IPv6 network
// with ports is written in brackets.
func ParseRule(s string) (Rule, error) {
	host, ports := s, ""
	switch {
	case strings.HasPrefix(s, "["):
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return Rule{}, fmt.Errorf("probe rule %q: the bracket is not closed", s)
		}
		host, ports = s[1:end], strings.TrimPrefix(s[end+1:], ":")
	case strings.Count(s, ":") == 1:
		host, ports, _ = strings.Cut(s, ":")
	}
	var r Rule
	switch {
	case strings.Contains(host, "/"):
		p, err := netip.ParsePrefix(host)
		if err != nil {
			return Rule{}, fmt.Errorf("probe rule %q: %w", s, err)
		}
		r.Prefix = p.Masked()
	default:
		if a, err := netip.ParseAddr(host); err == nil {
			r.Prefix = netip.PrefixFrom(a, a.BitLen())
			break
		}
		name := strings.ToLower(strings.TrimSuffix(host, "."))
		if below, ok := strings.CutPrefix(name, "*."); ok && hostName(below) {
			r.Below = "." + below
		} else if hostName(name) {
			r.Name = name
		} else {
			return Rule{}, fmt.Errorf("probe rule %q: write a host name, *.domain, an address or a network such as 192.0.2.0/24", s)
		}
	}
	if ports == "" {
		return r, nil
	}
	for part := range strings.SplitSeq(ports, ",") {
		from, to, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			to = from
		}
		a, err1 := strconv.ParseUint(from, 10, 16)
		b, err2 := strconv.ParseUint(to, 10, 16)
		if err1 != nil || err2 != nil || a == 0 || b < a {
			return Rule{}, fmt.Errorf("probe rule %q: %q is no port or range of ports", s, part)
		}
		r.Ports = append(r.Ports, Ports{uint16(a), uint16(b)})
	}
	return r, nil
}

func (r Rule) port(p uint16) bool {
	if len(r.Ports) == 0 {
		return slices.Contains(TLSPorts, p)
	}
	return slices.ContainsFunc(r.Ports, func(x Ports) bool { return x.From <= p && p <= x.To })
}

// names reports whether a rule allows this name and port.
func (p Policy) names(host string, port uint16) bool {
	return slices.ContainsFunc(p.Allow, func(r Rule) bool {
		return (r.Name != "" && r.Name == host || r.Below != "" && strings.HasSuffix(host, r.Below)) && r.port(port)
	})
}

// address reports whether an address may be connected to. named says that a rule
// allowed the name it came from, or that it was asked for by number. Special addresses
// need a rule that lies within their own range: 0.0.0.0/0 does not open loopback, and
// a name never does, whatever it resolves to.
func (p Policy) address(a netip.Addr, port uint16, named bool) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if a.IsUnspecified() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return false
	}
	ranges := specialRanges(a)
	if len(ranges) == 0 && named {
		return true
	}
	return slices.ContainsFunc(p.Allow, func(r Rule) bool {
		if !r.Prefix.IsValid() || !r.Prefix.Contains(a) || !r.port(port) {
			return false
		}
		return !slices.ContainsFunc(ranges, func(s netip.Prefix) bool {
			return r.Prefix.Bits() < s.Bits() || !s.Contains(r.Prefix.Addr())
		})
	})
}

// special are ranges that lead to the machine itself, to the link, or to services that
// hand out credentials (RFC 6890; the metadata addresses of the large clouds).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("192.0.0.0/24"),       // IETF protocols; metadata of Oracle
	netip.MustParsePrefix("100.100.100.200/32"), // metadata of Alibaba
	netip.MustParsePrefix("168.63.129.16/32"),   // wire server of Azure
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::1/128"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("fd00:ec2::/32"), // metadata of Amazon
}

// The prefixes under which IPv6 addresses carry an IPv4 address, and where in them.
var carriers = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},   // NAT64, RFC 6052
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12}, // the same, local: RFC 8215
	{netip.MustParsePrefix("2002::/16"), 2},       // 6to4, RFC 3056
	{netip.MustParsePrefix("::/96"), 12},          // IPv4-compatible, RFC 4291
}

// specialRanges gives the special ranges that a is in, itself or by the IPv4 address
// that it carries.
func specialRanges(a netip.Addr) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range special {
		if s.Contains(a) {
			out = append(out, s)
		}
	}
	if a.Is4() || a == netip.IPv6Loopback() {
		return out
	}
	b := a.As16()
	for _, c := range carriers {
		if !c.prefix.Contains(a) {
			continue
		}
		in := netip.AddrFrom4([4]byte(b[c.at : c.at+4]))
		if in.IsUnspecified() || in.IsMulticast() || len(specialRanges(in)) > 0 {
			out = append(out, netip.PrefixFrom(a, 128))
		}
	}
	return out
}

// hostName reports whether s is a host name as DNS has them (RFC 1123), or one with
// underscores, which exist. A name whose last label is a number would be an address to
// some resolvers, and is refused.
func hostName(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return false
	}
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, c := range []byte(l) {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
				return false
			}
		}
	}
	last := strings.ToLower(labels[len(labels)-1])
	return strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}
