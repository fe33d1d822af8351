package embedded_test

import (
	"os"
	"path/filepath"
	"testing"

	"countersign/tests/vaulttest"
	"countersign/vault/embedded"
)

func TestHead(t *testing.T) {
	dir := t.TempDir()
	vaulttest.ExerciseHead(t, func() vaulttest.Noter {
		c, _, err := embedded.Start(embedded.Options{Dir: dir})
		if err != nil {
			t.Error(err)
		}
		return c
	})
	info, err := os.Stat(filepath.Join(dir, "head.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".fresh-*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestHeadDamaged(t *testing.T) {
	dir := t.TempDir()
	c, _ := start(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "head.json"), []byte(`{"id":`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := c.NotedHead(t.Context())
	for _, err := range []error{err, c.NoteHead(t.Context(), []byte(`{"id":1}`))} {
		if got := vaulttest.Fault(t, err, false).Text().Key; got != "vault.head.unreadable" {
			t.Errorf("refused with %s", got)
		}
	}
}
