package artefact

import (
	"crypto/x509"
	"net/netip"
	"time"
)

// Side is one end of a connection.
type Side string

// The sides. The client is who opened the connection, or who sent the ClientHello.
const (
	Client Side = "client"
	Server Side = "server"
)

func (s Side) other() Side {
	if s == Client {
		return Server
	}
	return Client
}

// Outcome is how a connection went, as far as the capture shows it.
type Outcome string

// The outcomes.
const (
	Completed Outcome = "completed" // the TLS handshake came to its end
	Failed    Outcome = "failed"    // the handshake began and was ended by an alert or a close
	Reset     Outcome = "reset"     // the handshake began and was cut by a TCP reset
	Refused   Outcome = "refused"   // TCP reset in answer to the SYN
	// Unreachable: a router or host answered the SYN with an ICMP error.
	Unreachable Outcome = "unreachable"
	NoAnswer    Outcome = "no-answer"  // nothing came back to the SYN
	Unanswered  Outcome = "unanswered" // TCP connected, the ClientHello was never answered
	Silent      Outcome = "silent"     // TCP connected and closed without a byte
	Plain       Outcome = "plain"      // no TLS: something else was spoken
	Unfinished  Outcome = "unfinished" // the capture ends, or has gaps, before the handshake does
	Other       Outcome = "other"      // began before the capture, or carried nothing
)

// Stream is one TCP connection of a capture.
type Stream struct {
	// ID is the number that Wireshark gives it: tcp.stream eq ID.
	ID      int            `json:"id"`
	Client  netip.AddrPort `json:"client"`
	Server  netip.AddrPort `json:"server"`
	Outcome Outcome        `json:"outcome"`
	Packet  int            `json:"packet"` // its first packet, from 1
	Packets int            `json:"packets"`
	At      time.Time      `json:"at"`

	// Before is what was spoken in clear before TLS (smtp, ldap, xmpp, http ...) or
	// instead of it; "" for TLS from the first byte.
	Before string `json:"before,omitempty"`
	// StartTLS says why a protocol that begins in clear did not go on to TLS.
	StartTLS Start `json:"starttls,omitempty"`

	Hello     *Hello      `json:"hello,omitempty"`  // the client's, the last one if it was asked again
	Answer    *Answer     `json:"answer,omitempty"` // the server's
	Presented []Presented `json:"presented,omitempty"`
	Asked     *Asked      `json:"asked,omitempty"` // the server asked for a client certificate
	Alerts    []Alert     `json:"alerts,omitempty"`
	// Hides says that TLS 1.3 encrypted what followed the ServerHello: certificates,
	// the request for one, and alerts.
	Hides bool `json:"hides,omitempty"`
	// Gaps says that packets are missing or cut in the capture.
	Gaps bool `json:"gaps,omitempty"`
	// ICMP is the error of an Unreachable connection, in the words of the RFCs.
	ICMP string `json:"icmp,omitempty"`
	// EndedBy is who closed first, EndPacket where; "" while open.
	EndedBy   Side `json:"ended_by,omitempty"`
	EndPacket int  `json:"end_packet,omitempty"`
}

// Start is what became of STARTTLS where TLS did not begin.
type Start string

// The ends of STARTTLS.
const (
	StartRefused Start = "refused"     // the client asked, the server said no
	StartMissing Start = "not-offered" // the server did not offer it
)

// Hello is what a ClientHello offers.
type Hello struct {
	Packet     int      `json:"packet"`
	ServerName string   `json:"server_name,omitempty"`
	Versions   []string `json:"versions"` // highest first
	Ciphers    []string `json:"ciphers"`
	ALPN       []string `json:"alpn,omitempty"`
}

// Answer is what a ServerHello chose.
type Answer struct {
	Packet  int    `json:"packet"`
	Version string `json:"version"`
	Cipher  string `json:"cipher"`
	ALPN    string `json:"alpn,omitempty"`
}

// Presented is a Certificate message of TLS 1.2 or older. No DER means that the side
// was asked and had none.
type Presented struct {
	Side   Side      `json:"side"`
	Packet int       `json:"packet"`
	At     time.Time `json:"at"`
	DER    [][]byte  `json:"der,omitempty"` // as sent, the leaf first
}

// Asked is a CertificateRequest of TLS 1.2 or older.
type Asked struct {
	Packet int      `json:"packet"`
	CAs    []string `json:"cas,omitempty"` // distinguished names; none means any CA
	More   int      `json:"more,omitempty"`
}

// Alert is a TLS alert. Hidden ones are encrypted: Code means nothing there.
type Alert struct {
	Side   Side  `json:"side"` // who sent it
	Packet int   `json:"packet"`
	Fatal  bool  `json:"fatal"`
	Code   uint8 `json:"code"`
	Hidden bool  `json:"hidden,omitempty"`
}

func (s *Stream) name() string {
	if s.Hello == nil {
		return ""
	}
	return s.Hello.ServerName
}

func (s *Stream) addr(side Side) netip.AddrPort {
	if side == Client {
		return s.Client
	}
	return s.Server
}

// parsed are the certificates of a message that the standard library reads.
func (p Presented) parsed() []*x509.Certificate {
	out := make([]*x509.Certificate, 0, len(p.DER))
	for _, der := range p.DER {
		if c, err := x509.ParseCertificate(der); err == nil {
			out = append(out, c)
		}
	}
	return out
}
