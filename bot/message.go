package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// messages posts, finds and redraws messages of the bot's own, each under a name.
type messages struct {
	*workspace
	channels *closedChannels
}

// messageKey names a message in its metadata: what it is, said by this database. An older
// copy, or a new one in the same workspace, uses numbers and versions again; its messages
// are not ours.
func (b *messages) messageKey(ctx context.Context, name string) (string, error) {
	key, err := workflows.Read(ctx, b.store, func(rd workflows.Reader) (string, error) {
		return rd.Setting(ctx, workflows.StoreIdentity)
	})
	return key + "/" + name, err
}

func cardName(c workflows.Card) string { return c.Subject + "/" + c.Kind }

// metadata carries the name of a message, and what else helps to find out about it.
func (b *messages) metadata(ctx context.Context, name string, more map[string]any) (slack.MsgOption, error) {
	key, err := b.messageKey(ctx, name)
	payload := map[string]any{"key": key}
	for k, v := range more {
		payload[k] = v
	}
	return slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "countersign_effect", EventPayload: payload}), err
}

// post sends a message once for its name: after a crash between post and record, the key
// in the metadata finds the first copy. place.Thread may be empty. Messages to one
// channel go in the order of their deliveries.
func (b *messages) post(ctx context.Context, place workflows.Place, name string, attempts int, m message, more ...slack.MsgOption) (string, error) {
	if attempts > 1 {
		if ts, err := b.find(ctx, place, name); err != nil || ts != "" {
			return ts, err
		}
	}
	if _, err := turn(ctx); err != nil {
		return "", err
	}
	metadata, err := b.metadata(ctx, name, nil)
	if err != nil {
		return "", err
	}
	blocks := b.taken(m.Blocks)
	opts := []slack.MsgOption{
		slack.MsgOptionText(b.notification(m), false), slack.MsgOptionBlocks(blocks...), metadata,
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if place.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(place.Thread))
	}
	opts = append(opts, more...)
	_, ts, err := b.api.PostMessageContext(ctx, place.Channel, opts...)
	if b.refusedBlocks("chat.postMessage", err, blocks) {
		opts[1] = slack.MsgOptionBlocks(plainer(blocks, anyKind)...)
		_, ts, err = b.api.PostMessageContext(ctx, place.Channel, opts...)
	}
	if codeOf(err) == "invalid_blocks" || codeOf(err) == "msg_blocks_too_long" {
		// Never silent: the words at least, and the pointer for us.
		b.log.Error("blocks refused", "key", name, "err", describe("chat.postMessage", err))
		opts[1] = slack.MsgOptionBlocks(section(m.Text))
		_, ts, err = b.api.PostMessageContext(ctx, place.Channel, opts...)
	}
	if err == nil {
		b.channels.took(ctx, place)
	}
	return ts, inChannel(place.Channel, describe("chat.postMessage", err))
}

// tell posts what an effect says.
func (b *messages) tell(ctx context.Context, place workflows.Place, e workflows.Effect, m message) error {
	_, err := b.post(ctx, place, e.Key, e.Attempts, m)
	return err
}

// find looks for the message of a name among the latest at place.
func (b *messages) find(ctx context.Context, place workflows.Place, name string) (string, error) {
	m, err := b.lookup(ctx, place, name)
	return m.Timestamp, err
}

// lookup is find for the whole message, zero when there is none. It goes back lookBack
// messages: what it looks for was begun a moment before a crash.
func (b *messages) lookup(ctx context.Context, place workflows.Place, name string) (slack.Message, error) {
	key, err := b.messageKey(ctx, name)
	if err != nil {
		return slack.Message{}, err
	}
	cursor := ""
	for range lookBack / lookPage {
		var found []slack.Message
		if place.Thread != "" {
			found, _, cursor, err = b.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: place.Channel, Timestamp: place.Thread, Limit: lookPage, Cursor: cursor, IncludeAllMetadata: true})
			if err != nil {
				return slack.Message{}, inChannel(place.Channel, describe("conversations.replies", err))
			}
		} else {
			h, err := b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
				ChannelID: place.Channel, Limit: lookPage, Cursor: cursor, IncludeAllMetadata: true})
			if err != nil {
				return slack.Message{}, inChannel(place.Channel, describe("conversations.history", err))
			}
			found, cursor = h.Messages, h.ResponseMetaData.NextCursor
		}
		for i := range found {
			if found[i].Metadata.EventPayload["key"] == key {
				return found[i], nil
			}
		}
		if cursor == "" {
			break
		}
	}
	return slack.Message{}, nil
}

