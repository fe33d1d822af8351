package embedded_test

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"countersign/tests/vaulttest"
	"countersign/vault/embedded"
)

// TestRevoke: what is revoked is on the list that OpenSSL checks against, also after a
// restart and when several processes revoke at once; what is not, is not.
func TestRevoke(t *testing.T) {
	dir := t.TempDir()
	c, ca := start(t, dir)
	spec := vaulttest.Spec(vaulttest.Kinds[0])
	leaf := func(name string) []byte {
		csr, err := c.CreateCSR(t.Context(), name, spec)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := ca.Issue(t.Context(), name, spec, csr)
		if err != nil {
			t.Fatal(err)
		}
		var chain []byte
		for _, der := range got.Chain {
			chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		}
		write(t, filepath.Join(dir, "chain.pem"), chain)
		write(t, filepath.Join(dir, name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: got.Leaf}))
		return got.Leaf
	}
	write(t, filepath.Join(dir, "root.pem"), ca.RootPEM())
	verify := func(name string) string {
		cmd := exec.Command("openssl", "verify", "-crl_check", "-CAfile", "root.pem", "-untrusted", "chain.pem", "-CRLfile", embedded.CRLFile, name+".pem")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if (err == nil) == strings.Contains(string(out), "error") {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	names := []string{"k1", "k2", "k3", "k4", "k5", "k6"}
	leaves := map[string][]byte{}
	for _, n := range append(names, "good") {
		leaves[n] = leaf(n)
		if says := verify(n); !strings.HasSuffix(strings.TrimSpace(says), "OK") {
			t.Errorf("before: %s", says)
		}
	}
	var group sync.WaitGroup
	for i, n := range names {
		_, other := start(t, dir)
		group.Go(func() {
			for range 3 { // once more is no error
				if err := other.Revoke(t.Context(), leaves[n], i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	start(t, dir)
	for _, n := range names {
		if says := verify(n); !strings.Contains(says, "certificate revoked") {
			t.Errorf("%s is revoked, and OpenSSL says %s", n, says)
		}
	}
	if says := verify("good"); !strings.HasSuffix(strings.TrimSpace(says), "OK") {
		t.Errorf("one that is not: %s", says)
	}
	_, foreign := start(t, t.TempDir())
	if got := vaulttest.Fault(t, foreign.Revoke(t.Context(), leaves["good"], 5), false).Text().Key; got != "vault.revoke.foreign" {
		t.Errorf("another CA's certificate: %s", got)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
