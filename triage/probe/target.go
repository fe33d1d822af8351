package probe

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Start is what is said in clear before TLS begins.
type Start string

// The ways to begin. Direct is TLS from the first byte, as on SIP-TLS and HTTPS.
const (
	Direct     Start = ""
	SMTP       Start = "smtp"        // RFC 3207
	LDAP       Start = "ldap"        // RFC 4511, section 4.14
	XMPPClient Start = "xmpp-client" // RFC 6120, section 5
	XMPPServer Start = "xmpp-server"
)

// Target is what to connect to and how.
type Target struct {
	Host string // name or address
	Port uint16
	// ServerName is asked for in SNI and, with XMPP, as domain; default Host if it is a
	// name.
	ServerName string
	Start      Start
	// Certificate is presented if the server asks for one. It stays with the caller;
	// nothing of it but "was sent" comes out.
	Certificate *tls.Certificate
}

var errTarget = errors.New("write HOST:PORT, such as expe.example.com:5061")

// starts are the ways to begin on ports whose registered service speaks in clear first.
var starts = map[uint16]Start{25: SMTP, 587: SMTP, 389: LDAP, 5222: XMPPClient, 5269: XMPPServer}

// ParseTarget reads "host:port", optionally with the way to begin in front:
// "smtp://mail.example.com:25". Without one the port says how; "tls://" is TLS at once.
func ParseTarget(s string) (Target, error) {
	t := Target{}
	scheme, rest, schemed := strings.Cut(s, "://")
	if schemed {
		schemes := map[string]Start{"smtp": SMTP, "ldap": LDAP, "xmpp": XMPPClient, "xmpp-client": XMPPClient, "xmpp-server": XMPPServer,
			"tls": Direct, "https": Direct, "sips": Direct, "ldaps": Direct}
		start, known := schemes[strings.ToLower(scheme)]
		if !known {
			return t, fmt.Errorf("probe %q: %w", s, errTarget)
		}
		t.Start, s = start, strings.TrimSuffix(rest, "/")
		if !strings.Contains(s[strings.LastIndexByte(s, ']')+1:], ":") && strings.EqualFold(scheme, "https") {
			s += ":443"
		}
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return t, fmt.Errorf("probe %q: %w", s, errTarget)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return t, fmt.Errorf("probe %q: %w", s, errTarget)
	}
	t.Host, t.Port = host, uint16(n)
	if !schemed {
		t.Start = starts[t.Port]
	}
	return t, t.check()
}

// check refuses what is no host and makes the name canonical.
func (t *Target) check() error {
	a, err := netip.ParseAddr(t.Host)
	if err == nil && a.Zone() != "" {
		return fmt.Errorf("probe %q: %w", t.Host, errTarget) // a zone is any text
	}
	if err != nil {
		if !hostName(t.Host) {
			return fmt.Errorf("probe %q: %w", t.Host, errTarget)
		}
		t.Host = strings.ToLower(strings.TrimSuffix(t.Host, "."))
		t.ServerName = cmp.Or(t.ServerName, t.Host)
	}
	if t.ServerName != "" && !hostName(t.ServerName) {
		return fmt.Errorf("probe: server name %q: %w", t.ServerName, errTarget)
	}
	if t.Port == 0 {
		return fmt.Errorf("probe %q: %w", t.Host, errTarget)
	}
	switch t.Start {
	case Direct, SMTP, LDAP, XMPPClient, XMPPServer:
		return nil
	}
	return fmt.Errorf("probe: %q is no way to begin", string(t.Start))
}

// String is host:port.
func (t Target) String() string { return net.JoinHostPort(t.Host, strconv.Itoa(int(t.Port))) }
