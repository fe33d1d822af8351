package hashicorp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"countersign/vault"
)

// headPath is where the noted head of the audit record is, in KV.
const headPath = "record/head"

// recorder is the identity that alone may use the audit key and the noted head.
func (c *Custody) recorder() (*Session, error) {
	if c.Recorder == nil {
		return nil, vault.Refuse(nil, "vault.recorder.none")
	}
	return c.Recorder, nil
}

// AuditKey gives the 32-byte key that the audit log is chained with: an HMAC by a
// Transit key that never leaves Vault, so that it is on no disk of ours and the same
// after every restart. The recorder alone may ask for it. The caller clears it after use.
func (c *Custody) AuditKey() ([]byte, error) {
	who, err := c.recorder()
	if err != nil {
		return nil, err
	}
	const label = "Y291bnRlcnNpZ24gYXVkaXQgY2hhaW4gMQ==" // countersign audit chain 1
	answer, err := who.call(context.Background(), write(c.at("hmac", "countersign-audit"), map[string]any{"input": label, "key_version": 1}))
	if err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	_, mac, ok := strings.Cut(strings.TrimPrefix(text(answer, "hmac"), "vault:"), ":")
	key, err := base64.StdEncoding.DecodeString(mac)
	if !ok || err != nil || len(key) != 32 {
		return nil, errors.New("audit key: vault gave none")
	}
	return key, nil
}

// NotedHead gives what was last noted of the head of the audit record (JSON, at most
// vault.NoteLimit bytes), and whether anything was. It is kept apart from the database, so
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

// NoteHead keeps note (JSON, at most vault.NoteLimit bytes) in place of the one that NotedHead
// or NoteHead saw last. When somebody else has noted another one since, nothing is
// written and the error is a temporary Fault: look at that one, and note again.
func (c *Custody) NoteHead(ctx context.Context, note []byte) error {
	who, err := c.recorder()
	if err != nil {
		return err
	}
	if err := vault.CheckNote(note); err != nil {
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
		return vault.Wait(err, "vault.head.raced")
	}
	return vault.Refuse(nil, "vault.head.deleted") // its versions are still counted
}

func (c *Custody) readHead(ctx context.Context, who *Session) (record, bool, error) {
	r, found, err := readKV(ctx, who, c.KV, headPath)
	if err != nil {
		return record{}, false, fmt.Errorf("noted head of the audit record: %w", err)
	}
	if found && vault.CheckNote([]byte(r.text("note"))) != nil {
		return record{}, false, vault.Refuse(nil, "vault.head.unreadable", "Place", headPath)
	}
	return r, found, nil
}
