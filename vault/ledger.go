package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// Ledger keeps small records by name for issuers that have to find their place again
// after a crash. It is safe for concurrent use, also by several processes.
type Ledger interface {
	// Get gives the newest version of a record; version 0 means there is none.
	Get(ctx context.Context, name string) (data json.RawMessage, version int, err error)
	// Put writes the version after the given one. It gives false, and changes nothing, when
	// that version is not the newest any more.
	Put(ctx context.Context, name string, data json.RawMessage, version int) (bool, error)
}

// ledgerName is what a record may be called: hashes and the like.
var ledgerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)

// KVLedger keeps records in KV v2, under issued/.
type KVLedger struct {
	Session *Session
	KV      string // mount; empty: countersign-kv
}

// Get reads a record.
func (l KVLedger) Get(ctx context.Context, name string) (json.RawMessage, int, error) {
	if !ledgerName.MatchString(name) {
		return nil, 0, fmt.Errorf("vault: %q is no name for a record", name)
	}
	r, ok, err := readKV(ctx, l.Session, l.KV, "issued/"+name)
	if err != nil || !ok {
		return nil, 0, err
	}
	return json.RawMessage(r.text("record")), r.version, nil
}

// Put writes a record.
func (l KVLedger) Put(ctx context.Context, name string, data json.RawMessage, version int) (bool, error) {
	if !ledgerName.MatchString(name) {
		return false, fmt.Errorf("vault: %q is no name for a record", name)
	}
	return putKV(ctx, l.Session, l.KV, "issued/"+name, map[string]any{"record": string(data)}, version)
}

// FileLedger keeps records as files in a directory, one a version, each made whole or
// not at all.
type FileLedger struct{ Dir string }

func (l FileLedger) path(name string, version int) string {
	return filepath.Join(l.Dir, name+"."+strconv.Itoa(version)+".json")
}

// newest finds the highest version there is. Versions are few: an issuance has two or three.
func (l FileLedger) newest(name string) (int, error) {
	if !ledgerName.MatchString(name) {
		return 0, fmt.Errorf("vault: %q is no name for a record", name)
	}
	for v := 1; ; v++ {
		if _, err := os.Lstat(l.path(name, v)); errors.Is(err, fs.ErrNotExist) {
			return v - 1, nil
		} else if err != nil {
			return 0, Wait(err, "vault.disk")
		}
	}
}

// Get reads a record.
func (l FileLedger) Get(_ context.Context, name string) (json.RawMessage, int, error) {
	v, err := l.newest(name)
	if err != nil || v == 0 {
		return nil, 0, err
	}
	raw, err := os.ReadFile(l.path(name, v))
	if err != nil {
		return nil, 0, Wait(err, "vault.disk")
	}
	return raw, v, nil
}

// Put writes a record.
func (l FileLedger) Put(_ context.Context, name string, data json.RawMessage, version int) (bool, error) {
	v, err := l.newest(name)
	if err != nil || v != version {
		return false, err
	}
	if err := os.MkdirAll(l.Dir, 0o700); err != nil {
		return false, Wait(err, "vault.disk")
	}
	done, err := l.write(l.path(name, version+1), data)
	if err != nil {
		return false, Wait(err, "vault.disk")
	}
	return done, nil
}

func (l FileLedger) write(path string, data []byte) (done bool, err error) {
	f, err := os.CreateTemp(l.Dir, ".fresh-")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return false, err
	}
	// A hard link, unlike a rename, fails when the name is taken.
	if err := os.Link(f.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return false, nil
		}
		return false, err
	}
	dir, err := os.Open(l.Dir)
	if err != nil {
		return false, err
	}
	return true, errors.Join(dir.Sync(), dir.Close())
}

var (
	_ Ledger = KVLedger{}
	_ Ledger = FileLedger{}
)
