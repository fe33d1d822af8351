package check

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/certs"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// party is a CA or an end entity made for a test.
type party struct {
	cert *x509.Certificate
	key  crypto.Signer
	der  []byte
}

var serials int64 = 1000

type change func(*x509.Certificate)

func testKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func template(cn string) *x509.Certificate {
	serials++
	return &x509.Certificate{SerialNumber: big.NewInt(serials), Subject: pkix.Name{CommonName: cn, Organization: []string{"Example"}},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 5, 0)}
}

func sign(t testing.TB, tmpl *x509.Certificate, key crypto.Signer, by *party) *party {
	t.Helper()
	parent, signer := tmpl, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &party{c, key, der}
}

// newCA makes a CA, self-signed without by.
func newCA(t testing.TB, cn string, by *party, changes ...change) *party {
	t.Helper()
	tmpl := template(cn)
	tmpl.IsCA, tmpl.BasicConstraintsValid = true, true
	tmpl.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	tmpl.NotBefore, tmpl.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(9, 0, 0)
	for _, c := range changes {
		c(tmpl)
	}
	return sign(t, tmpl, testKey(t), by)
}

// newLeaf makes a server and client certificate.
func newLeaf(t testing.TB, cn string, by *party, changes ...change) *party {
	t.Helper()
	tmpl := template(cn)
	tmpl.DNSNames = []string{cn}
	tmpl.KeyUsage = x509.KeyUsageDigitalSignature
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	tmpl.BasicConstraintsValid = true
	for _, c := range changes {
		c(tmpl)
	}
	return sign(t, tmpl, testKey(t), by)
}

func pemOf(list ...*party) []byte {
	var out bytes.Buffer
	for _, a := range list {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: a.der})
	}
	return out.Bytes()
}

// item reads one certificate the way the product does.
func (a *party) item(t testing.TB) *Item { return items(t, a)[0] }

func items(t testing.TB, list ...*party) []*Item {
	t.Helper()
	if len(list) == 0 {
		return nil
	}
	m, _ := Read("test.pem", pemOf(list...), ReadOptions{})
	if len(m.Items) != len(list) {
		t.Fatalf("read %d of %d certificates", len(m.Items), len(list))
	}
	return m.Items
}

func rulesOf(fs []certs.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, string(f.Severity)+" "+f.Rule)
	}
	return out
}

func hasRule(fs []certs.Finding, rule string) bool {
	for _, f := range fs {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

// openssl runs the OpenSSL command in dir and gives what it printed and whether it
// said yes.
func openssl(t testing.TB, dir string, args ...string) (string, bool) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("openssl is not installed (make need installs it)")
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func mustOpenssl(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, ok := openssl(t, dir, args...)
	if !ok {
		t.Fatalf("openssl %v: %s", args, out)
	}
	return out
}

func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// opensslNow is a moment when the material that openssl has just made is valid: the
// machine's own clock decides what it writes.
func opensslNow(t testing.TB, dir string) time.Time {
	t.Helper()
	for _, it := range readItems(t, dir, "leaf.pem") {
		return it.Cert.NotBefore.Add(time.Hour)
	}
	t.Fatal("no leaf")
	return time.Time{}
}

func pemBytes(t testing.TB, data []byte) []byte {
	t.Helper()
	b, _ := pem.Decode(data)
	if b == nil {
		t.Fatal("no PEM")
	}
	return b.Bytes
}

// goroot asks the go command, since a test binary built with -trimpath does not know.
func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func moduleDir(t testing.TB, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatalf("no module %s", module)
	}
	return strings.TrimSpace(string(out))
}
