package hashicorp_test

import (
	"testing"

	"countersign/vault"
	"countersign/vault/hashicorp"
	"countersign/vault/hashicorp/hashicorptest"
	"countersign/vault/vaulttest"
)

func TestLedger(t *testing.T) {
	writer := hashicorptest.Session(t, shared(t), "writer")
	vaulttest.ExerciseLedger(t, func() vault.Ledger { return hashicorp.Ledger{Session: writer} })
}
