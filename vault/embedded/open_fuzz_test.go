package embedded_test

import (
	"errors"
	"testing"

	"countersign/certs"
	"countersign/tests/vaulttest"
)

// FuzzOpen: no string but the token itself opens a hand-over, and every refusal is
// one that people can be told.
func FuzzOpen(f *testing.F) {
	c, _ := start(f, f.TempDir())
	if _, err := c.CreateCSR(f.Context(), "k", vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
		f.Fatal(err)
	}
	h, err := c.Release(f.Context(), "k")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("../" + h.Accessor)
	f.Add(h.Accessor)
	f.Add(h.Secret + "=")
	f.Add(" " + h.Secret)
	f.Fuzz(func(t *testing.T, token string) {
		if token == h.Secret {
			t.Skip()
		}
		key, err := c.Open(token)
		var fault certs.Fault
		if key != nil || !errors.As(err, &fault) {
			t.Fatalf("%q: %v", token, err)
		}
		if _, err := c.Opening(t.Context(), token); (err == nil) != (token == h.Accessor) {
			t.Fatalf("%q as an accessor: %v", token, err)
		}
	})
}
