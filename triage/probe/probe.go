package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"countersign/triage"
	"countersign/triage/artefact"
)

// maxAddresses is how many addresses of a name are tried.
const maxAddresses = 3

// lateAlert is how long to wait for a server that asked for a client certificate: with
// TLS 1.3 its verdict comes after the client's side of the handshake is done.
const lateAlert = 1500 * time.Millisecond

// Probe makes one connection to t, if p allows it, and says what came of it. The name
// is looked up once and exactly the resolved addresses are connected to. It never
// verifies or sends anything but the handshake and what Start needs. It ends at the
// latest with p.Timeout or ctx. Safe for concurrent use; the caller limits how many.
func Probe(ctx context.Context, t Target, p Policy) Result {
	p = p.orDefault()
	start := time.Now()
	r := Result{Target: t.String(), Stage: Refused, At: start.UTC()}
	defer func() { r.Took = time.Since(start) }()
	if err := t.check(); err != nil {
		r.Summary = triage.T("probe.bad_target", "Target", r.Target)
		return r
	}
	r.Target = t.String()
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	addresses, ok := r.resolve(ctx, t, p)
	if !ok {
		return r
	}
	conn := r.connect(ctx, addresses, t.Port)
	if conn == nil {
		return r
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // the connection may be gone
	defer stop()
	c := &recorded{Conn: conn, left: p.Bytes}
	if r.Stage = Prelude; t.Start != Direct {
		if err := begin(c, t); err != nil {
			r.prelude(err, t)
			return r
		}
	}
	r.Stage = Handshake
	r.handshake(ctx, c, t)
	return r
}

// resolve decides whether t may be reached, and by which addresses.
func (r *Result) resolve(ctx context.Context, t Target, p Policy) ([]netip.Addr, bool) {
	if a, err := netip.ParseAddr(t.Host); err == nil {
		r.Addresses = []netip.Addr{a}
		if !p.address(a, t.Port, false) {
			r.Summary = triage.T("probe.not_allowed", "Target", r.Target)
			return nil, false
		}
		return r.Addresses, true
	}
	named := p.names(t.Host, t.Port)
	if !named && !p.networks(t.Port) {
		r.Summary = triage.T("probe.not_allowed", "Target", r.Target)
		return nil, false
	}
	r.Stage = Resolve
	found, err := p.Resolver.LookupNetIP(ctx, "ip", t.Host)
	if err != nil || len(found) == 0 {
		var dns *net.DNSError
		key := "probe.dns_failed"
		if errors.As(err, &dns) && dns.IsNotFound || err == nil {
			key = "probe.no_such_host"
		}
		r.say(key, "dns.failed", map[string]float64{"not-certificate:dns": 9}, "Host", t.Host)
		return nil, false
	}
	var allowed []netip.Addr
	for _, a := range found[:min(len(found), 50)] {
		a = a.Unmap()
		r.Addresses = append(r.Addresses, a)
		if p.address(a, t.Port, named) {
			allowed = append(allowed, a)
		}
	}
	if len(allowed) == 0 {
		r.Stage, r.Addresses = Refused, nil // what a name resolves to is not for everybody
		key := "probe.leads_elsewhere"
		if named {
			key = "probe.leads_inside"
		}
		r.Summary = triage.T(key, "Target", r.Target, "Host", t.Host)
		return nil, false
	}
	return allowed[:min(len(allowed), maxAddresses)], true
}

// networks reports whether any rule allows addresses on this port: without one, a name
// that no rule has is not even looked up.
func (p Policy) networks(port uint16) bool {
	return slices.ContainsFunc(p.Allow, func(r Rule) bool { return r.Prefix.IsValid() && r.port(port) })
}

func (r *Result) connect(ctx context.Context, addresses []netip.Addr, port uint16) net.Conn {
	r.Stage = Connect
	var last error
	for i, a := range addresses {
		r.Address = netip.AddrPortFrom(a, port)
		share := ctx
		if left := len(addresses) - i; left > 1 {
			if end, ok := ctx.Deadline(); ok {
				var cancel context.CancelFunc
				share, cancel = context.WithTimeout(ctx, time.Until(end)/time.Duration(left))
				defer cancel()
			}
		}
		conn, err := (&net.Dialer{}).DialContext(share, "tcp", r.Address.String())
		if err == nil {
			return conn
		}
		last = err
	}
	address := r.Address.String()
	switch {
	case errors.Is(last, syscall.ECONNREFUSED):
		r.say("probe.refused", "tcp.refused", map[string]float64{"not-certificate:connection-refused": 9}, "Address", address)
	case timedOut(last):
		r.say("probe.timeout", "tcp.no-answer", map[string]float64{"not-certificate:timeout": 9}, "Address", address)
	default:
		r.say("probe.unreachable", "tcp.unreachable", map[string]float64{"not-certificate:timeout": 6}, "Address", address)
	}
	return nil
}

// prelude says why TLS did not begin.
func (r *Result) prelude(err error, t Target) {
	weights := map[string]float64{"not-certificate:configuration": 6}
	key, kind := "probe.wrong_protocol", "starttls.protocol"
	switch {
	case errors.Is(err, errNotOffered):
		key, kind = "probe.starttls_missing", "starttls.missing"
	case errors.Is(err, errRefused):
		key, kind = "probe.starttls_refused", "starttls.refused"
	case timedOut(err):
		key, kind, weights = "probe.silent", "starttls.silent", map[string]float64{"not-certificate:timeout": 6}
	case errors.Is(err, io.ErrUnexpectedEOF), isReset(err):
		key, kind, weights = "probe.closed_early", "starttls.closed", map[string]float64{"not-certificate:firewall-inspection": 5}
	}
	r.say(key, kind, weights, "Address", r.Address.String(), "Protocol", string(t.Start))
}

// handshake speaks TLS and reads what came of it from the recording.
func (r *Result) handshake(ctx context.Context, c *recorded, t Target) {
	var chain [][]byte
	config := &tls.Config{
		ServerName:         t.ServerName,
		InsecureSkipVerify: true,             //nolint:gosec // a probe shows what is presented; package certs verifies it
		MinVersion:         tls.VersionTLS10, //nolint:gosec // old systems are what is being looked at
		CipherSuites:       suites(),
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error { //nolint:gosec // G123: sessions are not resumed, and nothing is trusted by it
			chain = raw
			return nil
		},
		GetClientCertificate: func(ask *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			r.Asked = true
			for _, ca := range ask.AcceptableCAs[:min(len(ask.AcceptableCAs), 50)] {
				r.CAs = append(r.CAs, artefact.DistinguishedName(ca))
			}
			if t.Certificate == nil {
				return &tls.Certificate{}, nil
			}
			r.Sent = true
			return t.Certificate, nil
		},
	}
	conn := tls.Client(c, config)
	err := conn.HandshakeContext(ctx)
	if err == nil && r.Asked {
		c.SetReadDeadline(time.Now().Add(lateAlert)) //nolint:errcheck // Read says it
		if _, late := conn.Read(make([]byte, 1)); late != nil && !timedOut(late) && !errors.Is(late, io.EOF) {
			err = late
		}
	}
	state := conn.ConnectionState()
	if state.Version != 0 {
		r.Version, r.Cipher = tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)
	}
	r.conclude(c, chain, err)
	if err == nil {
		c.SetDeadline(time.Now().Add(time.Second)) //nolint:errcheck // a courtesy
		conn.Close()                               //nolint:errcheck // a courtesy
	}
}

