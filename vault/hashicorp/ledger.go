package hashicorp

import (
	"context"
	"encoding/json"

	"countersign/vault"
)

// Ledger keeps the records of other issuers in KV v2, under issued/.
type Ledger struct {
	Session *Session
	KV      string // mount; empty: countersign-kv
}

// Get reads a record.
func (l Ledger) Get(ctx context.Context, name string) (json.RawMessage, int, error) {
	if err := vault.CheckRecordName(name); err != nil {
		return nil, 0, err
	}
	r, ok, err := readKV(ctx, l.Session, l.KV, "issued/"+name)
	if err != nil || !ok {
		return nil, 0, err
	}
	return json.RawMessage(r.text("record")), r.version, nil
}

// Put writes a record.
func (l Ledger) Put(ctx context.Context, name string, data json.RawMessage, version int) (bool, error) {
	if err := vault.CheckRecordName(name); err != nil {
		return false, err
	}
	return putKV(ctx, l.Session, l.KV, "issued/"+name, map[string]any{"record": string(data)}, version)
}

var _ vault.Ledger = Ledger{}
