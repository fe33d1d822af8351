package hashicorp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"countersign/vault"
)

// entry is the record of one issuance in KV: version 1 says what is asked for, the
// last version has the answer.
type entry struct {
	path    string
	asked   string
	chain   string // PEM, leaf first; empty until signed
	at      time.Time
	free    bool // the last attempt certainly made nothing
	version int
}

func (e entry) data() map[string]any {
	return map[string]any{"asked": e.asked, "chain": e.chain, "at": e.at.UTC().Format(time.RFC3339Nano), "free": e.free}
}

// recordOf is where the issuance under key is recorded.
func recordOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "issued/" + hex.EncodeToString(sum[:])
}

// begin makes the record, or reads the one there is. mine says that this call is the
// one to sign.
func (p *PKI) begin(ctx context.Context, e *entry) (mine bool, err error) {
	e.at = time.Now()
	created, err := createKV(ctx, p.Signer, p.KV, e.path, e.data())
	if err != nil {
		return false, err
	}
	if created {
		e.version = 1
		return true, nil
	}
	r, ok, err := readKV(ctx, p.Signer, p.KV, e.path)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, errors.New("the record of an issuance was deleted from " + e.path)
	}
	if r.text("asked") != e.asked {
		return false, vault.Refuse(nil, "vault.issue.other")
	}
	e.chain, e.version = r.text("chain"), r.version
	e.free, _ = r.data["free"].(bool)
	if e.at, err = time.Parse(time.RFC3339Nano, r.text("at")); err != nil {
		return false, fmt.Errorf("record of an issuance: %w", err)
	}
	return false, nil
}

// finish records the answer. When somebody else has recorded one, that counts.
func (p *PKI) finish(ctx context.Context, e *entry, chain string) error {
	done := *e
	done.chain = chain
	stored, err := putKV(ctx, p.Signer, p.KV, e.path, done.data(), e.version)
	if err != nil {
		return err
	}
	if stored {
		*e = done
		return nil
	}
	r, ok, err := readKV(ctx, p.Signer, p.KV, e.path)
	if err != nil {
		return err
	}
	if e.chain = r.text("chain"); !ok || e.chain == "" {
		return vault.Wait(nil, "vault.issue.waits")
	}
	return nil
}

// abandon notes that an attempt certainly signed nothing, so that the next need not
// wait. When that fails too, the next one waits.
func (p *PKI) abandon(ctx context.Context, e entry) {
	e.free = true
	if _, err := putKV(ctx, p.Signer, p.KV, e.path, e.data(), e.version); err != nil {
		p.Signer.log.Warn("issuance not marked as free", "err", err)
	}
}
