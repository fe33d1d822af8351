package vault

import (
	"context"
	"encoding/json"
	"fmt"
)

// headPath is where the noted head of the audit record is, in KV.
const headPath = "record/head"

// NoteLimit is how long the noted head of the audit record may be, in bytes.
const NoteLimit = 1 << 10

// CheckNote refuses what is no noted head: anything but JSON of at most NoteLimit bytes.
func CheckNote(note []byte) error {
	if len(note) > NoteLimit || !json.Valid(note) {
		return fmt.Errorf("noted head: %d bytes that are not JSON of at most %d", len(note), NoteLimit)
	}
	return nil
}

// recorder is the identity that alone may use the audit key and the noted head.
func (c *Custody) recorder() (*Session, error) {
	if c.Recorder == nil {
		return nil, Refuse(nil, "vault.recorder.none")
	}
	return c.Recorder, nil
}

// NotedHead gives what was last noted of the head of the audit record (JSON, at most
// NoteLimit bytes), and whether anything was. It is kept apart from the database, so
// that an older copy of that is noticed.
func (c *Custody) NotedHead(ctx context.Context) (note []byte, found bool, err error) {
	who, err := c.recorder()
	if err != nil {
		return nil, false, err
	}
	c.head.Lock()
	defer c.head.Unlock()
	r, found, err := c.readHead(ctx, who)
	if err != nil {
		return nil, false, err
	}
	c.headSeen, c.headVersion = true, r.version
	if !found {
		return nil, false, nil
	}
	return []byte(r.text("note")), true, nil
}

// NoteHead keeps note (JSON, at most NoteLimit bytes) in place of the one that NotedHead
// or NoteHead saw last. When somebody else has noted another one since, nothing is
// written and the error is a temporary Fault: look at that one, and note again.
func (c *Custody) NoteHead(ctx context.Context, note []byte) error {
	who, err := c.recorder()
	if err != nil {
		return err
	}
	if err := CheckNote(note); err != nil {
		return err
	}
	c.head.Lock()
	defer c.head.Unlock()
	if !c.headSeen {
		r, _, err := c.readHead(ctx, who)
		if err != nil {
			return err
		}
		c.headVersion = r.version
	}
	c.headSeen = false // until it is known how this ends: an answer may get lost
	stored, err := putKV(ctx, who, c.KV, headPath, map[string]any{"note": string(note)}, c.headVersion)
	if err != nil {
		return fmt.Errorf("note the head of the audit record: %w", err)
	}
	if stored {
		c.headSeen, c.headVersion = true, c.headVersion+1
		return nil
	}
	if _, found, err := c.readHead(ctx, who); err != nil || found {
		return Wait(err, "vault.head.raced")
	}
	return Refuse(nil, "vault.head.deleted") // its versions are still counted
}

func (c *Custody) readHead(ctx context.Context, who *Session) (record, bool, error) {
	r, found, err := readKV(ctx, who, c.KV, headPath)
	if err != nil {
		return record{}, false, fmt.Errorf("noted head of the audit record: %w", err)
	}
	if found && CheckNote([]byte(r.text("note"))) != nil {
		return record{}, false, Refuse(nil, "vault.head.unreadable", "Place", headPath)
	}
	return r, found, nil
}
