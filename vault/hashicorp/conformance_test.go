package hashicorp_test

import (
	"testing"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
)

func TestConformance(t *testing.T) {
	s := shared(t)
	c, p := hashicorptest.Vault(t, s)
	vaulttest.Exercise(t, vaulttest.Subject{Custody: c, Issuer: p, Open: hashicorptest.Unwrap(s, hashicorptest.Binary(t))})
}
