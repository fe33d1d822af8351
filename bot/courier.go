package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// courier carries keys to the direct messages of their requesters (keyrelease.Courier).
type courier struct{ *messages }

// Deliver carries key hand-overs to the requester's direct message, in one message. It is called
// by the worker, not from the outbox, because the secrets are never stored. What it leaves
// in the message's metadata opens nothing.
func (b *courier) Deliver(ctx context.Context, key string, lot []keyrelease.Parcel) error {
	place, err := b.dmPlace(ctx, lot[0].Request.Requester)
	if err != nil {
		return err
	}
	var accessors []string
	until := lot[0].Handover.Expires
	for _, p := range lot {
		accessors = append(accessors, p.Handover.Accessor)
		if p.Handover.Expires.Before(until) {
			until = p.Handover.Expires
		}
	}
	metadata, err := b.metadata(ctx, key, map[string]any{"accessor": strings.Join(accessors, " "), "expires": until.UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	m := keyMessage(b.speaker(lot[0].Request.Requester), lot)
	_, ts, err := b.api.PostMessageContext(ctx, place.Channel, slack.MsgOptionText(b.notification(m), false),
		slack.MsgOptionBlocks(m.Blocks...), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), metadata)
	if err != nil {
		return describe("chat.postMessage", err)
	}
	return b.rememberHandover(ctx, lot, place.Channel, ts)
}

// Delivered finds hand-overs that were delivered before a crash.
func (b *courier) Delivered(ctx context.Context, key string, lot []keyrelease.Parcel) ([]keyrelease.Parcel, bool, error) {
	place, err := b.dmPlace(ctx, lot[0].Request.Requester)
	if err != nil {
		return nil, false, err
	}
	m, err := b.lookup(ctx, place, key)
	if err != nil || m.Timestamp == "" {
		return nil, false, err
	}
	written, _ := m.Metadata.EventPayload["accessor"].(string)
	until, _ := m.Metadata.EventPayload["expires"].(string)
	expires, err := time.Parse(time.RFC3339, until)
	accessors := strings.Fields(written)
	if err != nil || len(accessors) != len(lot) {
		return nil, false, err
	}
	made := slices.Clone(lot)
	for i := range made {
		made[i].Handover = workflows.Handover{Accessor: accessors[i], Expires: expires}
	}
	return made, true, b.rememberHandover(ctx, made, place.Channel, m.Timestamp)
}

// rememberHandover makes the message a card of each, so that the tokens go from it when they
// open nothing any more, and the truth stands there instead.
func (b *courier) rememberHandover(ctx context.Context, lot []keyrelease.Parcel, channel, ts string) error {
	for _, p := range lot {
		if err := b.remember(ctx, workflows.Card{Subject: string(p.Request.ID), Kind: handoverCard(p.Index), Channel: channel, TS: ts}); err != nil {
			return err
		}
	}
	return nil
}
