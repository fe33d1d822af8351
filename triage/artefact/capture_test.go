package artefact

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"countersign/locales"
)

// only gives the one connection of a capture.
func only(t testing.TB, raw []byte) (Stream, []Observation) {
	t.Helper()
	c, err := ReadCapture(context.Background(), bytes.NewReader(raw), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Streams) != 1 {
		t.Fatalf("%d connections, want one: %+v", len(c.Streams), c)
	}
	return c.Streams[0], c.Observations("trace.pcap", Limits{})
}

func kinds(list []Observation) []string {
	var out []string
	for _, o := range list {
		out = append(out, o.Kind)
	}
	return out
}

// TestHandshakes tapes real handshakes of OpenSSL and reads them back.
func TestHandshakes(t *testing.T) {
	l := pki(t)
	trust := []string{"-CAfile", l.root.certFile, "-verify_return_error"}
	with := func(lists ...[]string) []string { return slices.Concat(lists...) }
	args := func(s ...string) []string { return s }
	for _, tt := range []struct {
		name           string
		server, client []string
		outcome        Outcome
		alert          uint8
		by             Side // sender of the alert
		hidden         bool
		kinds          []string // that must be observed
		not            []string // that must not
		version        string
	}{
		{name: "1.2 fine", server: l.leaf.serve(), client: with(args("-tls1_2", "-servername", "expe.example.com"), trust),
			outcome: Completed, version: "TLS 1.2", kinds: []string{"capture.all-completed"}, not: []string{"chain.leaf-only"}},
		{name: "1.3 fine", server: l.leaf.serve(), client: with(args("-tls1_3"), trust), outcome: Completed, version: "TLS 1.3", not: []string{"tls.hidden-alert"}},
		{name: "1.2 unknown root", server: l.leaf.serve(), client: args("-tls1_2", "-CAfile", l.stranger.certFile, "-verify_return_error"),
			outcome: Failed, alert: 48, by: Client, kinds: []string{"tls.alert-unknown-ca"}, not: []string{"chain.leaf-only", "cert.expired"}},
		{name: "1.2 intermediate missing", server: args("-cert", l.leaf.certFile, "-key", l.leaf.keyFile), client: with(args("-tls1_2"), trust),
			outcome: Failed, alert: 48, by: Client, kinds: []string{"tls.alert-unknown-ca", "chain.leaf-only"}},
		{name: "1.2 expired", server: l.expired.serve(), client: with(args("-tls1_2"), trust),
			outcome: Failed, alert: 45, by: Client, kinds: []string{"tls.alert-certificate-expired", "cert.expired"}},
		{name: "1.2 self-signed", server: l.self.serve(), client: with(args("-tls1_2"), trust),
			outcome: Failed, by: Client, alert: 48, kinds: []string{"tls.self-signed-leaf"}, not: []string{"chain.leaf-only"}},
		{name: "1.2 wrong name", server: l.leaf.serve(), client: with(args("-tls1_2", "-servername", "wrong.example.com", "-verify_hostname", "wrong.example.com"), trust),
			outcome: Failed, by: Client, alert: 42, kinds: []string{"tls.alert-bad-certificate", "name.not-in-san"}},
		{name: "1.2 no client certificate", server: l.leaf.serve("-Verify", "2", "-CAfile", l.root.certFile), client: with(args("-tls1_2"), trust),
			outcome: Failed, by: Server, alert: 40, kinds: []string{"tls.alert-handshake-failure", "tls.no-client-certificate"}},
		{name: "1.2 client rejected", server: l.leaf.serve("-Verify", "2", "-verify_return_error", "-CAfile", l.stranger.certFile), client: with(args("-tls1_2"), l.client.present()),
			outcome: Failed, by: Server, alert: 48, kinds: []string{"tls.alert-unknown-ca"}, not: []string{"tls.no-client-certificate"}},
		{name: "1.2 client without clientAuth", server: l.leaf.serve("-Verify", "2", "-verify_return_error", "-CAfile", l.root.certFile), client: with(args("-tls1_2"), l.serverCli.present()),
			outcome: Failed, by: Server, alert: 43, kinds: []string{"tls.alert-unsupported-certificate", "cert.no-clientauth"}},
		{name: "1.3 no client certificate", server: l.leaf.serve("-Verify", "2", "-CAfile", l.root.certFile), client: with(args("-tls1_3"), trust),
			outcome: Failed, by: Server, hidden: true, kinds: []string{"tls.hidden-alert", "tls.hidden"}},
		{name: "1.3 client rejected", server: l.leaf.serve("-Verify", "2", "-verify_return_error", "-CAfile", l.stranger.certFile), client: with(args("-tls1_3"), l.client.present()),
			outcome: Failed, by: Server, hidden: true, kinds: []string{"tls.hidden-alert"}},
		{name: "1.3 unknown root", server: l.leaf.serve(), client: args("-tls1_3", "-CAfile", l.stranger.certFile, "-verify_return_error"),
			outcome: Failed, by: Client, alert: 48, kinds: []string{"tls.alert-unknown-ca", "tls.hidden"}},
		{name: "no common version", server: l.leaf.serve("-tls1_3"), client: args("-tls1_2"),
			outcome: Failed, by: Server, alert: 70, kinds: []string{"tls.alert-protocol-version", "tls.offer"}},
		{name: "no common cipher", server: l.leaf.serve("-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"), client: args("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"),
			outcome: Failed, by: Server, alert: 40, kinds: []string{"tls.alert-handshake-failure", "tls.offer"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tp, out := exchange(t, 5061, tt.server, tt.client)
			s, seen := only(t, tp.pcap())
			if s.Outcome != tt.outcome || s.Server.Port() != 5061 {
				t.Fatalf("outcome %s on port %d, want %s; alerts %v\n%s", s.Outcome, s.Server.Port(), tt.outcome, s.Alerts, out)
			}
			if tt.version != "" && (s.Answer == nil || s.Answer.Version != tt.version) {
				t.Errorf("answer %+v, want %s", s.Answer, tt.version)
			}
			if tt.by != "" {
				i := slices.IndexFunc(s.Alerts, func(a Alert) bool { return a.Hidden || a.Code != 0 })
				if i < 0 {
					t.Fatalf("no alert seen\n%s", out)
				}
				if a := s.Alerts[i]; a.Side != tt.by || a.Hidden != tt.hidden || !tt.hidden && a.Code != tt.alert {
					t.Errorf("alert %+v, want %d by the %s, hidden %v", a, tt.alert, tt.by, tt.hidden)
				}
			}
			for _, k := range tt.kinds {
				if !slices.Contains(kinds(seen), k) {
					t.Errorf("%s was not observed, but %v", k, kinds(seen))
				}
			}
			for _, k := range tt.not {
				if slices.Contains(kinds(seen), k) {
					t.Errorf("%s was observed", k)
				}
			}
		})
	}
}

