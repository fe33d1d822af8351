package probe

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countersign/locales"
)

// pair is a certificate with key, in memory and as files for openssl.
type pair struct {
	cert      *x509.Certificate
	key       *ecdsa.PrivateKey
	crt, pkey string
}

func issue(t testing.TB, name string, by *pair, until time.Time, change ...func(*x509.Certificate)) *pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until,
		DNSNames: []string{name}, BasicConstraintsValid: true, IsCA: by == nil, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	for _, f := range change {
		f(c)
	}
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{key: key}
	if p.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(t.TempDir(), "x")
	p.crt, p.pkey = base+".pem", base+".key"
	for file, block := range map[string]*pem.Block{p.crt: {Type: "CERTIFICATE", Bytes: der}, p.pkey: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *pair) tls() *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key}
}

// sServer starts openssl s_server and gives its port.
func sServer(t testing.TB, args ...string) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	cmd := exec.Command("openssl", append([]string{"s_server", "-accept", addr.String()}, args...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // killed
	})
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal("openssl s_server did not start")
		}
		if strings.HasPrefix(line, "ACCEPT") {
			break
		}
	}
	go io.Copy(io.Discard, r) //nolint:errcheck // only to drain
	return uint16(addr.Port)
}

// script runs a server that handles one connection.
func script(t testing.TB, handle func(net.Conn)) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		handle(c)
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

func local(t testing.TB) Policy {
	p := policy(t, "127.0.0.0/8:1-65535")
	p.Timeout = 4 * time.Second
	return p
}

func seen(r Result) []string {
	var out []string
	for _, o := range r.Observations {
		out = append(out, o.Kind)
	}
	return out
}

// TestServers probes real servers of OpenSSL in the ways that go wrong.
func TestServers(t *testing.T) {
	ca := issue(t, "Lab Root", nil, time.Now().AddDate(1, 0, 0))
	good := issue(t, "expe.example.com", ca, time.Now().AddDate(1, 0, 0))
	old := issue(t, "old.example.com", ca, time.Now().Add(-time.Hour))
	client := issue(t, "expc.example.com", ca, time.Now().AddDate(1, 0, 0))
	other := issue(t, "Other Root", nil, time.Now().AddDate(1, 0, 0))
	serve := func(p *pair, more ...string) []string {
		return append([]string{"-cert", p.crt, "-key", p.pkey}, more...)
	}
	for _, tt := range []struct {
		name    string
		server  []string
		sni     string
		cert    *tls.Certificate
		stage   Stage
		alert   string
		kinds   []string
		version string
		asked   bool
	}{
		{name: "fine 1.3", server: serve(good), sni: "expe.example.com", stage: Done, version: "TLS 1.3"},
		{name: "fine 1.2", server: serve(good, "-tls1_2"), sni: "expe.example.com", stage: Done, version: "TLS 1.2"},
		{name: "expired 1.3", server: serve(old), sni: "old.example.com", stage: Done, version: "TLS 1.3", kinds: []string{"cert.expired"}},
		{name: "expired 1.2", server: serve(old, "-tls1_2"), sni: "old.example.com", stage: Done, kinds: []string{"cert.expired"}},
		{name: "wrong name", server: serve(good), sni: "wrong.example.com", stage: Done, kinds: []string{"name.not-in-san"}},
		{name: "client certificate demanded 1.3", server: serve(good, "-Verify", "1", "-CAfile", ca.crt), stage: Handshake, alert: "certificate_required", asked: true,
			kinds: []string{"tls.alert-certificate-required", "tls.no-client-certificate"}},
		{name: "client certificate demanded 1.2", server: serve(good, "-tls1_2", "-Verify", "1", "-CAfile", ca.crt), stage: Handshake, alert: "handshake_failure", asked: true,
			kinds: []string{"tls.no-client-certificate"}},
		{name: "client certificate wished for", server: serve(good, "-verify", "1", "-CAfile", ca.crt), stage: Done, asked: true},
		{name: "client certificate taken", server: serve(good, "-Verify", "1", "-verify_return_error", "-CAfile", ca.crt), cert: client.tls(), stage: Done, asked: true},
		{name: "client certificate rejected 1.3", server: serve(good, "-Verify", "1", "-verify_return_error", "-CAfile", other.crt), cert: client.tls(), stage: Handshake, alert: "unknown_ca", asked: true,
			kinds: []string{"tls.alert-unknown-ca"}},
		{name: "client certificate rejected 1.2", server: serve(good, "-tls1_2", "-Verify", "1", "-verify_return_error", "-CAfile", other.crt), cert: client.tls(), stage: Handshake, alert: "unknown_ca", asked: true,
			kinds: []string{"tls.alert-unknown-ca"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			port := sServer(t, tt.server...)
			r := Probe(context.Background(), Target{Host: "127.0.0.1", Port: port, ServerName: tt.sni, Certificate: tt.cert}, local(t))
			if r.Stage != tt.stage || r.Alert != tt.alert || r.Asked != tt.asked || r.Sent != (tt.cert != nil) {
				t.Fatalf("%+v", r)
			}
			if tt.version != "" && r.Version != tt.version {
				t.Errorf("version %s", r.Version)
			}
			if len(r.Presented) == 0 {
				t.Error("no certificate came out")
			}
			for _, k := range tt.kinds {
				if !slices.Contains(seen(r), k) {
					t.Errorf("observed %v, want %s", seen(r), k)
				}
			}
			if len(tt.kinds) == 0 && slices.ContainsFunc(seen(r), func(k string) bool { return strings.HasPrefix(k, "tls.alert") || strings.HasPrefix(k, "cert.") }) {
				t.Errorf("observed %v of a good server", seen(r))
			}
			if tt.asked && tt.name != "client certificate wished for" && len(r.CAs) == 0 {
				t.Error("no CA names")
			}
			everyText(t, r)
		})
	}
}

