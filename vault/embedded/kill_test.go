package embedded_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/vaulttest"
	"countersign/vault/embedded"
)

// TestMain lets the test binary be the process that TestKilled kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("EMBEDDED_VICTIM"); dir != "" {
		victim(dir)
		return
	}
	os.Exit(m.Run())
}

func victimSpec() certs.Spec { return vaulttest.Spec(certs.Key{Type: "ecdsa", Size: 256}) }

// victim starts the custody and works through numbered names for ever, saying what
// is finished: "csr NAME HASH", "cert NAME HASH".
func victim(dir string) {
	c, ca, err := embedded.Start(embedded.Options{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	hash := func(b []byte) string { sum := sha256.Sum256(b); return hex.EncodeToString(sum[:]) }
	fmt.Println("root", "-", hash(ca.RootPEM()))
	ctx := context.Background()
	for n := 0; ; n++ {
		name := fmt.Sprintf("k%d", n)
		csr, err := c.CreateCSR(ctx, name, victimSpec())
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("csr", name, hash(csr))
		cert, _, err := ca.Issue(ctx, name, victimSpec(), csr)
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("cert", name, hash(cert.Leaf))
	}
}

// TestKilled kills a working process at random points, also in its first start, and
// checks that what it said stays true.
func TestKilled(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	said := map[string]string{}
	facts, patience := 0, 150*time.Millisecond
	dir := t.TempDir()
	for round := range rounds {
		if round%10 == 0 {
			dir, said = t.TempDir(), map[string]string{}
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "EMBEDDED_VICTIM="+dir)
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(patience)) //nolint:gosec // no secret
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		before := facts
		for lines := bufio.NewScanner(&out); lines.Scan(); {
			f := strings.Fields(lines.Text())
			if f[0] == "error" {
				t.Fatalf("after %d kills: %s", round, lines.Text())
			}
			if len(f) != 3 || len(f[2]) != 64 {
				continue // cut off by the kill
			}
			if was, ok := said[f[0]+f[1]]; ok && was != f[2] {
				t.Fatalf("after %d kills there is another %s of %s", round, f[0], f[1])
			}
			said[f[0]+f[1]] = f[2]
			facts++
		}
		if facts == before { // a busy machine: the process needs longer to come to work
			patience = min(patience*5/4, 3*time.Second)
		}
	}
	if facts < 3 {
		t.Errorf("killed too early each time: only %d facts", facts)
	}
}
