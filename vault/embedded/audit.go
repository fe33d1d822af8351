package embedded

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"countersign/vault"
)

// What is kept for the audit record: its key, its noted head, and what is locked to
// change that.
const (
	auditFile = "audit.age"
	headFile  = "head.json"
	headLock  = "head.lock"
)

func (c *Custody) makeAuditKey() error {
	path := filepath.Join(c.dir, auditFile)
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	key := make([]byte, 32)
	defer clear(key)
	rand.Read(key) //nolint:errcheck // crypto/rand.Read never fails (package documentation)
	return c.box.keep(path, key)
}

// AuditKey gives the 32-byte key that the audit log is chained with. It is made
// once and never changes. The caller clears it after use.
func (c *Custody) AuditKey() ([]byte, error) {
	key, err := c.box.open(filepath.Join(c.dir, auditFile))
	if err != nil {
		return nil, err
	}
	if len(key) != 32 {
		return nil, vault.Refuse(nil, "vault.sealed.unreadable", "File", auditFile)
	}
	return key, nil
}

// NotedHead gives what was last noted of the head of the audit record (JSON, at most
// vault.NoteLimit bytes), and whether anything was. It is kept apart from the database,
// so that an older copy of that is noticed.
func (c *Custody) NotedHead(ctx context.Context) (note []byte, found bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	c.head.Lock()
	defer c.head.Unlock()
	note, err = c.readHead()
	if err != nil {
		return nil, false, told(err)
	}
	c.headSeen, c.headLast = true, note
	return bytes.Clone(note), note != nil, nil
}

// NoteHead keeps note (JSON, at most vault.NoteLimit bytes) in place of the one that
// NotedHead or NoteHead saw last. It is on disk, whole, when NoteHead comes back. When
// another process has noted another one since, nothing is written and the error is a
// temporary Fault: look at that one, and note again.
func (c *Custody) NoteHead(ctx context.Context, note []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := vault.CheckNote(note); err != nil {
		return err
	}
	c.head.Lock()
	defer c.head.Unlock()
	unlock, err := lock(filepath.Join(c.dir, headLock))
	if err != nil {
		return told(fmt.Errorf("note the head of the audit record: %w", err))
	}
	defer unlock()
	now, err := c.readHead()
	if err != nil {
		return told(err)
	}
	raced := c.headSeen && !bytes.Equal(now, c.headLast)
	c.headSeen = false // until it is known how this ends
	if raced {
		return vault.Wait(nil, "vault.head.raced")
	}
	if err := vault.Replace(filepath.Join(c.dir, headFile), note); err != nil {
		return told(fmt.Errorf("note the head of the audit record: %w", err))
	}
	c.headSeen, c.headLast = true, bytes.Clone(note)
	return nil
}

// readHead gives the note that there is, or nil.
func (c *Custody) readHead() ([]byte, error) {
	note, err := readFile(filepath.Join(c.dir, headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && vault.CheckNote(note) != nil {
		return nil, vault.Refuse(nil, "vault.head.unreadable", "Place", filepath.Join(c.dir, headFile))
	}
	return note, err
}
