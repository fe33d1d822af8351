package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"countersign/locales"
)

// The doctor says when the database is not the one that was here last.
func TestDoctorComparesTheNote(t *testing.T) {
	dir, s := t.TempDir(), &shelf{}
	db := opened(t, filepath.Join(dir, "countersign.db"))
	n := notaryOf(t, db, s)
	if err := n.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "countersign.db")
	if err := db.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if _, err := number(db); err != nil {
		t.Fatal(err)
	}
	if err := n.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for data, fine := range map[string]bool{dir: true, filepath.Dir(copied): false} {
		c := &console{ctx: t.Context(), out: io.Discard, err: io.Discard, cat: locales.Open(), lang: "en"}
		x := &examination{c: c, cfg: config{Data: data}}
		x.readNote(&shelfReader{shelf: s})
		x.storage(bytes.Repeat([]byte("k"), 32))
		found := false
		for _, line := range x.all {
			if line.Name == "noted head" {
				found = line.OK == fine && strings.Contains(line.Text, "ow 1 of the audit record")
			}
		}
		if !found {
			t.Errorf("fine %v: %+v", fine, x.all)
		}
	}
}
