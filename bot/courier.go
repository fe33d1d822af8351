package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// courier carries keys to the direct messages of their requesters (keyrelease.Courier).
type courier struct{ *messages }

// Deliver carries a key hand-over to the requester's direct message. It is called by
// the worker, not from the outbox, because the secret is never stored. What it leaves
// in the message's metadata opens nothing.
func (b *courier) Deliver(ctx context.Context, r workflows.Request, index int, key string, h workflows.Handover) error {
	place, err := b.dmPlace(ctx, r.Requester)
	if err != nil {
		return err
	}
	metadata, err := b.metadata(ctx, key, map[string]any{"accessor": h.Accessor, "expires": h.Expires.UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	m := keyMessage(b.speaker(r.Requester), r, index, h)
	_, ts, err := b.api.PostMessageContext(ctx, place.Channel, slack.MsgOptionText(m.Text, false),
		slack.MsgOptionBlocks(m.Blocks...), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), metadata)
	if err != nil {
		return describe("chat.postMessage", err)
	}
	return b.rememberHandover(ctx, r, index, place.Channel, ts)
}

// Delivered finds a hand-over that was delivered before a crash.
func (b *courier) Delivered(ctx context.Context, r workflows.Request, index int, key string) (workflows.Handover, bool, error) {
	place, err := b.dmPlace(ctx, r.Requester)
	if err != nil {
		return workflows.Handover{}, false, err
	}
	m, err := b.lookup(ctx, place, key)
	if err != nil || m.Timestamp == "" {
		return workflows.Handover{}, false, err
	}
	accessor, _ := m.Metadata.EventPayload["accessor"].(string)
	written, _ := m.Metadata.EventPayload["expires"].(string)
	expires, err := time.Parse(time.RFC3339, written)
	if err != nil || accessor == "" {
		return workflows.Handover{}, false, err
	}
	return workflows.Handover{Accessor: accessor, Expires: expires}, true, b.rememberHandover(ctx, r, index, place.Channel, m.Timestamp)
}

// rememberHandover makes the message a card, so that the token goes from it when it
// opens nothing any more, and the truth stands there instead.
func (b *courier) rememberHandover(ctx context.Context, r workflows.Request, index int, channel, ts string) error {
	card := workflows.Card{Subject: string(r.ID), Kind: handoverCard(index), Channel: channel, TS: ts}
	return b.remember(ctx, card)
}
