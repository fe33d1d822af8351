package bot

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"countersign/workflows"
	"countersign/workflows/support"
)

// delivery is an effect under way, as those who do it see it through their context.
type delivery struct {
	urgent bool            // somebody waits for it
	tries  int             // earlier claims, and what was tried since this one
	ready  <-chan struct{} // closed when it is next where it will be said
	pass   func()          // lets the next message through; once is enough
}

type deliveryKey struct{}

// deliveryIn is what ctx works for; nil for what is no delivery.
func deliveryIn(ctx context.Context) *delivery {
	d, _ := ctx.Value(deliveryKey{}).(*delivery)
	return d
}

// delivery takes the place of e in the order of where it will be said. It is called in
// the order of the outbox.
func (b *Bot) delivery(ctx context.Context, e workflows.Effect) *delivery {
	d := &delivery{urgent: !slices.Contains(ordinaryKinds, e.Kind), tries: e.Attempts - 1}
	class := "/ordinary"
	if d.urgent {
		class = "/urgent"
	}
	d.ready, d.pass = b.turns.take(cmp.Or(b.lineOf(ctx, e), e.Subject) + class)
	return d
}

// lineOf is where an effect will be said, whose messages people read one after the other:
// a channel, a thread, or "@" and a person whose direct message is not known yet. "" where
// nothing else is said, or that depends on more than the effect's own state.
func (b *Bot) lineOf(ctx context.Context, e workflows.Effect) string {
	body, err := workflows.ReadBody(e)
	if err != nil {
		return ""
	}
	switch {
	case body.Place != nil:
		return line(*body.Place)
	case e.Kind == workflows.KindDead || e.Kind == workflows.KindWaits || e.Kind == workflows.KindRecord || e.Kind == workflows.KindAlarm && body.Event != "approvers":
		return b.cfg.Operators
	case body.Event == support.PostWrong, e.Kind == workflows.KindTeach:
		return b.cfg.SupportChannel
	case e.Kind == workflows.KindAsk, e.Kind == workflows.KindAnswer, e.Kind == workflows.KindNotify && inThread(body.Event):
		return "" // the thread of a card, which the subject keeps in order
	case body.Request != "":
		r, _, err := b.requestAndCards(ctx, body.Request)
		switch {
		case err != nil:
			return ""
		case body.Kind == workflows.Approvers, e.Kind == workflows.KindAlarm:
			return b.service.ChannelOf(r)
		}
		b.dmMu.Lock()
		defer b.dmMu.Unlock()
		return cmp.Or(b.dms[r.Requester.ID], "@"+r.Requester.ID)
	case body.Case != "":
		c, _, _ := b.caseAndCards(ctx, body.Case) // without one it has no order
		return line(c.Place)
	case body.Conversation != "":
		c, _, _ := b.conversationAndCards(ctx, body.Conversation)
		return line(c.Place)
	}
	return ""
}

func line(p workflows.Place) string { return p.Channel + p.Thread }

// triesIn counts the tries of the delivery that ctx works for, this one included.
func triesIn(ctx context.Context) int {
	if d := deliveryIn(ctx); d != nil {
		return d.tries
	}
	return 1
}

// turn waits until the delivery is next where it will be said, and says whether it had to.
func turn(ctx context.Context) (waited bool, err error) {
	d := deliveryIn(ctx)
	if d == nil {
		return false, nil
	}
	select {
	case <-d.ready:
		return false, nil
	default:
	}
	select {
	case <-d.ready:
		return true, nil
	case <-ctx.Done():
		return true, ctx.Err()
	}
}

// noPost says that nothing new will be posted for this delivery: a message that is
// redrawn where it stands has no place in the order.
func noPost(ctx context.Context) {
	if d := deliveryIn(ctx); d != nil {
		d.pass()
	}
}

// turns keeps messages in order that stand one below the other. The zero value is ready.
type turns struct {
	mu   sync.Mutex
	line map[string][]*chan struct{}
}

// take gets in line. ready is closed when all before have passed.
func (t *turns) take(place string) (ready <-chan struct{}, pass func()) {
	mine := make(chan struct{})
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.line == nil {
		t.line = map[string][]*chan struct{}{}
	}
	if len(t.line[place]) == 0 {
		close(mine)
	}
	t.line[place] = append(t.line[place], &mine)
	return mine, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		line := t.line[place]
		at := slices.Index(line, &mine)
		switch {
		case at < 0:
			return
		case at == 0 && len(line) == 1:
			delete(t.line, place)
			return
		case at == 0:
			close(*line[1])
		}
		t.line[place] = slices.Delete(line, at, at+1)
	}
}
