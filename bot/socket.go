package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// RunSocket listens by Socket Mode until ctx ends or Slack refuses us for good. It
// keeps several connections: a payload goes to one of them, and Slack closes each now
// and then.
func (b *Bot) RunSocket(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	for n := range b.cfg.Connections {
		all.Go(func() { stop(b.connection(ctx, n)) })
	}
	all.Wait()
	if err := context.Cause(ctx); err != context.Canceled {
		return err
	}
	return nil
}

// connection keeps one connection up. The library returns only for a few errors and
// tries for ever on others, so its events are watched for those that only an
// operator can mend.
func (b *Bot) connection(ctx context.Context, n int) error {
	c := socketmode.New(b.api)
	done := make(chan error, 1)
	go func() { done <- c.RunContext(ctx) }()
	for {
		select {
		case err := <-done:
			b.health.connected(n, false)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return b.refusedBySlack(err)
		case e := <-c.Events:
			switch e.Type {
			case socketmode.EventTypeConnected:
				b.health.connected(n, true)
			case socketmode.EventTypeDisconnect, socketmode.EventTypeConnecting:
				b.health.connected(n, false)
			case socketmode.EventTypeConnectionError, socketmode.EventTypeInvalidAuth:
				b.health.connected(n, false)
				if failed, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
					b.noteRefusal(failed.ErrorObj)
				}
			case socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand, socketmode.EventTypeEventsAPI:
				if e.Request != nil {
					b.envelope(ctx, c, *e.Request)
				}
			case socketmode.EventTypeErrorBadMessage:
				// The library decodes everything, and gives up on what it does not know: what we read
				// of it may be all there. Unacknowledged it would come again, or a click would fail.
				var req socketmode.Request
				if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok && json.Unmarshal(bad.Message, &req) == nil && req.EnvelopeID != "" {
					b.envelope(ctx, c, req)
				}
			default:
			}
		}
	}
}

// envelope handles one envelope in order of arrival and acknowledges it after the
// commit. What could not be committed is not acknowledged: Slack then delivers an
// event again, and shows a person that a click did not take.
func (b *Bot) envelope(ctx context.Context, c *socketmode.Client, req socketmode.Request) {
	payload, ok := b.handle(ctx, req.Type, req.Payload)
	if !ok {
		return
	}
	var err error
	if payload != nil {
		err = c.Ack(req, payload)
	} else {
		err = c.Ack(req)
	}
	if err != nil {
		b.log.Warn("acknowledge", "envelope", req.EnvelopeID, "err", err)
	}
}

// handleWithin leaves room for the acknowledgement in Slack's three seconds.
var handleWithin = 2 * time.Second

// handle decodes by kind and dispatches. It never panics outward.
func (b *Bot) handle(ctx context.Context, kind string, raw json.RawMessage) (ack any, ok bool) {
	ctx, done := context.WithTimeout(ctx, handleWithin)
	defer done()
	defer func() {
		if p := recover(); p != nil {
			b.log.Error("panic in handler", "kind", kind, "panic", fmt.Sprint(p))
			ack, ok = nil, false
		}
	}()
	switch kind {
	case socketmode.RequestTypeInteractive:
		cb, err := readInteraction(raw)
		if err != nil {
			return b.undecoded(kind, err)
		}
		return b.interaction(ctx, cb, raw)
	case socketmode.RequestTypeSlashCommands:
		var cmd slack.SlashCommand
		if err := json.Unmarshal(raw, &cmd); err != nil {
			return b.undecoded(kind, err)
		}
		return b.command(ctx, cmd)
	case socketmode.RequestTypeEventsAPI:
		var ev envelopeEvent
		if err := json.Unmarshal(raw, &ev); err != nil {
			return b.undecoded(kind, err)
		}
		return nil, b.event(ctx, ev)
	}
	return b.undecoded(kind, nil)
}

func (b *Bot) noteRefusal(err error) {
	if err == nil {
		return
	}
	if advice, ok := lasting[codeOf(err)]; ok {
		b.health.refused(codeOf(err) + ": " + advice)
	}
}

func (b *Bot) refusedBySlack(err error) error {
	if err == nil {
		return fmt.Errorf("bot: the connection ended without a reason")
	}
	b.noteRefusal(err)
	return fmt.Errorf("bot: socket mode: %w", describe("apps.connections.open", err))
}
