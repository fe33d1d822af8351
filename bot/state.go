package bot

import (
	"context"

	"countersign/workflows"
)

// withCards reads what of gives, and the messages that show it.
func withCards[T any](ctx context.Context, b *workspace, subject string, of func(workflows.Reader) (T, error)) (v T, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if v, err = of(rd); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, subject)
		return err
	})
	return v, cards, err
}

func (b *workspace) caseAndCards(ctx context.Context, id string) (workflows.Case, []workflows.Card, error) {
	return withCards(ctx, b, id, func(rd workflows.Reader) (workflows.Case, error) { return rd.Case(ctx, id) })
}

func (b *workspace) requestAndCards(ctx context.Context, id workflows.RequestID) (workflows.Request, []workflows.Card, error) {
	r, _, cards, err := b.groupAndCards(ctx, id)
	return r, cards, err
}

// groupAndCards is requestAndCards with the requests that share its card, the oldest first.
func (b *workspace) groupAndCards(ctx context.Context, id workflows.RequestID) (r workflows.Request, group []workflows.Request, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if r, err = rd.Request(ctx, id); err != nil {
			return err
		}
		if group, err = workflows.GroupOf(ctx, rd, r); err != nil {
			return err
		}
		if cards, err = rd.Cards(ctx, string(r.ID)); err != nil || r.Group == "" {
			return err
		}
		shared, err := rd.Cards(ctx, r.Group)
		cards = append(cards, shared...)
		return err
	})
	return r, group, cards, err
}

func (b *workspace) conversationAndCards(ctx context.Context, id string) (workflows.Conversation, []workflows.Card, error) {
	return withCards(ctx, b, id, func(rd workflows.Reader) (workflows.Conversation, error) { return rd.Conversation(ctx, id) })
}

func (b *workspace) taughtAndCards(ctx context.Context, id string) (workflows.Taught, []workflows.Card, error) {
	return withCards(ctx, b, id, func(rd workflows.Reader) (workflows.Taught, error) { return rd.Taught(ctx, id) })
}
