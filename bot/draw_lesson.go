package bot

import (
	"context"

	"countersign/workflows"
)

// drawTaught draws the card of a taught cause in the support place: the channel of the
// configuration, else that of the operators, else the thread of its case.
func (b *cases) drawTaught(ctx context.Context, e workflows.Effect, body workflows.DrawLesson) error {
	var t workflows.Taught
	var cards []workflows.Card
	err := b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if t, err = rd.Taught(ctx, body.Taught); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, t.ID)
		return err
	})
	if err != nil {
		return err
	}
	card := workflows.Card{Subject: t.ID, Kind: cardTeach, Channel: b.cfg.SupportChannel}
	if card.Channel == "" {
		card.Channel = b.cfg.Operators
	}
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
	var t workflows.Taught
	err := b.store.View(ctx, func(rd workflows.Reader) (err error) { t, err = rd.Taught(ctx, body.Taught); return err })
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
	_, err = b.post(ctx, place, e.Key, e.Attempts, oneLine(text))
	return err
}
