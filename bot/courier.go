package bot

import (
	"context"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Deliver carries a key hand-over to one person's direct message. It is called by the
// worker, not from the outbox, because the secret is never stored. What it leaves in
// the message's metadata opens nothing.
func (b *Bot) Deliver(ctx context.Context, r workflows.Request, to workflows.Person, key string, h workflows.Handover) error {
	if to != r.Requester {
		return &workflows.Error{Code: workflows.Forbidden, Text: workflows.Text{Key: "workflows.refuse.key_not_yours"}}
	}
	place, err := b.dmPlace(ctx, to)
	if err != nil {
		return err
	}
	s := b.speaker(to)
	how := s.raw("bot.key.command", "Command", code(h.Command))
	if strings.HasPrefix(h.Command, "http://") || strings.HasPrefix(h.Command, "https://") {
		how = s.raw("bot.key.link", "Link", "<"+escaper.Replace(h.Command)+">")
	}
	text := s.raw("bot.key.ready", "Request", code(string(r.ID)), "Until", s.when(h.Expires), "How", "\n"+how+"\n") + embedded(s, r)
	_, _, err = b.api.PostMessageContext(ctx, place.Channel, slack.MsgOptionText(s.say("bot.key.title", "Request", string(r.ID)), false),
		slack.MsgOptionBlocks(section(text)), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "countersign_effect",
			EventPayload: map[string]any{"key": key, "accessor": h.Accessor, "expires": h.Expires.UTC().Format(time.RFC3339)}}))
	return describe("chat.postMessage", err)
}

// Delivered finds a hand-over that was delivered before a crash.
func (b *Bot) Delivered(ctx context.Context, to workflows.Person, key string) (workflows.Handover, bool, error) {
	place, err := b.dmPlace(ctx, to)
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
	return workflows.Handover{Accessor: accessor, Expires: expires}, err == nil && accessor != "", nil
}
