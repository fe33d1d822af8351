package acme

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"

	"countersign/vault"
)

// entry is the record of one issuance.
type entry struct {
	Asked string `json:"asked"`
	Order string `json:"order,omitempty"` // address of the order at the authority
	Chain string `json:"chain,omitempty"` // PEM, leaf first, once there is one
}

// recordOf names the record of the issuance under key.
func recordOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "acme-" + hex.EncodeToString(sum[:])
}

// alone lets one call at a time work on a record.
func (i *Issuer) alone(name string) (done func()) {
	i.mu.Lock()
	m := i.busy[name]
	if m == nil {
		m = &sync.Mutex{}
		i.busy[name] = m
	}
	i.mu.Unlock()
	m.Lock()
	return func() {
		m.Unlock()
		i.mu.Lock()
		if m.TryLock() { // nobody waits: forget it
			delete(i.busy, name)
			m.Unlock()
		}
		i.mu.Unlock()
	}
}

func (i *Issuer) read(ctx context.Context, name string) (e entry, version int, err error) {
	raw, version, err := i.options.Ledger().Get(ctx, name)
	if err != nil || version == 0 {
		return entry{}, 0, err
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return entry{}, 0, fmt.Errorf("record of an issuance: %w", err)
	}
	return e, version, nil
}

func (i *Issuer) put(ctx context.Context, name string, e entry, version int) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	ok, err := i.options.Ledger().Put(ctx, name, raw, version)
	if err == nil && !ok {
		return vault.Wait(nil, "vault.issue.waits")
	}
	return err
}
