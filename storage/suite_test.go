package storage_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"countersign/storage"
	"countersign/storage/storagetest"
)

func TestSQLite(t *testing.T) {
	storagetest.Run(t, func(t *testing.T, now func() time.Time) storagetest.Store {
		t.Helper()
		d, err := storage.Open(context.Background(), storage.Options{
			Path: filepath.Join(t.TempDir(), "x.db"), AuditKey: []byte("0123456789abcdef0123456789abcdef"), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return d
	})
}
