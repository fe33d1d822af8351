package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/locales"
	"countersign/storage"
	"countersign/vault/embedded"
	"countersign/workflows"
)

// What somebody else has changed in the database is not served: the start names it and
// ends with status 1.
func TestForgedIsNotServed(t *testing.T) {
	data, ctx := t.TempDir(), context.Background()
	custody, _, err := embedded.Start(embedded.Options{Dir: filepath.Join(data, "custody")})
	if err != nil {
		t.Fatal(err)
	}
	key, err := custody.AuditKey()
	if err != nil {
		t.Fatal(err)
	}
	written := filepath.Join(t.TempDir(), "x.db")
	db, err := storage.Open(ctx, storage.Options{Path: written, AuditKey: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{{ID: "REQ-1", State: workflows.Rejected, Purpose: "what was asked for",
			Requester: workflows.Person{Team: "T0ACME", ID: "U0ELLA"}}}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(data, "countersign.db")
	if err := errors.Join(db.Backup(ctx, file), db.Close()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(raw, []byte("what was asked")) {
		t.Fatal("nothing to change", err)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(raw, []byte("what was asked"), []byte("what was ASKED")), 0o600); err != nil {
		t.Fatal(err)
	}

	var log bytes.Buffer
	c := &console{ctx: ctx, out: io.Discard, err: io.Discard, cat: locales.Open(), lang: "en"}
	s, err := stageFlags{Addr: "127.0.0.1:0", Data: data}.open(c, slog.New(slog.NewTextHandler(&log, nil)), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	within, done := context.WithTimeout(ctx, time.Minute) // a start that serves it would go on for ever
	defer done()
	err = s.app.run(within)
	var status exit
	if !errors.As(err, &status) || status != 1 || !strings.Contains(log.String(), "REQ-1 is not as the audit record has it") {
		t.Errorf("%v\n%s", err, log.String())
	}
}
