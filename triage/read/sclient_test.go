package read

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lab is a small PKI on disk, for the openssl of the machine.
type lab struct {
	t   *testing.T
	dir string
	n   int64
}

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate, by itself or by an authority, and writes NAME.pem and
// NAME.key.
func (l *lab) issue(name string, by *authority, change func(*x509.Certificate)) *authority {
	l.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		l.t.Fatal(err)
	}
	l.n++
	now := time.Now()
	c := &x509.Certificate{SerialNumber: big.NewInt(l.n), Subject: pkix.Name{Organization: []string{"Lab"}, CommonName: name},
		NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(48 * time.Hour), BasicConstraintsValid: true}
	if strings.Contains(name, "CA") {
		c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	} else {
		c.DNSNames, c.KeyUsage = []string{"a.example.com"}, x509.KeyUsageDigitalSignature
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	}
	if change != nil {
		change(c)
	}
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		l.t.Fatal(err)
	}
	keyDER, _ := x509.MarshalPKCS8PrivateKey(key)
	l.write(name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	l.write(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	c, _ = x509.ParseCertificate(der)
	return &authority{c, key}
}

func (l *lab) write(name string, data []byte) {
	if err := os.WriteFile(filepath.Join(l.dir, name), data, 0o600); err != nil {
		l.t.Fatal(err)
	}
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl on this machine")
	}
	l := &lab{t: t, dir: t.TempDir()}
	root := l.issue("Root CA", nil, nil)
	mid := l.issue("Issuing CA", root, nil)
	l.issue("Other CA", nil, nil)
	l.issue("good", mid, nil)
	l.issue("own", nil, nil)
	l.issue("client", nil, nil)
	l.issue("expired", mid, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	l.issue("early", mid, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })
	l.issue("clientonly", mid, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	revoked := l.issue("revoked", mid, nil)
	list := func(by *authority, name string, all []x509.RevocationListEntry) []byte {
		der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now().Add(-time.Hour),
			NextUpdate: time.Now().Add(time.Hour), RevokedCertificateEntries: all}, by.cert, by.key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
	}
	l.write("crl.pem", append(list(mid, "mid", []x509.RevocationListEntry{{SerialNumber: revoked.cert.SerialNumber, RevocationTime: time.Now()}}), list(root, "root", nil)...))
	return l
}

// run starts s_server and gives what s_client says of it.
func (l *lab) run(server, client string) string {
	l.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.t.Fatal(err)
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	listener.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s := exec.CommandContext(ctx, "openssl", append(strings.Split("s_server|-quiet|-accept|"+port, "|"), strings.Split(server, "|")...)...)
	s.Dir = l.dir
	if err := s.Start(); err != nil {
		l.t.Fatal(err)
	}
	defer func() { s.Process.Kill(); s.Wait() }()
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	c := exec.CommandContext(ctx, "openssl", append(strings.Split("s_client|-connect|"+address, "|"), strings.Split(client, "|")...)...)
	c.Dir = l.dir
	in, err := c.StdinPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	go func() { time.Sleep(150 * time.Millisecond); in.Close() }()
	out, _ := c.CombinedOutput()
	return string(out)
}

func kinds(facts []Fact) string {
	var all []string
	for _, f := range facts {
		all = append(all, f.Kind)
	}
	return strings.Join(all, " ")
}

