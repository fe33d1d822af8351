package bot

import (
	"context"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// keyAction is a click about a private key.
func (b *Bot) keyAction(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, action string, id workflows.RequestID, rest string) (any, bool) {
	if action == actKeyAgain {
		b.openTextModal(cb, by, textModal(b.speaker(by), viewKeyAgain, "bot.again", routing{Request: string(id)}))
		return nil, true
	}
	i, err := strconv.Atoi(rest)
	if err != nil {
		return b.undecoded("key", nil)
	}
	switch action {
	case actKeyAllow, actKeyRefuse:
		_, err = b.service.KeyRelease.AllowKey(ctx, keyrelease.Allowed{Receipt: receiptOf(cb), By: by, Request: id, Ask: i, Allow: action == actKeyAllow})
		b.refreshStale(id, err)
	case actKeyOpened:
		_, err = b.service.KeyRelease.ReportKey(ctx, keyrelease.Reported{Receipt: receiptOf(cb), By: by, Request: id, Index: i, Kind: workflows.ReportOpened})
	case actKeyNotMe:
		_, err = b.service.KeyRelease.ReportKey(ctx, keyrelease.Reported{Receipt: receiptOf(cb), By: by, Request: id, Index: i, Kind: workflows.ReportNotMe})
	case actKeyNoWork:
		_, err = b.service.KeyRelease.ReportKey(ctx, keyrelease.Reported{Receipt: receiptOf(cb), By: by, Request: id, Index: i, Kind: workflows.ReportNoWork})
	default:
		return b.undecoded("key", nil)
	}
	return nil, b.recorded(cb, by, err)
}

// tellKey tells the requester what became of a hand-over, outside of any thread: it
// may need them.
func (b *Bot) tellKey(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	r, _, err := b.requestAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	place, err := b.dmPlace(ctx, r.Requester)
	if err != nil {
		return err
	}
	m := keyNews(b.speaker(r.Requester), r, body.Index, body.Event)
	if len(m.Blocks) == 0 {
		return nil
	}
	_, err = b.post(ctx, place, e.Key, e.Attempts, m)
	return err
}

// tellAlarm raises the alarm over a key with the approvers or with the operators.
func (b *Bot) tellAlarm(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	r, _, err := b.requestAndCards(ctx, body.Request)
	if err != nil || body.Index >= len(r.Releases) {
		return err
	}
	channel, approvers := b.cfg.Operators, body.Event == "approvers"
	if approvers {
		channel = b.service.ChannelOf(r)
	}
	if channel == "" {
		b.log.Error("key alarm", "kind", body.Kind, "request_id", r.ID)
		return nil
	}
	m := alarmView(b.channelSpeaker(), r, body.Index, body.Kind, approvers)
	_, err = b.post(ctx, workflows.Place{Channel: channel}, e.Key, e.Attempts, m)
	return err
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
