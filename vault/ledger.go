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

// recordName is what a record may be called: hashes and the like.
var recordName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)

// CheckRecordName refuses what a record may not be called.
func CheckRecordName(name string) error {
	if !recordName.MatchString(name) {
		return fmt.Errorf("vault: %q is no name for a record", name)
	}
	return nil
}

// FileLedger keeps records as files in a directory, one a version, each made whole or
// not at all.
type FileLedger struct{ Dir string }

func (l FileLedger) path(name string, version int) string {
	return filepath.Join(l.Dir, name+"."+strconv.Itoa(version)+".json")
}

// newest finds the highest version there is. Versions are few: an issuance has two or three.
func (l FileLedger) newest(name string) (int, error) {
	if err := CheckRecordName(name); err != nil {
		return 0, err
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
	done, err := WriteOnce(l.path(name, version+1), data)
	if err != nil {
		return false, Wait(err, "vault.disk")
	}
	return done, nil
}

var _ Ledger = FileLedger{}