// without is the text with spaces for what was cut.
func without(text string, spans []Span) string {
	b := []byte(text)
	for _, s := range spans {
		for i := s.Start; i < s.End; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	return string(b)
}

func TestClientOfOpenSSL(t *testing.T) {
	l := newLab(t)
	served := func(name string) string {
		return "-cert|" + name + ".pem|-key|" + name + ".key|-cert_chain|Issuing CA.pem"
	}
	trust := "-CAfile|Root CA.pem"
	tests := []struct{ name, server, client, want string }{
		{"healthy", served("good"), trust + "|-verify_hostname|a.example.com", "verify.ok"},
		{"expired", served("expired"), trust, "verify.expired"},
		{"early", served("early"), trust, "verify.not-yet-valid"},
		{"unknown root", served("good"), "-CAfile|Other CA.pem", "verify.issuer-unknown chain.sent-complete-to-unknown-root"},
		{"self-signed", "-cert|own.pem|-key|own.key", trust, "verify.self-signed chain.sent-self-signed"},
		{"leaf only", "-cert|good.pem|-key|good.key", trust, "verify.leaf-unverified chain.sent-leaf-only"},
		{"name", served("good"), trust + "|-verify_hostname|b.example.com", "verify.name"},
		{"address", served("good"), trust + "|-verify_ip|192.0.2.1", "verify.name-ip"},
		{"client only", served("clientonly"), trust + "|-purpose|sslserver", "verify.purpose-server"},
		{"revoked", served("revoked"), trust + "|-crl_check|-CRL|crl.pem", "verify.revoked"},
		{"client refused", served("good") + "|-Verify|2|-verify_return_error|-CAfile|Root CA.pem", trust + "|-cert|client.pem|-key|client.key", "refused"},
		{"client missing", served("good") + "|-Verify|2|-verify_return_error", trust, "refused"},
		{"nothing in common", served("good") + "|-tls1_2|-cipher|ECDHE-ECDSA-AES128-GCM-SHA256", trust + "|-tls1_2|-cipher|ECDHE-ECDSA-AES256-GCM-SHA384", "alert.received.handshake-failure tls.no-peer-certificate"},
	}
	for _, test := range tests {
		for _, version := range []string{"-tls1_2", "-tls1_3"} {
			runs := 1
			if test.name == "healthy" {
				runs = 10
			}
			for range runs {
				client := test.client
				if !strings.Contains(client, "-tls1_2") {
					client += "|" + version
				}
				out := l.run(test.server, client)
				facts := Facts(out)
				got := strings.ReplaceAll(kinds(facts), "tls.closed ", "") // a matter of time
				if test.want == "refused" {
					// OpenSSL answers a client certificate that it refuses by the alert of its
					// own reason, and a missing one by that of the version.
					if !strings.HasPrefix(got, "alert.received.") || !strings.HasSuffix(got, " verify.ok") {
						t.Errorf("%s %s: %s\n%s", test.name, version, got, out)
					}
				} else if got != test.want {
					t.Errorf("%s %s: %s, want %s\n%s", test.name, version, got, test.want, out)
				}
				if left := hexLeft(without(out, Cut(out))); left != "" {
					t.Errorf("%s %s: %q is left of the dump", test.name, version, left)
				}
			}
		}
	}
}

// hexLeft finds a line that still looks like a dump.
func hexLeft(s string) string {
	for l := range strings.SplitSeq(s, "\n") {
		if groups, _ := hexRow(strings.TrimSpace(l)); groups > 2 || strings.Contains(l, "0010 - ") || strings.Contains(l, "   ;") {
			return l
		}
		for w := range strings.FieldsSeq(l) {
			if len(w) >= 24 && opaque(w) {
				return w
			}
		}
	}
	return ""
}

func TestCases(t *testing.T) {
	dir := "../../../shared/cases/triage"
	for file, want := range map[string]string{
		"min-ok.txt": "verify.ok", "full-ok.txt": "verify.ok", "out-clionly.txt": "verify.purpose-server",
		"out-ciph.txt": "alert.received.handshake-failure tls.no-peer-certificate", "out-unkca.txt": "verify.issuer-unknown chain.sent-complete-to-unknown-root",
	} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Skip("the cases are not beside the repository")
		}
		if got := kinds(Facts(string(data))); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
		if left := hexLeft(without(string(data), Cut(string(data)))); left != "" {
			t.Errorf("%s: %q is left", file, left)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "healthy-sclient-20.jsonl"))
	if err != nil {
		t.Skip("the cases are not beside the repository")
	}
	for d := json.NewDecoder(bytes.NewReader(data)); d.More(); {
		var item struct{ ID, Text string }
		if err := d.Decode(&item); err != nil {
			t.Fatal(err)
		}
		if got := kinds(Facts(item.Text)); got != "verify.ok" {
			t.Errorf("%s: %s", item.ID, got)
		}
		if left := hexLeft(without(item.Text, Cut(item.Text))); left != "" {
			t.Errorf("%s: %q is left", item.ID, left)
		}
	}
}