// everyText: what is said is in the catalogue, whole, and points at no packet.
func everyText(t *testing.T, r Result) {
	t.Helper()
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locales.All {
		texts := []string{r.Summary.String(lang, cat.Say)}
		for _, o := range r.Observations {
			texts = append(texts, o.Text.String(lang, cat.Say))
		}
		for _, text := range texts {
			if strings.Contains(text, "no value") || strings.HasPrefix(text, "probe.") || strings.HasPrefix(text, "artefact.") || strings.Contains(text, "tcp.stream") || strings.Contains(text, "{{") {
				t.Errorf("%s: %q", lang, text)
			}
		}
	}
}

// fixed resolves every name to the same addresses and counts.
type fixed struct {
	addresses []netip.Addr
	asked     int
	err       error
}

func (f *fixed) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	f.asked++
	return f.addresses, f.err
}

// TestRefusals: nothing is looked up or connected to that is not allowed.
func TestRefusals(t *testing.T) {
	touched := make(chan string, 10)
	port := script(t, func(c net.Conn) { touched <- c.RemoteAddr().String() })
	loop := &fixed{addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	mixed := &fixed{addresses: []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("::ffff:127.0.0.1")}}
	p := strconv.Itoa(int(port))
	for _, tt := range []struct {
		name    string
		host    string
		rules   []string
		resolve *fixed
		lookups int
	}{
		{"nothing allowed", "host.example.com", nil, loop, 0},
		{"another name", "host.example.com", []string{"other.example.com:" + p}, loop, 0},
		{"another port", "host.example.com", []string{"host.example.com:443"}, loop, 0},
		{"a name that leads to loopback", "host.example.com", []string{"host.example.com:" + p}, loop, 1},
		{"a name that leads to metadata and loopback", "host.example.com", []string{"*.example.com:" + p, "0.0.0.0/0:" + p, "[::/0]:" + p}, mixed, 1},
		{"loopback by number", "127.0.0.1", []string{"0.0.0.0/0:" + p}, loop, 0},
		{"loopback mapped", "::ffff:127.0.0.1", []string{"[::/0]:" + p}, loop, 0},
		{"a network of others", "host.example.com", []string{"192.0.2.0/24:" + p}, loop, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pol := policy(t, tt.rules...)
			tt.resolve.asked = 0
			pol.Resolver = tt.resolve
			r := Probe(context.Background(), Target{Host: tt.host, Port: port}, pol)
			if r.Stage != Refused || len(r.Addresses) > 0 && tt.lookups > 0 || r.Address.IsValid() {
				t.Errorf("%+v", r)
			}
			if tt.resolve.asked != tt.lookups {
				t.Errorf("%d lookups, want %d", tt.resolve.asked, tt.lookups)
			}
			everyText(t, r)
		})
	}
	// The listener takes connections in their order: the first is this one.
	c, err := net.Dial("tcp", "127.0.0.1:"+p)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if first := <-touched; first != c.LocalAddr().String() {
		t.Errorf("a connection was made from %s", first)
	}
}

