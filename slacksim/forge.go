package slacksim

import (
	"context"
	"encoding/json"
)

// Forge delivers a payload as it is, signed or enveloped like any other, and answers the
// app's acknowledgement: what an app makes of values that no card of its own holds. kind is
// interactive, slash_commands or events_api.
func (s *Sim) Forge(ctx context.Context, kind string, payload map[string]any) (json.RawMessage, error) {
	if kind != "events_api" {
		return s.interact(ctx, kind, "forged", payload, true)
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.opt.AckWithin)
	defer cancel()
	return s.dispatch(envelope{ID: envelopeID(), Type: kind, Payload: raw, name: "forged"}, doorEvents).wait(ctx)
}
