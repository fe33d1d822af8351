package acme_test

import (
	"bytes"
	"crypto/ecdsa"
	"net"
	"os"
	"path/filepath"
	"testing"

	"countersign/vault/acme"
)

// TestChecksBeforeOrdering: a request that proves no possession of a sound key of the
// approved kind never reaches the authority, which is not there at all.
func TestChecksBeforeOrdering(t *testing.T) {
	spec := site("a.example.com")
	good := request(t, spec)
	damaged := bytes.Clone(good)
	damaged[len(damaged)-1] ^= 1
	other := spec
	other.Key.Size = 384
	i := newIssuer(t, acme.Options{Directory: "https://127.0.0.1:1/dir", AccountKey: account(t), Ledger: records(t),
		Solvers: []acme.Solver{&acme.HTTP01{}}})
	_, _, err := i.Issue(t.Context(), "a", spec, damaged)
	wants(t, err, false, "vault.csr.signature")
	_, _, err = i.Issue(t.Context(), "a", other, good)
	wants(t, err, false, "vault.csr.key")
	_, _, err = i.Issue(t.Context(), "a", spec, good)
	wants(t, err, true, "vault.acme.unreachable")
}

// TestNewRefuses: no directory in clear, and nothing without a key, records and a way
// to prove names.
func TestNewRefuses(t *testing.T) {
	good := acme.Options{Directory: "https://ca.example.com/dir", AccountKey: account(t), Ledger: records(t),
		Solvers: []acme.Solver{&acme.HTTP01{}}}
	if _, err := acme.New(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*acme.Options){
		"in clear":   func(o *acme.Options) { o.Directory = "http://ca.example.com/dir" },
		"no account": func(o *acme.Options) { o.AccountKey = nil },
		"no records": func(o *acme.Options) { o.Ledger = nil },
		"no solver":  func(o *acme.Options) { o.Solvers = nil },
		"no CA file": func(o *acme.Options) { o.CAFile = "/no/such/file" },
		"no EAB key": func(o *acme.Options) { o.EABKeyID, o.EABKeyFile = "k", "/no/such/file" },
	} {
		o := good
		spoil(&o)
		if _, err := acme.New(o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestFileKey: the key of an account is made once, and only its owner can read it.
func TestFileKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "acme", "le.key")
	made, err := acme.FileKey(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := acme.FileKey(file)
	if key, ok := again.Public().(*ecdsa.PublicKey); err != nil || !ok || !key.Equal(made.Public()) {
		t.Errorf("another key, or %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(file, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := acme.FileKey(file); err == nil {
		t.Error("no key was taken for one")
	}
}

// TestCheck: what would stand in the way of a certificate is found before one is asked for.
func TestCheck(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // of a test
	i := newIssuer(t, acme.Options{Directory: "https://127.0.0.1:1/dir", AccountKey: account(t), Ledger: records(t),
		Solvers: []acme.Solver{&acme.HTTP01{Listen: taken.Addr().String()}, &acme.DNS01{Program: "/no/such/hook"}}})
	got := i.Check(t.Context())
	for n, want := range []struct{ name, key string }{{"", "vault.acme.away"}, {"http-01", "vault.acme.port"}, {"dns-01", "vault.acme.hook"}} {
		if got[n].Name != want.name {
			t.Errorf("%d is %q", n, got[n].Name)
		}
		wants(t, got[n].Err, n == 0, want.key)
	}
	p := startPebble(t)
	if got := newIssuer(t, p.options(t, p.dns())).Check(t.Context()); got[0].Err != nil || got[0].Fine.Key != "vault.acme.answers" {
		t.Errorf("%+v", got)
	}
}