// TestResolvedOnce: the address that was looked up is the one that is connected to,
// with the name only in SNI.
func TestResolvedOnce(t *testing.T) {
	ca := issue(t, "Lab Root", nil, time.Now().AddDate(1, 0, 0))
	host := issue(t, "host.example.com", ca, time.Now().AddDate(1, 0, 0))
	port := sServer(t, "-cert", host.crt, "-key", host.pkey)
	p := local(t)
	names := &fixed{addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	p.Resolver = names
	r := Probe(context.Background(), Target{Host: "HOST.example.com.", Port: port}, p)
	if r.Stage != Done || names.asked != 1 || r.Address.Addr().String() != "127.0.0.1" || slices.Contains(seen(r), "name.not-in-san") {
		t.Errorf("%d lookups, %+v", names.asked, r)
	}
	names.addresses, names.err = nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	if r = Probe(context.Background(), Target{Host: "host.example.com", Port: port}, p); r.Stage != Resolve || seen(r)[0] != "dns.failed" {
		t.Errorf("%+v", r)
	}
	everyText(t, r)
}

// TestCompare: what is served beside what was pasted.
func TestCompare(t *testing.T) {
	ca := issue(t, "Lab Root", nil, time.Now().AddDate(1, 0, 0))
	served := issue(t, "host.example.com", ca, time.Now().AddDate(1, 0, 0))
	newer := issue(t, "host.example.com", ca, time.Now().AddDate(1, 0, 0), func(c *x509.Certificate) { c.NotBefore = time.Now().Add(-time.Hour) })
	other := issue(t, "other.example.com", ca, time.Now().AddDate(1, 0, 0))
	r := Result{Target: "host.example.com:443", Presented: [][]byte{served.cert.Raw}}
	for _, tt := range []struct {
		pasted [][]byte
		kind   string
	}{
		{[][]byte{ca.cert.Raw, newer.cert.Raw}, "served.old-certificate"},
		{[][]byte{newer.cert.Raw, served.cert.Raw}, "served.same"},
		{[][]byte{other.cert.Raw}, "served.other"},
		{[][]byte{ca.cert.Raw, []byte("junk")}, ""},
	} {
		got := r.Compare(tt.pasted)
		if len(got) == 0 && tt.kind == "" {
			continue
		}
		if len(got) != 1 || got[0].Kind != tt.kind {
			t.Errorf("%+v, want %s", got, tt.kind)
		}
		everyText(t, Result{Observations: got, Summary: got[0].Text})
	}
	renewed := issue(t, "host.example.com", ca, time.Now().AddDate(2, 0, 0), func(c *x509.Certificate) { c.NotBefore = time.Now().Add(-time.Hour) })
	if got := r.Compare([][]byte{renewed.cert.Raw}); len(got) != 1 || got[0].Supports["expired"] >= 0 {
		t.Errorf("what was renewed speaks for an expiry: %+v", got)
	}
}
