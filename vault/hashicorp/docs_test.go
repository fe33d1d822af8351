package hashicorp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
)

// TestDocs takes an empty Vault to one that issues a certificate, by the commands of
// docs/vault.md as they stand there.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile("../../docs/vault.md")
	if err != nil {
		t.Fatal(err)
	}
	// Blocks are every second part between fences.
	var blocks []string
	for i, part := range strings.Split(string(raw), "```") {
		if i%2 == 1 {
			blocks = append(blocks, part)
		}
	}
	block := func(with string) string {
		for _, b := range blocks {
			if strings.Contains(b, with) {
				return b
			}
		}
		t.Fatalf("docs/vault.md has no block with %q", with)
		return ""
	}
	s := hashicorptest.Empty(t)
	work, bin := t.TempDir(), t.TempDir()
	if err := os.Symlink(hashicorptest.Binary(t), filepath.Join(bin, "vault")); err != nil {
		t.Fatal(err)
	}
	deploy, err := filepath.Abs("../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(deploy, filepath.Join(work, "deploy")); err != nil {
		t.Fatal(err)
	}
	sh := func(script string) string {
		t.Helper()
		cmd := exec.Command("sh", "-euc", strings.ReplaceAll(script, "/etc/countersign/", work+"/"))
		cmd.Dir = work
		cmd.Env = append(s.Env(), "PATH="+bin+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, script, out)
		}
		return string(out)
	}

	var lines []string
	for _, line := range strings.Split(block("setup.sh"), "\n") {
		if !strings.HasPrefix(line, "export VAULT_ADDR") { // the test's server has another
			lines = append(lines, line)
		}
	}
	for range 2 { // again changes nothing
		sh(strings.Join(lines, "\n"))
	}

	ask, install, ok := strings.Cut(block("intermediate/generate"), "# ... have")
	_, install, more := strings.Cut(install, "\n")
	if !ok || !more {
		t.Fatal("the block about the CA has changed")
	}
	sh(ask)
	sh(`openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj "/CN=Example root" -days 3650 -addext keyUsage=critical,keyCertSign,cRLSign
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid' > ca.cnf
openssl x509 -req -in issuing.csr -CA root.pem -CAkey root.key -days 1800 -extfile ca.cnf -out issuing.pem`)
	sh(install)

	var config struct {
		Vault hashicorp.Config `yaml:"vault"`
	}
	if err := yaml.Unmarshal([]byte(strings.TrimPrefix(strings.ReplaceAll(block("ca_file"), "/etc/countersign/", work+"/"), "yaml")), &config); err != nil {
		t.Fatal(err)
	}
	config.Vault.Address, config.Vault.CAFile = s.Address, s.CAFile
	for identity, to := range map[string]*hashicorp.LoginConfig{"writer": &config.Vault.Writer, "releaser": &config.Vault.Releaser, "janitor": &config.Vault.Janitor, "recorder": &config.Vault.Recorder} {
		out := sh(strings.ReplaceAll(block("wrapping_token"), "writer", identity))
		to.RoleID = strings.TrimSpace(out)
	}
	v, err := hashicorp.Open(config.Vault, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for _, check := range append(v.Custody.Check(t.Context()), v.PKI.Check(t.Context())...) {
		if check.Err != nil {
			t.Errorf("%s: %v", check.Name, check.Err)
		}
	}
	spec := vaulttest.Spec(vaulttest.Kinds[0])
	spec.Subject.ST, spec.Subject.L, spec.Subject.OU = "", "", "" // the page's example has only O and C
	csr, err := v.Custody.CreateCSR(t.Context(), "k1", spec)
	if err != nil {
		t.Fatal(err)
	}
	cert, _, err := v.PKI.Issue(t.Context(), "k1", spec, csr)
	if err != nil {
		t.Fatal(err)
	}
	if len(cert.Chain) != 2 {
		t.Errorf("chain of %d", len(cert.Chain))
	}
	vaulttest.OpenSSL(t, nil, "verify", "-CAfile", filepath.Join(work, "root.pem"), "-untrusted", filepath.Join(work, "issuing.pem"),
		vaulttest.PEM(t, "CERTIFICATE", cert.Leaf))

	// The hand-over, by the command that its receiver is sent.
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq for the receiver's command")
	}
	h, err := v.Custody.Release(t.Context(), "k1")
	if err != nil {
		t.Fatal(err)
	}
	sh("unset VAULT_TOKEN; " + h.Command)
	sh("[ \"$(stat -c %a k1.key)\" = 600 ]")
	got := vaulttest.OpenSSL(t, nil, "pkey", "-in", filepath.Join(work, "k1.key"), "-pubout")
	if want := vaulttest.OpenSSL(t, cert.Leaf, "x509", "-inform", "DER", "-noout", "-pubkey"); got != want {
		t.Error("the key is not the certificate's")
	}
}
