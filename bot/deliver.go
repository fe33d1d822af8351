package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// deliveryLease is longer than any delivery, files included.
const deliveryLease = 2 * time.Minute

// RunDelivery does the effects of the Notify lane until ctx ends. Several may run.
func (b *Bot) RunDelivery(ctx context.Context) {
	for ctx.Err() == nil {
		busy, err := b.deliverOne(ctx)
		if err != nil && ctx.Err() == nil {
			b.log.Error("delivery", "err", err)
		}
		if !busy {
			b.outbox.Wait(ctx, workflows.Notify, 30*time.Second)
		}
	}
}

// deliverOne does one effect, if one is due, and says what became of it to the outbox.
func (b *Bot) deliverOne(ctx context.Context) (bool, error) {
	e, ok, err := b.outbox.Claim(ctx, workflows.Notify, deliveryLease)
	if err != nil || !ok {
		return false, err
	}
	within, done := context.WithTimeout(ctx, deliveryLease/2)
	defer done()
	err = b.deliver(within, e)
	if err == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return true, b.outbox.Retry(context.WithoutCancel(ctx), e, b.now(), "stopped")
	}
	after, passing := again(err, e.Attempts)
	b.log.Warn("not delivered", "kind", e.Kind, "subject", e.Subject, "attempt", e.Attempts, "again", passing, "err", err)
	if passing {
		return true, b.outbox.Retry(ctx, e, b.now().Add(after), codeOf(err))
	}
	body, _ := workflows.ReadBody(e)
	return true, b.outbox.Bury(ctx, e, codeOf(err), b.service.Undelivered(e, body, err.Error()))
}

// again says whether a failure passes by itself, and after how long.
func again(err error, attempts int) (time.Duration, bool) {
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var netErr net.Error
	backoff := min(time.Second<<min(attempts, 8), 5*time.Minute)
	backoff -= time.Duration(rand.Int64N(int64(backoff)/5 + 1))
	switch {
	case errors.As(err, &limited):
		return limited.RetryAfter + time.Duration(rand.Int64N(int64(time.Second))), true
	case errors.As(err, &status):
		return backoff, status.Code >= 500
	case codeOf(err) != "":
		switch codeOf(err) {
		case "internal_error", "fatal_error", "request_timeout", "service_unavailable", "ratelimited", "team_added_to_org":
			return backoff, attempts < 20
		}
		_, operator := lasting[codeOf(err)]
		return backoff, operator // an operator will mend it; until then it waits
	case errors.As(err, &netErr), errors.Is(err, context.DeadlineExceeded):
		return backoff, true
	case workflows.CodeOf(err) == workflows.NotFound || workflows.CodeOf(err) == workflows.Forbidden:
		return 0, false
	}
	return backoff, attempts < 8
}

func (b *Bot) deliver(ctx context.Context, e workflows.Effect) error {
	body, err := workflows.ReadBody(e)
	if err != nil {
		return err
	}
	switch e.Kind {
	case workflows.KindCards:
		err = b.drawRequest(ctx, e, body)
	case workflows.KindTell:
		err = b.tell(ctx, e, body)
	case workflows.KindKey:
		err = b.tellKey(ctx, e, body)
	case workflows.KindAlarm:
		err = b.tellAlarm(ctx, e, body)
	case workflows.KindAsk, workflows.KindAnswer:
		err = b.carryQuestion(ctx, e, body)
	case workflows.KindPrompt:
		err = b.drawConversation(ctx, e, body)
	case workflows.KindReply:
		err = b.reply(ctx, e, body)
	case workflows.KindPlan:
		err = b.postPlan(ctx, e, body)
	case workflows.KindCase:
		err = b.drawCase(ctx, e, body)
	case workflows.KindCasePost:
		err = b.postCase(ctx, e, body)
	case workflows.KindTeach:
		err = b.drawTaught(ctx, e, body)
	case workflows.KindTaught:
		err = b.tellTeacher(ctx, e, body)
	case workflows.KindFiles:
		return b.readFiles(ctx, e, body)
	case workflows.KindDead, workflows.KindWaits:
		err = b.tellOperators(ctx, e, body)
	default:
		return &workflows.Error{Code: workflows.NotFound, Text: workflows.Text{Key: "bot.unknown_effect"}}
	}
	if err != nil {
		return err
	}
	return b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Done: []int64{e.ID}}, nil
	})
}

