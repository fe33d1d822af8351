package hashicorp_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
)

// TestMain lets the test binary be the process whose memory TestMemory reads.
func TestMain(m *testing.M) {
	if raw := os.Getenv("VAULT_TEST_CHILD"); raw != "" {
		child(raw)
		return
	}
	status := m.Run()
	endShared()
	os.Exit(status)
}

type childOrders struct {
	Server hashicorp.Server
	Logins map[string]*hashicorp.AppRole
}

// child makes, signs, keeps and releases one key of each kind, says where to get it,
// and waits to be looked at.
func child(raw string) {
	var o childOrders
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		fmt.Println("error", err)
		return
	}
	session := func(identity string) *hashicorp.Session {
		s, err := hashicorp.NewSession(o.Server, identity, o.Logins[identity], nil, identity == "releaser")
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return s
	}
	c := &hashicorp.Custody{Writer: session("writer"), Releaser: session("releaser"), Janitor: session("janitor")}
	p := &hashicorp.PKI{Signer: c.Writer}
	ctx := context.Background()
	for _, kind := range []certs.Key{{Type: "rsa", Size: 2048}, {Type: "ecdsa", Size: 256}} {
		name, spec := unique("m"), vaulttest.Spec(kind)
		csr, err := c.CreateCSR(ctx, name, spec)
		var cert certs.Issued
		if err == nil {
			cert, _, err = p.Issue(ctx, name, spec, csr)
		}
		if err == nil {
			err = c.Keep(ctx, name, cert)
		}
		var h certs.Handover
		if err == nil {
			h, err = c.Release(ctx, name)
		}
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("key", h.Secret)
	}
	fmt.Println("done -")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}

// TestMemory reads all of a process's memory after it has had keys made, used and
// handed over: no number of any private key is in it, in either byte order.
func TestMemory(t *testing.T) {
	s := shared(t)
	o := childOrders{Server: s.Connection(), Logins: map[string]*hashicorp.AppRole{}}
	for _, identity := range []string{"writer", "releaser", "janitor"} {
		login, err := s.AppRole(t.Context(), identity)
		if err != nil {
			t.Fatal(err)
		}
		o.Logins[identity] = login
	}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "VAULT_TEST_CHILD="+string(raw))
	in, err := cmd.StdinPipe()
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
	defer func() {
		_ = in.Close()
		_ = cmd.Wait()
	}()
	var tokens []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		if what == "key" {
			tokens = append(tokens, rest)
			continue
		}
		if what == "error" {
			t.Fatal(rest)
		}
		break
	}
	memory := vaulttest.Memory(t, cmd.Process.Pid)
	if !bytes.Contains(memory, []byte("countersign-transit")) || !bytes.Contains(memory, []byte(tokens[0])) {
		t.Fatal("this is not the memory of a process that worked") // the search itself can find things
	}
	open := hashicorptest.Unwrap(s, hashicorptest.Binary(t))
	for _, token := range tokens {
		text, err := open(token)
		if err != nil {
			t.Fatal(err)
		}
		for i, secret := range secrets(t, text) {
			if bytes.Contains(memory, secret) || bytes.Contains(memory, reversed(secret)) {
				t.Errorf("number %d of a private key is in memory", i)
			}
		}
	}
}

// secrets gives pieces of a private key that appear nowhere else.
func secrets(t *testing.T, text []byte) [][]byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatal("no key")
	}
	lines := bytes.Split(text, []byte("\n"))
	all := [][]byte{lines[2][:40]} // of the PEM
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return append(all, rsaNumbers(key)...)
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		t.Fatal("a key of an unknown form")
	}
	return append(all, ecNumber(key))
}

func rsaNumbers(key *rsa.PrivateKey) [][]byte {
	return [][]byte{key.D.Bytes()[:32], key.Primes[0].Bytes()[:32], key.Primes[1].Bytes()[:32]}
}

func ecNumber(key *ecdsa.PrivateKey) []byte {
	raw, err := key.Bytes()
	if err != nil {
		panic(err)
	}
	return raw
}

func reversed(b []byte) []byte {
	r := bytes.Clone(b)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return r
}