// TestCertificatesComeOutAsSent compares what a capture shows with what was sent, in
// both file formats.
func TestCertificatesComeOutAsSent(t *testing.T) {
	l := pki(t)
	tp, _ := exchange(t, 8443, l.leaf.serve("-verify", "2", "-CAfile", l.root.certFile), append(l.client.present(), "-tls1_2", "-servername", "expe.example.com", "-alpn", "sip"))
	for name, raw := range map[string][]byte{"pcap": tp.pcap(), "pcapng": tp.pcapng()} {
		t.Run(name, func(t *testing.T) {
			s, _ := only(t, raw)
			if s.Hello == nil || s.Hello.ServerName != "expe.example.com" || !slices.Equal(s.Hello.ALPN, []string{"sip"}) {
				t.Errorf("hello %+v", s.Hello)
			}
			if s.Asked == nil || len(s.Asked.CAs) != 1 || !strings.Contains(s.Asked.CAs[0], "Lab Root") {
				t.Errorf("asked %+v", s.Asked)
			}
			if len(s.Presented) != 2 {
				t.Fatalf("%d certificate messages, want 2", len(s.Presented))
			}
			for i, want := range []struct {
				side Side
				leaf *issued
			}{{Server, l.leaf}, {Client, l.client}} {
				p := s.Presented[i]
				if p.Side != want.side || len(p.DER) != 2 || !bytes.Equal(p.DER[0], want.leaf.cert.Raw) || !bytes.Equal(p.DER[1], l.inter.cert.Raw) {
					t.Errorf("message %d: side %s, %d certificates, or not those that were sent", i, p.Side, len(p.DER))
				}
				if p.Packet <= s.Packet || p.At.IsZero() {
					t.Errorf("message %d: packet %d at %v", i, p.Packet, p.At)
				}
			}
		})
	}
}

// TestEveryTextIsThere renders every key in every language: with all arguments that
// the code gives, nothing may be left open.
func TestEveryTextIsThere(t *testing.T) {
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := pki(t)
	tp, _ := exchange(t, 443, l.expired.serve("-Verify", "1"), []string{"-tls1_2", "-servername", "x.example.com", "-CAfile", l.root.certFile, "-verify_return_error"})
	_, seen := only(t, tp.pcap())
	if len(seen) < 4 {
		t.Fatalf("only %v", kinds(seen))
	}
	for _, o := range seen {
		for _, lang := range locales.All {
			if got := o.Text.String(lang, cat.Say); strings.Contains(got, "no value") || strings.Contains(got, "{{") || got == o.Text.Key || strings.Contains(got, "  ") {
				t.Errorf("%s %s: %q", lang, o.Text.Key, got)
			}
		}
	}
	for code := range 256 {
		key := "artefact.alert." + AlertName(uint8(code))
		if _, known := alerts[uint8(code)]; known && !cat.Has(locales.English, key) {
			t.Errorf("alert %d has no text %s", code, key)
		}
	}
}