// post sends a message once for key: after a crash between post and record, the key
// in the metadata finds the first copy. place.Thread may be empty.
func (b *Bot) post(ctx context.Context, place workflows.Place, key string, attempts int, m message) (string, error) {
	if attempts > 1 {
		if ts, err := b.find(ctx, place, key); err != nil || ts != "" {
			return ts, err
		}
	}
	opts := []slack.MsgOption{
		slack.MsgOptionText(clip(m.Text, maxMessageText), false), slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "countersign_effect", EventPayload: map[string]any{"key": key}}),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if place.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(place.Thread))
	}
	_, ts, err := b.api.PostMessageContext(ctx, place.Channel, opts...)
	if codeOf(err) == "invalid_blocks" || codeOf(err) == "msg_blocks_too_long" {
		// Never silent: the words at least, and the pointer for us.
		b.log.Error("blocks refused", "key", key, "err", describe("chat.postMessage", err))
		opts[1] = slack.MsgOptionBlocks(section(m.Text))
		_, ts, err = b.api.PostMessageContext(ctx, place.Channel, opts...)
	}
	return ts, describe("chat.postMessage", err)
}

// find looks for the message that carries key among the latest at place.
func (b *Bot) find(ctx context.Context, place workflows.Place, key string) (string, error) {
	m, err := b.lookup(ctx, place, key)
	return m.Timestamp, err
}

// lookup is find for the whole message, zero when there is none.
func (b *Bot) lookup(ctx context.Context, place workflows.Place, key string) (slack.Message, error) {
	var found []slack.Message
	if place.Thread != "" {
		msgs, _, _, err := b.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: place.Channel, Timestamp: place.Thread, Limit: 200, IncludeAllMetadata: true})
		if err != nil {
			return slack.Message{}, describe("conversations.replies", err)
		}
		found = msgs
	} else {
		h, err := b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: place.Channel, Limit: 100, IncludeAllMetadata: true})
		if err != nil {
			return slack.Message{}, describe("conversations.history", err)
		}
		found = h.Messages
	}
	for i := range found {
		if found[i].Metadata.EventPayload["key"] == key {
			return found[i], nil
		}
	}
	return slack.Message{}, nil
}

// draw posts a card or brings it up to date, and remembers where it is. A card that
// shows the present state already is left alone.
func (b *Bot) draw(ctx context.Context, card workflows.Card, key string, m message) error {
	drawn := drawnHash(m)
	if card.TS != "" && card.Drawn == drawn {
		return nil
	}
	place := workflows.Place{Channel: card.Channel, Thread: card.Thread}
	if card.TS == "" {
		first := card.Subject + "/" + card.Kind // one card for ever, whatever redraw posts it first
		ts, err := b.post(ctx, place, first, 2, m)
		if err != nil {
			return err
		}
		card.TS = ts
	} else {
		err := b.update(ctx, card, m)
		switch codeOf(err) {
		case "":
			if err != nil {
				return err
			}
		case "message_not_found", "cant_update_message", "edit_window_closed", "is_inactive":
			card.TS = "" // somebody deleted it: make a new one, once
			ts, err := b.post(ctx, place, key, 1, m)
			if err != nil {
				return err
			}
			card.TS = ts
		default:
			return err
		}
	}
	card.Drawn, card.Updated = drawn, b.now()
	return b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{card}}, nil
	})
}

// update redraws the message of a card, with the key that finds it again.
func (b *Bot) update(ctx context.Context, card workflows.Card, m message) error {
	_, _, _, err := b.api.UpdateMessageContext(ctx, card.Channel, card.TS,
		slack.MsgOptionText(clip(m.Text, maxMessageText), false), slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "countersign_effect", EventPayload: map[string]any{"key": card.Subject + "/" + card.Kind}}))
	return describe("chat.update", err)
}

func drawnHash(m message) string {
	raw, err := json.Marshal(m.Blocks)
	if err != nil {
		return fmt.Sprint(time.Now().UnixNano()) // unequal to all: draw it
	}
	sum := sha256.Sum256(append(raw, m.Text...))
	return hex.EncodeToString(sum[:12])
}
