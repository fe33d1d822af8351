package check

import (
	"net/netip"
	"strconv"
	"strings"

	"countersign/certs"
)

// host checks the name that was connected to against the SAN (RFC 9525): the CN does
// not count. The reasons are those that come up on these products.
func (v *verification) host() {
	host := strings.TrimSuffix(strings.TrimSpace(v.opts.Host), ".")
	if v.leaf.Cert.VerifyHostname(host) == nil {
		return
	}
	v.states[v.leaf] = Faulty
	var names []string
	for _, n := range v.leaf.raw.names() {
		if n.Type == "dns" || n.Type == "ip" {
			names = append(names, n.Value)
		}
	}
	cn := commonName(v.leaf.raw.subject)
	_, notIP := netip.ParseAddr(strings.Trim(host, "[]"))
	args := []string{"Host", host, "Names", someOf(names, 12), "CommonName", cn}
	switch {
	case len(names) == 0 && strings.EqualFold(cn, host):
		v.say(v.leaf, "verify.host-cn-only", certs.Error, "RFC 9525 section 6.3", args...)
	case notIP == nil && len(names) > 0:
		v.say(v.leaf, "verify.host-ip", certs.Error, sourceS001, args...)
	case deepWildcard(names, host) != "":
		v.say(v.leaf, "verify.host-wildcard", certs.Error, "RFC 9525 section 6.3", append(args, "Wildcard", deepWildcard(names, host))...)
	case shortName(names, host) != "":
		v.say(v.leaf, "verify.host-short", certs.Error, sourceS001, append(args, "Full", shortName(names, host))...)
	default:
		v.say(v.leaf, "verify.host", certs.Error, sourceS001, args...)
	}
}

// deepWildcard is a wildcard that covers the host's domain, but not so many labels.
func deepWildcard(names []string, host string) string {
	for _, n := range names {
		if base, ok := strings.CutPrefix(n, "*"); ok && (strings.HasSuffix(strings.ToLower(host), strings.ToLower(base)) || strings.EqualFold(host, base[1:])) {
			return n
		}
	}
	return ""
}

// shortName is the full name of a host that was given without its domain.
func shortName(names []string, host string) string {
	if strings.Contains(host, ".") {
		return ""
	}
	for _, n := range names {
		if first, _, ok := strings.Cut(n, "."); ok && strings.EqualFold(first, host) {
			return n
		}
	}
	return ""
}

// someOf joins at most n values and says how many more there are.
func someOf(values []string, n int) string {
	if len(values) <= n {
		return strings.Join(values, ", ")
	}
	return strings.Join(values[:n], ", ") + ", … (" + strconv.Itoa(len(values)) + ")"
}
