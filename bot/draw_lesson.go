package bot

import (
	"cmp"
	"context"

	"countersign/workflows"
)

// drawTaught draws the card of a taught cause in the support place: the channel of the
// configuration, else that of the operators, else the thread of its case.
func (b *cases) drawTaught(ctx context.Context, e workflows.Effect, body workflows.DrawLesson) error {
	t, cards, err := b.taughtAndCards(ctx, body.Taught)
	if err != nil {
		return err
	}
	card := workflows.Card{Subject: t.ID, Kind: cardTeach, Channel: cmp.Or(b.cfg.SupportChannel, b.cfg.Operators)}
	if len(cards) > 0 {
		card = cards[0]
	} else if card.Channel == "" {
		c, _, err := b.caseAndCards(ctx, t.Case)
		if err != nil {
			return err
		}
		place, err := b.beside(ctx, c)
		if err != nil {
			return err
		}
		card.Channel, card.Thread = place.Channel, place.Thread
	}
	return b.draw(ctx, card, e.Key, teachCard(b.channelSpeaker(), t))
}

// notifyTeacher tells who taught a cause what became of it.
func (b *cases) notifyTeacher(ctx context.Context, e workflows.Effect, body workflows.NotifyTeacher) error {
	t, _, err := b.taughtAndCards(ctx, body.Taught)
	if err != nil {
		return err
	}
	place, err := b.dmPlace(ctx, t.By)
	if err != nil {
		return err
	}
	text := b.speaker(t.By).raw("bot.teach.told."+string(t.State), "Title", escape(t.Title), "Cause", code(t.Cause), "Reviewer", who(t.Reviewer))
	if t.Reason != "" {
		text += "\n" + quote(clip(t.Reason, 1000))
	}
	return b.tell(ctx, place, e, oneLine(text))
}
