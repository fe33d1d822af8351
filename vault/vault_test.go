package vault_test

import (
	"testing"

	"countersign/vault/vaulttest"
)

func TestConformance(t *testing.T) {
	s := shared(t)
	c, p := vaulttest.Vault(t, s)
	vaulttest.Exercise(t, vaulttest.Subject{Custody: c, Issuer: p, Open: vaulttest.Unwrap(s, vaulttest.Binary(t))})
}
