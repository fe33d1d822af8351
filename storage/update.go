package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"countersign/workflows"
)

// Update is workflows.Store's. When it returns nil the change is on the disk.
// ctx bounds the wait for the turn to write; once the transaction runs, it runs to its
// end, because a statement that is interrupted takes the whole transaction with it.
func (d *DB) Update(ctx context.Context, receipt workflows.Receipt, step func(workflows.Reader) (workflows.Change, error)) error {
	return d.write(ctx, durable, func(ctx context.Context, w *writer) error {
		if err := w.receipt(ctx, receipt); err != nil {
			return err
		}
		change, err := step(w.reader())
		if err != nil {
			return stepError{err}
		}
		return w.change(ctx, change)
	})
}

// maxReceipt is the longest receipt that is kept as it is, in bytes; of others, the hash.
const maxReceipt = 200

func (w *writer) receipt(ctx context.Context, r workflows.Receipt) error {
	if r == "" {
		return nil
	}
	key := string(r)
	if len(key) > maxReceipt {
		sum := sha256.Sum256([]byte(key))
		key = "sha256:" + hex.EncodeToString(sum[:])
	}
	n, err := w.exec(ctx, `INSERT INTO receipts (key, at_ms) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`, key, w.now.UnixMilli())
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	if n == 0 {
		return workflows.ErrSeen
	}
	return nil
}

// change writes everything of c. Effects that c completes come before those it
// queues, so that a successor is not queued behind its finished predecessor.
func (w *writer) change(ctx context.Context, c workflows.Change) error {
	for _, r := range c.Requests {
		if err := w.request(ctx, r); err != nil {
			return fmt.Errorf("request %s: %w", r.ID, err)
		}
	}
	record := rowsOf(c.Audit)
	for _, x := range c.Decisions {
		d, err := w.decision(ctx, x)
		if err != nil {
			return fmt.Errorf("decision on %s: %w", x.Request, err)
		}
		record = withDecision(record, d)
	}
	for _, v := range c.Conversations {
		if err := w.conversation(ctx, v); err != nil {
			return fmt.Errorf("conversation %s: %w", v.ID, err)
		}
	}
	for _, m := range c.Deployments {
		if err := w.deployment(ctx, m); err != nil {
			return fmt.Errorf("deployment: %w", err)
		}
	}
	for _, k := range c.Cards {
		if err := w.card(ctx, k); err != nil {
			return fmt.Errorf("card of %s: %w", k.Subject, err)
		}
	}
	for _, k := range c.Cases {
		if err := w.caseRow(ctx, k); err != nil {
			return fmt.Errorf("case %s: %w", k.ID, err)
		}
	}
	for _, t := range c.Taught {
		if err := w.taught(ctx, t); err != nil {
			return fmt.Errorf("taught %s: %w", t.ID, err)
		}
	}
	for _, p := range c.People {
		if err := w.person(ctx, p); err != nil {
			return fmt.Errorf("person: %w", err)
		}
	}
	for key, value := range c.Settings {
		if err := w.setting(ctx, key, value); err != nil {
			return fmt.Errorf("setting %s: %w", key, err)
		}
	}
	if err := w.audit(ctx, w.withLinks(record)); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for _, id := range c.Done {
		if err := w.done(ctx, id); err != nil {
			return fmt.Errorf("effect %d: %w", id, err)
		}
	}
	for _, e := range c.Effects {
		if err := w.effect(ctx, e); err != nil {
			return fmt.Errorf("effect %s: %w", e.Key, err)
		}
	}
	return nil
}