// conclude reads the recording.
func (r *Result) conclude(c *recorded, chain [][]byte, err error) {
	closed, reset := c.ended()
	by := artefact.Side("")
	if closed {
		by = artefact.Server
	}
	local := netip.AddrPort{}
	if a, ok := c.LocalAddr().(*net.TCPAddr); ok {
		local = a.AddrPort()
	}
	c.mu.Lock()
	s := artefact.Live(netip.AddrPortFrom(local.Addr().Unmap(), local.Port()), r.Address, c.said, r.At, by, reset)
	c.mu.Unlock()
	for _, p := range s.Presented {
		if p.Side == artefact.Server && chain == nil {
			chain = p.DER // seen on the wire, though the library refused it
		}
	}
	r.Presented = chain
	if s.Hides && chain != nil {
		s.Presented = append(s.Presented, artefact.Presented{Side: artefact.Server, At: r.At, DER: chain})
	}
	s.Hides = false                                                                                                      // this side can read it
	s.Alerts = slices.DeleteFunc(s.Alerts, func(a artefact.Alert) bool { return a.Hidden || a.Side == artefact.Client }) // its own are no news
	if code, ok := remoteAlert(err); ok {
		r.Alert = artefact.AlertName(code)
		s.Alerts = []artefact.Alert{{Side: artefact.Server, Fatal: true, Code: code}}
		s.Outcome = artefact.Failed
	} else if err == nil {
		s.Outcome = artefact.Completed
		s.Alerts = nil
	} else if s.Outcome == artefact.Completed {
		s.Outcome = artefact.Failed
	}
	if r.Asked && !r.Sent && s.Outcome == artefact.Failed && s.Asked == nil {
		s.Asked = &artefact.Asked{CAs: r.CAs}
		s.Presented = append(s.Presented, artefact.Presented{Side: artefact.Client, At: r.At})
	}
	r.Observations = append(r.Observations, s.Observations(r.Target)...)
	r.summary(s, err)
}

