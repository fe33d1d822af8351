// Package embeddedtest gives tests an embedded custody and CA without the seconds that
// making their keys takes. Tests of package embedded itself start from nothing instead.
package embeddedtest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"countersign/vault/embedded"
)

// files are those of a custody and CA, made once in a test binary.
var files = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "countersign-embedded-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // of a test
	if _, _, err := embedded.Start(embedded.Options{Dir: dir}); err != nil {
		return nil, err
	}
	list, err := os.ReadDir(dir)
	out := map[string][]byte{}
	for _, f := range list {
		if f.IsDir() {
			continue
		}
		if out[f.Name()], err = os.ReadFile(filepath.Join(dir, f.Name())); err != nil {
			return nil, err
		}
	}
	return out, err
})

// Dir is a directory of t's own that embedded.Start opens: all of a test binary have the
// same keys, and nothing else in common.
func Dir(t testing.TB) string {
	t.Helper()
	all, err := files()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range all {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
