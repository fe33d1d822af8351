package workbench

import (
	"context"
	"testing"

	"countersign/workflows"
)

// Says has somebody write to the bot in a direct message of their own.
func (b *Bench) Says(t *testing.T, who workflows.Person, channel, text string) {
	t.Helper()
	Must(t, b.Inbox.Receive(context.Background(), Directly(who, channel, text)))
}

func Directly(who workflows.Person, channel, text string) workflows.Message {
	return workflows.Message{Receipt: workflows.Receipt(channel + text), By: who, Place: workflows.Place{Channel: channel}, Lang: "en", Text: text, Direct: true,
		Label: func(_, option string) string { return option }}
}

// OpenAt reads the conversation of who that is open at a place.
func (b *Bench) OpenAt(t *testing.T, who workflows.Person, channel string) (c workflows.Conversation, open bool) {
	t.Helper()
	err := b.DB.View(context.Background(), func(rd workflows.Reader) (err error) {
		c, err = rd.ConversationAt(context.Background(), who, workflows.Place{Channel: channel})
		return err
	})
	if workflows.CodeOf(err) == workflows.NotFound {
		return c, false
	}
	Must(t, err)
	return c, true
}