func (r *Result) summary(s artefact.Stream, err error) {
	address := r.Address.String()
	if address == r.Target {
		address = "" // it was named by its address
	}
	args := []string{"Target", r.Target, "Address", address, "Version", r.Version, "Cipher", r.Cipher, "Count", strconv.Itoa(len(r.Presented)),
		"Alert", r.Alert, "Asked", "", "Sent", ""}
	if r.Asked {
		args[13] = "yes"
	}
	if r.Sent {
		args[15] = "yes"
	}
	switch {
	case err == nil:
		r.Stage = Done
		r.Summary = triage.T("probe.done", args...)
	case r.Alert != "":
		r.Summary = triage.T("probe.alert", args...)
	case s.Outcome == artefact.Plain:
		r.Summary = triage.T("probe.plain", args...)
	case errors.Is(err, errTooMuch):
		r.Summary = triage.T("probe.too_much", args...)
	case timedOut(err):
		r.Summary = triage.T("probe.hello_unanswered", args...)
		if len(r.Observations) == 0 {
			r.observe("tls.unanswered", map[string]float64{"not-certificate:timeout": 6, "not-certificate:firewall-inspection": 4})
		}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), isReset(err):
		r.Summary = triage.T("probe.cut", args...)
		if len(r.Observations) == 0 {
			r.observe("tls.closed", map[string]float64{"not-certificate:firewall-inspection": 6, "peer-rejected-unspecified": 3})
		}
	case strings.Contains(err.Error(), "no supported versions") || strings.Contains(err.Error(), "unsupported versions"):
		r.Summary = triage.T("probe.version", args...)
		r.observe("tls.alert-protocol-version", nil)
	default:
		// What the library thought of it: words of the code, not of the server.
		r.Summary = triage.T("probe.failed", append(args, "Reason", artefact.Printable(strings.TrimPrefix(err.Error(), "tls: ")))...)
	}
}

// say ends a probe with a sentence that is also an observation.
func (r *Result) say(key, kind string, weights map[string]float64, pairs ...string) {
	r.Summary = triage.T(key, append(pairs, "Target", r.Target)...)
	r.observe(kind, weights)
}

// observe makes an observation of the summary.
func (r *Result) observe(kind string, weights map[string]float64) {
	r.Observations = append(r.Observations, artefact.Observation{Kind: kind, Source: r.Target, Text: r.Summary, Supports: weights})
}

// remoteAlert finds the alert that the server sent. The library wraps it in an
// operation error; its type is not exported, but it is the number.
func remoteAlert(err error) (uint8, bool) {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" && op.Err != nil {
		if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
			return uint8(v.Uint()), true
		}
	}
	return 0, false
}

func timedOut(err error) bool {
	var n net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ETIMEDOUT) || errors.As(err, &n) && n.Timeout()
}

// suites are all that the library can speak.
func suites() []uint16 {
	var out []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		out = append(out, s.ID)
	}
	return out
}
