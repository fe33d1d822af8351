package bot

import (
	"context"

	"countersign/workflows"
)

// takeDirect finds a person's direct message and takes there what they gave to a command
// or a form: that was committed before, so however long this takes loses nothing.
func (b *Bot) takeDirect(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	place, err := b.dmPlace(ctx, body.Person)
	if err != nil {
		return err
	}
	s := b.speaker(body.Person)
	return b.service.Inbox.TakeDirect(ctx, e, body, workflows.Message{By: body.Person, Place: place, Lang: body.Lang, Text: body.Said, Direct: true, Label: s.label})
}

// inDirect says where the answer comes, and what to do about a private key that was in
// the text.
func inDirect(s speaker, secret bool) string {
	text := s.say("bot.answer_in_dm")
	if secret {
		text = s.say("bot.secret") + "\n" + text
	}
	return text
}
