package slacksim

import (
	"context"
	"encoding/json"
	"time"
)

// courier brings the app what it is to receive, over HTTP or a socket, and
// waits for its acknowledgement. It never holds mu.
type courier struct {
	life       *lifetime
	ackWithin  time.Duration
	faults     *faultBox
	transcript *Transcript
	sockets    *socketPool
	door       *httpDoor
}

// dispatch sends an envelope and answers the expectation of its
// acknowledgement.
func (c *courier) dispatch(env envelope, kind doorKind) *waiting {
	w := newWaiting(env.name)
	c.transmit(env, kind, w)
	return w
}

// transmit sends an envelope through the HTTP door if that is configured, else
// to one random connection. w may be nil.
func (c *courier) transmit(env envelope, kind doorKind, w *waiting) {
	if target := c.door.url(kind); target != "" {
		c.life.spawn(func() { c.door.knock(env, kind, target, w) })
		return
	}
	c.sockets.transmit(env, w)
}

// duplicate sends an envelope again where the fault says so, under its own id
// or a fresh one. Nobody waits for the acknowledgement of a copy.
func (c *courier) duplicate(env envelope, name string, door doorKind) {
	f := c.faults.take(FaultDuplicate, name)
	if f == nil {
		return
	}
	for range max(1, f.Copies) {
		if !f.SameID {
			env.ID = envelopeID()
		}
		c.transcript.add(Entry{Direction: ToApp, Kind: "duplicate", Name: name, Payload: env.Payload})
		c.transmit(env, door, nil)
	}
}

// interact delivers an interaction or command and answers the payload of its
// acknowledgement. It does not hold mu. There is no retry: Slack shows the
// person an error.
func (c *courier) interact(ctx context.Context, kind, name string, payload object, accepts bool) (json.RawMessage, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	env := envelope{ID: envelopeID(), Type: kind, Payload: raw, AcceptsResponse: accepts, name: name}
	door := doorInteractivity
	switch {
	case kind == "slash_commands":
		door = doorCommands
	case payload["type"] == "block_suggestion":
		door = doorOptions
	}
	sent := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.ackWithin)
	defer cancel()
	w := c.dispatch(env, door)
	c.duplicate(env, name, door)
	answer, err := w.wait(ctx)
	entryKind := "interaction"
	if kind == "slash_commands" {
		entryKind = "command"
	}
	c.transcript.add(Entry{Time: sent, Direction: ToApp, Kind: entryKind, Name: name, Payload: raw, Response: answer, Error: text(err), Millis: millis(sent)})
	return answer, err
}

// Forge delivers a payload as it is, signed or enveloped like any other, and answers the
// app's acknowledgement: what an app makes of values that no card of its own holds. kind is
// interactive, slash_commands or events_api.
func (c *courier) Forge(ctx context.Context, kind string, payload map[string]any) (json.RawMessage, error) {
	if kind != "events_api" {
		return c.interact(ctx, kind, "forged", payload, true)
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.ackWithin)
	defer cancel()
	return c.dispatch(envelope{ID: envelopeID(), Type: kind, Payload: raw, name: "forged"}, doorEvents).wait(ctx)
}
