package embedded_test

import (
	"testing"

	"countersign/vault/embedded"
	"countersign/vault/vaulttest"
)

func start(t testing.TB, dir string) (*embedded.Custody, *embedded.CA) {
	t.Helper()
	c, ca, err := embedded.Start(embedded.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return c, ca
}

func TestConformance(t *testing.T) {
	c, ca := start(t, t.TempDir())
	vaulttest.Exercise(t, vaulttest.Subject{Custody: c, Issuer: ca, Open: c.Open})
}
