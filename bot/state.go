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
	return withCards(ctx, b, string(id), func(rd workflows.Reader) (workflows.Request, error) { return rd.Request(ctx, id) })
}

func (b *workspace) conversationAndCards(ctx context.Context, id string) (workflows.Conversation, []workflows.Card, error) {
	return withCards(ctx, b, id, func(rd workflows.Reader) (workflows.Conversation, error) { return rd.Conversation(ctx, id) })
}

func (b *workspace) taughtAndCards(ctx context.Context, id string) (workflows.Taught, []workflows.Card, error) {
	return withCards(ctx, b, id, func(rd workflows.Reader) (workflows.Taught, error) { return rd.Taught(ctx, id) })
}
