package acme_test

import (
	"bytes"
	"testing"

	"countersign/vault"
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
	i := newIssuer(t, acme.Options{Directory: "https://127.0.0.1:1/dir", AccountKey: newKey(t), Ledger: vault.FileLedger{Dir: t.TempDir()},
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
	good := acme.Options{Directory: "https://ca.example.com/dir", AccountKey: newKey(t), Ledger: vault.FileLedger{Dir: t.TempDir()},
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
	} {
		o := good
		spoil(&o)
		if _, err := acme.New(o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