// How far lookup goes back, in messages. Slack recommends pages of at most 200.
const (
	lookPage = 200
	lookBack = 1000
)

// begun is Drawn of a card whose first message may be there without our knowing its name.
const begun = "begun"

// draw posts a card or brings it up to date, and remembers where it is. A card that
// shows the present state already is left alone.
func (b *messages) draw(ctx context.Context, card workflows.Card, key string, m message) error {
	return b.drawNow(ctx, card, key, func(context.Context) (message, error) { return m, nil })
}

// drawNow is draw for what may change while Slack keeps us waiting: face is asked again
// then, and however many versions went by, the newest one is drawn.
func (b *messages) drawNow(ctx context.Context, card workflows.Card, key string, face func(context.Context) (message, error)) error {
	m, err := face(ctx)
	if err != nil || card.TS != "" && card.Drawn == drawnHash(m) {
		return err
	}
	place := workflows.Place{Channel: card.Channel, Thread: card.Thread}
	if card.TS == "" && (card.Drawn == begun || triesIn(ctx) > 1) {
		if card.TS, err = b.find(ctx, place, cardName(card)); err != nil {
			return err
		}
	}
	method, queued := "chat.update", false
	if card.TS == "" {
		method, card.Drawn = "chat.postMessage", begun
		if err = b.remember(ctx, card); err != nil { // from here on there may be a message: one card for ever
			return err
		}
		if queued, err = turn(ctx); err != nil {
			return err
		}
	}
	for limited := queued; ; limited = true {
		once, done, waited, held := b.pace.reserve(ctx, method, card.Channel)
		if held != nil {
			return describe(method, held)
		}
		if waited || limited {
			if m, err = face(ctx); err != nil {
				done()
				return err
			}
		}
		if card.TS == "" {
			card.TS, err = b.post(once, place, cardName(card), 1, m)
		} else {
			err = b.update(once, card, m)
		}
		done()
		if !errors.As(err, new(*slack.RateLimitedError)) {
			break
		}
	}
	switch codeOf(err) {
	case "message_not_found", "cant_update_message", "edit_window_closed":
		// Somebody deleted it: make a new one, once.
		card.TS, err = b.post(ctx, place, key, triesIn(ctx), m)
	}
	if card.TS == "" && errors.As(err, new(*closedError)) { // there is no message, and none was there
		card.Drawn = ""
		return errors.Join(err, b.remember(ctx, card))
	}
	if err != nil {
		return err
	}
	card.Drawn = drawnHash(m)
	return b.remember(ctx, card)
}

// remember records where a card is and what it shows.
func (b *messages) remember(ctx context.Context, card workflows.Card) error {
	card.Updated = b.now()
	return workflows.Commit(ctx, b.store, workflows.Change{Cards: []workflows.Card{card}})
}

// update redraws the message of a card, with the key that finds it again.
func (b *messages) update(ctx context.Context, card workflows.Card, m message) error {
	metadata, err := b.metadata(ctx, cardName(card), nil)
	if err != nil {
		return err
	}
	blocks := b.taken(m.Blocks)
	opts := []slack.MsgOption{slack.MsgOptionText(b.notification(m), false), slack.MsgOptionBlocks(blocks...), metadata}
	_, _, _, err = b.api.UpdateMessageContext(ctx, card.Channel, card.TS, opts...)
	if b.refusedBlocks("chat.update", err, blocks) {
		opts[1] = slack.MsgOptionBlocks(plainer(blocks, anyKind)...)
		_, _, _, err = b.api.UpdateMessageContext(ctx, card.Channel, card.TS, opts...)
	}
	return inChannel(card.Channel, describe("chat.update", err))
}

func drawnHash(m message) string {
	raw, err := json.Marshal(m.Blocks)
	if err != nil {
		return fmt.Sprint(time.Now().UnixNano()) // unequal to all: draw it
	}
	return workflows.Fingerprint(append(raw, m.Text...))[:24]
}
