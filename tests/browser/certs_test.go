package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// openssl runs one command in dir.
func openssl(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// material makes a root, an intermediate, two leaves and a CSR, as an OpenSSL CA would.
func material(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	ext := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ext("ca.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
	ext("old.ext", "subjectAltName=DNS:expe.example.com,DNS:example.com\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature,keyEncipherment\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
	ext("new.ext", "subjectAltName=DNS:expe.example.com\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature,keyEncipherment\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
	key := []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"}
	req := func(name, cn string, more ...string) {
		openssl(t, dir, append(append([]string{"req", "-new", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + cn}, key...), more...)...)
	}
	sign := func(name, ca, ext, days string) {
		openssl(t, dir, "x509", "-req", "-in", name+".csr", "-CA", ca+".pem", "-CAkey", ca+".key", "-CAcreateserial", "-days", days, "-extfile", ext, "-out", name+".pem")
	}
	req("root", "Example Root CA")
	openssl(t, dir, "x509", "-req", "-in", "root.csr", "-signkey", "root.key", "-days", "3650", "-extfile", "ca.ext", "-out", "root.pem")
	req("stranger", "Somebody Else Root CA")
	openssl(t, dir, "x509", "-req", "-in", "stranger.csr", "-signkey", "stranger.key", "-days", "3650", "-extfile", "ca.ext", "-out", "stranger.pem")
	req("inter", "Example Issuing CA")
	sign("inter", "root", "ca.ext", "1800")
	req("old", "expe.example.com")
	sign("old", "inter", "old.ext", "300")
	req("new", "expe.example.com")
	sign("new", "inter", "new.ext", "198")
	openssl(t, dir, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "box.key", "-out", "box.csr", "-subj", "/CN=web.example.org", "-addext", "subjectAltName=DNS:web.example.org")
	return dir
}

func bundle(t *testing.T, dir, out string, names ...string) string {
	t.Helper()
	var all []byte
	for _, n := range names {
		raw, err := os.ReadFile(filepath.Join(dir, n))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw...)
	}
	path := filepath.Join(dir, out)
	if err := os.WriteFile(path, all, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// drops sends files through the composer.
func (u *user) drops(files ...string) {
	u.t.Helper()
	u.on(chromedp.SetUploadFiles(chromedp.CSS(`#main input[type="file"]`), files))
	u.click(`#main [data-testid="send"]`, "")
}

// TestChainAnswer: a dropped chain is explained and drawn.
func TestChainAnswer(t *testing.T) {
	dir := material(t)
	p := start(t)
	ella := p.as(t, "U0ELLA", "D0ELLA")
	ella.drops(bundle(t, dir, "chain.pem", "old.pem", "inter.pem", "root.pem"))
	ella.reads(message, "What you sent", "expe.example.com", "Example Issuing CA", "Example Root CA")
	ella.openThread()
	ella.until(`document.querySelector('[data-testid="thread"] img[src*="/sim/file"]')`)
	ella.size(1360, 1100)
	ella.shot("chain")
}

// TestCompareAnswer: two certificates are compared, in Chinese too.
func TestCompareAnswer(t *testing.T) {
	dir := material(t)
	p := start(t)
	ella := p.as(t, "U0ELLA", "D0ELLA")
	both := bundle(t, dir, "renewal.pem", "old.pem", "new.pem")
	ella.drops(both)
	ella.reads(message, "Old and new compared", "example.com", "clientAuth")
	ella.size(1360, 1100)
	ella.shot("compare")
	sam := p.as(t, "U0SAM", "D0SAM")
	sam.drops(both)
	sam.reads(message, "新舊比較", "clientAuth")
	sam.size(1360, 1100)
	sam.shot("compare-zh")
}

// TestDroppedCSR: a CSR that a box made starts a request that needs no key of ours.
func TestDroppedCSR(t *testing.T) {
	dir := material(t)
	p := start(t)
	ella := p.as(t, "U0ELLA", "D0ELLA")
	ella.drops(filepath.Join(dir, "box.csr"))
	ella.reads(message, "Which product is the certificate for?", "web.example.org")
	ella.says("any other TLS service")
	ella.reads(message, "For which service?")
	ella.says("TLS server")
	ella.reads(message, "Which kind of CA is to sign?")
	ella.button("Internal CA")
	ella.reads(message, "Why is it needed?")
	ella.says("The box makes its own key")
	ella.reads(message, "The plan", "web.example.org")
	ella.button("Send for approval")
	ella.reads(message, "Recorded: REQ-1", "Waiting for approval", "key on the system itself")
	anselm := p.as(t, "U0ANSELM", "C0CERTAPPROVALS")
	anselm.reads(message, "Certificate request REQ-1", "key on the system itself")
	anselm.button("Approve")
	anselm.confirm()
	ella.reads(message, "is here, valid until")
	ella.shot("device")
}
