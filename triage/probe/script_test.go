package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestScripted: servers that are no servers, stall, cut, flood or lie.
func TestScripted(t *testing.T) {
	hello := func(c net.Conn) { c.Read(make([]byte, 4096)) } //nolint:errcheck // whatever comes
	for _, tt := range []struct {
		name  string
		start Start
		serve func(net.Conn)
		stage Stage
		kind  string
		key   string
	}{
		{"plain HTTP", Direct, func(c net.Conn) { hello(c); io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, Handshake, "plain.server", "probe.plain"}, //nolint:errcheck // a test
		{"an alert", Direct, func(c net.Conn) { hello(c); c.Write([]byte{21, 3, 3, 0, 2, 2, 70}) }, Handshake, "tls.alert-protocol-version", "probe.alert"},    //nolint:errcheck // a test
		{"stalls", Direct, func(c net.Conn) { hello(c); untilClosed(c) }, Handshake, "tls.unanswered", "probe.hello_unanswered"},
		{"closes", Direct, func(c net.Conn) { hello(c) }, Handshake, "tls.unanswered", "probe.cut"},
		{"resets", Direct, func(c net.Conn) { hello(c); c.(*net.TCPConn).SetLinger(0) }, Handshake, "tcp.reset", "probe.cut"}, //nolint:errcheck // a test
		{"floods", Direct, func(c net.Conn) {
			hello(c)
			record := append([]byte{22, 3, 3, 0x40, 0}, bytes.Repeat([]byte{2, 0, 0xff, 0xff}, 4096)...)
			for range 1000 {
				if _, err := c.Write(record); err != nil {
					return
				}
			}
		}, Handshake, "", ""},
		{"greets for ever", SMTP, func(c net.Conn) {
			for {
				if _, err := io.WriteString(c, "220-more\r\n"); err != nil {
					return
				}
			}
		}, Prelude, "starttls.protocol", "probe.wrong_protocol"},
		{"no STARTTLS", SMTP, smtp("220 hi\r\n", "250-x\r\n250 SIZE\r\n"), Prelude, "starttls.missing", "probe.starttls_missing"},
		{"STARTTLS refused", SMTP, smtp("220 hi\r\n", "250-x\r\n250 STARTTLS\r\n", "454 not now\r\n"), Prelude, "starttls.refused", "probe.starttls_refused"},
		{"busy", SMTP, smtp("421 go away\r\n"), Prelude, "starttls.protocol", "probe.wrong_protocol"},
		{"says nothing", SMTP, untilClosed, Prelude, "starttls.silent", "probe.silent"},
		{"closes at once", SMTP, func(net.Conn) {}, Prelude, "starttls.closed", "probe.closed_early"},
		{"LDAP refuses", LDAP, func(c net.Conn) { hello(c); c.Write([]byte{0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 52, 4, 0, 4, 0}) }, Prelude, "starttls.refused", "probe.starttls_refused"}, //nolint:errcheck // a test
		{"LDAP nonsense", LDAP, func(c net.Conn) { hello(c); c.Write([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}) }, Prelude, "starttls.protocol", "probe.wrong_protocol"},                //nolint:errcheck // a test
		{"XMPP without TLS", XMPPClient, xmpp("<stream:features><bind/></stream:features>"), Prelude, "starttls.missing", "probe.starttls_missing"},
		{"XMPP fails", XMPPServer, xmpp("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>", "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"), Prelude, "starttls.refused", "probe.starttls_refused"},
		{"XMPP host unknown", XMPPServer, xmpp("<stream:error><host-unknown/></stream:error></stream:stream>"), Prelude, "starttls.protocol", "probe.wrong_protocol"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			port := script(t, tt.serve)
			p := local(t)
			p.Timeout = 1500 * time.Millisecond
			// What stalls or floods goes on until the other side closes: that this returns
			// at all is the bound.
			r := Probe(context.Background(), Target{Host: "127.0.0.1", Port: port, ServerName: "host.example.com", Start: tt.start}, p)
			if r.Stage != tt.stage || tt.key != "" && r.Summary.Key != tt.key || tt.kind != "" && !slices.Contains(seen(r), tt.kind) {
				t.Errorf("stage %s, %s, observed %v; want %s, %s, %s", r.Stage, r.Summary.Key, seen(r), tt.stage, tt.key, tt.kind)
			}
			everyText(t, r)
		})
	}
	t.Run("nothing listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		l.Close()
		r := Probe(context.Background(), Target{Host: "127.0.0.1", Port: uint16(port)}, local(t))
		if r.Stage != Connect || seen(r)[0] != "tcp.refused" {
			t.Errorf("%+v", r)
		}
		everyText(t, r)
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		port := script(t, func(c net.Conn) { hello(c); cancel(); untilClosed(c) })
		p := local(t)
		p.Timeout = time.Hour // only the context ends it
		if r := Probe(ctx, Target{Host: "127.0.0.1", Port: port}, p); r.Stage != Handshake {
			t.Errorf("%+v", r)
		}
	})
}

