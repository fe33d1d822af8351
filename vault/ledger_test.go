package vault_test

import (
	"testing"

	"countersign/tests/vaulttest"
	"countersign/vault"
)

func TestFileLedger(t *testing.T) {
	dir := t.TempDir()
	vaulttest.ExerciseLedger(t, func() vault.Ledger { return vault.FileLedger{Dir: dir} })
}
