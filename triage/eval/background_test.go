package eval

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/triage"
)

// What tells of no failure, of which at most mostKnown may be called a known cause.
const (
	excerptsTested = 2000
	leastExcerpts  = 500
	mostKnown      = 2
)

// TestBackground: documentation that was not learned from, healthy logs and healthy
// handshakes are no known cause.
func TestBackground(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	texts := Background(Tested, excerptsTested)
	if len(texts) < leastExcerpts {
		t.Fatalf("%d excerpts of documentation on this machine, want %d", len(texts), leastExcerpts)
	}
	texts = append(texts, healthyLogs()...)
	texts = append(texts, healthyHandshakes(t)...)
	known := 0
	for _, text := range texts {
		a, err := kb.Diagnose(context.Background(), triage.Input{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict == triage.KnownCause {
			known++
			t.Logf("%s (%.2f): %.300q", a.Findings[0].Cause.ID, a.Findings[0].Confidence, text)
		}
	}
	t.Logf("%d texts, %d a known cause", len(texts), known)
	if known > mostKnown {
		t.Errorf("%d of %d texts without a failure are a known cause, want at most %d", known, len(texts), mostKnown)
	}
}

// healthyLogs are logs of systems where everything works, certificates among it.
func healthyLogs() []string {
	lines := []string{
		`expc1 tvcs: UTCTime="%s" Event="Registration Accepted" Service="SIP" Src-ip="192.0.2.%d" Src-port="5061" Protocol="TLS" Level="1"`,
		`nginx[311]: %s 192.0.2.%d - - "GET /api/v1/certificates HTTP/1.1" 200 512 "-" "curl/8.5.0"`,
		`cucm1 ccm: %s %%UC_CALLMANAGER-6-DeviceRegistered: %%[DeviceName=SEP0011223344%02d][Protocol=SIP]: Device registered`,
		`postfix/smtpd[4711]: %s Trusted TLS connection established from mail%d.example.com: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`,
		`cert-manager: %s "Certificate is up to date and has not expired" key="default/web-%d-tls" reason="Ready"`,
		`certbot: %s Certificate not yet due for renewal; no action taken for host%d.example.com`,
		`sshd[77]: %s Accepted publickey for deploy from 192.0.2.%d port 40022 ssh2: ED25519-CERT ID deploy serial 7`,
		`haproxy[9]: %s Server be_app/app%d is UP, reason: Layer6 check passed, check duration: 3ms. 2 active and 0 backup servers online.`,
		`kubelet: %s Certificate rotation is enabled; next rotation in %d days`,
		`openvpn[12]: %s VERIFY OK: depth=0, CN=client%d.example.com`,
		`dovecot: %s imap-login: Login: user=<u%d>, method=PLAIN, TLS, TLSv1.3`,
		`vault: %s core: successful mount: namespace="" path=pki_%d/ type=pki`,
	}
	var out []string
	for n := range 60 {
		var b strings.Builder
		for i := range 1 + n%8 {
			at := time.Date(2026, 11, 20, 8, n, i, 0, time.UTC).Format(time.RFC3339)
			fmt.Fprintf(&b, lines[(n*5+i*7)%len(lines)]+"\n", at, n)
		}
		out = append(out, b.String())
	}
	return out
}

// healthyHandshakes are what openssl s_client says of a server that it verified, 20
// with TLS 1.2 and 20 with TLS 1.3: no two have the same keys and tickets.
func healthyHandshakes(t *testing.T) []string {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Log("no openssl: no handshakes")
		return nil
	}
	own, root := pair(t)
	file := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(file, root, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{own}})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Write([]byte("220 ready\n")) // the handshake and its tickets are what is wanted
				_, _ = conn.Read(make([]byte, 64))
			}()
		}
	}()
	var out []string
	for n := range 40 {
		version := []string{"-tls1_2", "-tls1_3"}[n%2]
		cmd := exec.Command("openssl", "s_client", "-connect", listener.Addr().String(), "-servername", "www.example.com", "-verify_hostname", "www.example.com", "-CAfile", file, version)
		cmd.Stdin = &later{}
		said, err := cmd.CombinedOutput()
		if !strings.Contains(string(said), "Verify return code: 0 (ok)") {
			t.Fatalf("openssl s_client: %v\n%s", err, said)
		}
		out = append(out, string(said))
	}
	return out
}

// later is an input that ends when the server has had time to send its tickets.
type later struct{}

func (later) Read(b []byte) (int, error) {
	time.Sleep(50 * time.Millisecond)
	return copy(b, "Q\n"), nil
}

// pair makes a root and a server certificate below it.
func pair(t *testing.T) (server tls.Certificate, root []byte) {
	t.Helper()
	make := func(name string, above *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		cert := &x509.Certificate{
			SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"Example"}},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0), BasicConstraintsValid: true,
		}
		if above == nil {
			cert.IsCA, cert.KeyUsage = true, x509.KeyUsageCertSign
			above, signer = cert, key
		} else {
			cert.DNSNames, cert.IPAddresses, cert.ExtKeyUsage = []string{name}, []net.IP{{127, 0, 0, 1}}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}
		der, err := x509.CreateCertificate(rand.Reader, cert, above, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		if cert, err = x509.ParseCertificate(der); err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	ca, caKey := make("Example Root", nil, nil)
	leaf, key := make("www.example.com", ca, caKey)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw, ca.Raw}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})
}