// untilClosed reads until the other side is gone.
func untilClosed(c net.Conn) { io.Copy(io.Discard, c) } //nolint:errcheck // that it ends is all

func smtp(replies ...string) func(net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		for i, reply := range replies {
			if i > 0 {
				if _, err := r.ReadString('\n'); err != nil {
					return
				}
			}
			io.WriteString(c, reply) //nolint:errcheck // a test
		}
		r.ReadString('\n') //nolint:errcheck // a test
	}
}

func xmpp(replies ...string) func(net.Conn) {
	return func(c net.Conn) {
		buf := make([]byte, 1024)
		for i, reply := range replies {
			n, err := c.Read(buf)
			if err != nil || i == 0 && !strings.Contains(string(buf[:n]), "to='host.example.com'") {
				return
			}
			if i == 0 {
				reply = "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>" + reply
			}
			io.WriteString(c, reply) //nolint:errcheck // a test
		}
		c.Read(buf) //nolint:errcheck // a test
	}
}

// TestBeginnings: the three protocols up to a real TLS handshake behind them.
func TestBeginnings(t *testing.T) {
	ca := issue(t, "Lab Root", nil, time.Now().AddDate(1, 0, 0))
	host := issue(t, "host.example.com", ca, time.Now().AddDate(1, 0, 0))
	proceed := func(talk func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) {
			talk(c)
			s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*host.tls()}})
			if s.Handshake() == nil {
				s.Read(make([]byte, 1)) //nolint:errcheck // until it closes
			}
		}
	}
	answer := func(replies ...string) func(net.Conn) {
		return func(c net.Conn) {
			buf := make([]byte, 2048)
			for _, r := range replies {
				if _, err := c.Read(buf); err != nil {
					return
				}
				io.WriteString(c, r) //nolint:errcheck // a test
			}
		}
	}
	features := "<?xml version='1.0'?><stream:stream id='1' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
	for start, talk := range map[Start]func(net.Conn){
		SMTP: func(c net.Conn) {
			io.WriteString(c, "220-hi\r\n220 there\r\n")
			answer("250-x\r\n250-starttls\r\n250 SIZE\r\n", "220 go\r\n")(c)
		}, //nolint:errcheck // a test
		LDAP:       answer("\x30\x24\x02\x01\x01\x78\x1f\x0a\x01\x00\x04\x00\x04\x00\x8a\x161.3.6.1.4.1.1466.20037"),
		XMPPClient: answer(features, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
		XMPPServer: answer(features, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
		Direct:     func(net.Conn) {},
	} {
		t.Run("start="+string(start), func(t *testing.T) {
			r := Probe(context.Background(), Target{Host: "127.0.0.1", Port: script(t, proceed(talk)), ServerName: "host.example.com", Start: start}, local(t))
			if r.Stage != Done || len(r.Presented) != 1 || !bytes.Equal(r.Presented[0], host.cert.Raw) {
				t.Errorf("%+v", r)
			}
		})
	}
}
