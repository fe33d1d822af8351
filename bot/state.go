package bot

import (
	"context"

	"countersign/workflows"
)

// caseAndCards reads a case with its messages.
func (b *workspace) caseAndCards(ctx context.Context, id string) (c workflows.Case, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if c, err = rd.Case(ctx, id); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, id)
		return err
	})
	return c, cards, err
}

func (b *workspace) cardOf(ctx context.Context, subject, kind string) (workflows.Card, error) {
	var found workflows.Card
	err := b.store.View(ctx, func(rd workflows.Reader) error {
		cards, err := rd.Cards(ctx, subject)
		for _, c := range cards {
			if c.Kind == kind {
				found = c
			}
		}
		return err
	})
	return found, err
}

func (b *workspace) requestAndCards(ctx context.Context, id workflows.RequestID) (r workflows.Request, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if r, err = rd.Request(ctx, id); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, string(id))
		return err
	})
	return r, cards, err
}

func (b *workspace) conversationAndCards(ctx context.Context, id string) (c workflows.Conversation, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if c, err = rd.Conversation(ctx, id); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, c.ID)
		return err
	})
	return c, cards, err
}
