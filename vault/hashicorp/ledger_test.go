package hashicorp_test

import (
	"testing"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault"
	"countersign/vault/hashicorp"
)

func TestLedger(t *testing.T) {
	writer := hashicorptest.Session(t, shared(t), "writer")
	vaulttest.ExerciseLedger(t, func() vault.Ledger { return hashicorp.Ledger{Session: writer} })
}
